package render

import "strings"

// A Failure is an error as the user reads it: what failed, the server's own
// words, and what to try.
type Failure struct {
	What  string   // "get: notes.txt"; safe text
	Words string   // the reply, or the reason; made safe here, may have several lines
	Hints []string // "`ls -l notes.txt` shows who may read it"
}

// Text returns the lines of a failure, without a line break at the end; with a
// width they are broken at blanks to fit:
//
//	get: notes.txt: 550 Permission denied
//	  hint: `ls -l notes.txt` shows who may read it
func (f Failure) Text(color bool, width int) string {
	words := strings.Split(strings.TrimRight(SafeLines(f.Words), "\n "), "\n")
	first := words[0]
	if f.What != "" && first != "" {
		first = ": " + first
	}
	var b strings.Builder
	for i, line := range Hang(f.What+first, width, 2) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(Red.Paint(color, line))
	}
	for _, text := range words[1:] {
		for _, line := range Hang("  "+text, width, 4) {
			b.WriteString("\n" + line)
		}
	}
	for _, hint := range f.Hints {
		for i, line := range Hang("  hint: "+SafeLines(hint), width, len("  hint: ")) {
			if i == 0 {
				line = "  " + Dim.Paint(color, "hint:") + strings.TrimPrefix(line, "  hint:")
			}
			b.WriteString("\n" + line)
		}
	}
	return b.String()
}
