package render

import "strings"

// A Failure is an error as the user reads it: what failed, the server's own
// words, and what to try.
type Failure struct {
	What  string   // "get: notes.txt"; safe text
	Words string   // the reply, or the reason; made safe here, may have several lines
	Hints []string // "`ls -l notes.txt` shows who may read it"
}

// Text returns the lines of a failure, without a line break at the end:
//
//	get: notes.txt: 550 Permission denied
//	  hint: `ls -l notes.txt` shows who may read it
func (f Failure) Text(color bool) string {
	words := strings.Split(strings.TrimRight(SafeLines(f.Words), "\n "), "\n")
	first := words[0]
	if f.What != "" && first != "" {
		first = ": " + first
	}
	var b strings.Builder
	b.WriteString(Red.Paint(color, f.What+first))
	for _, line := range words[1:] {
		b.WriteString("\n  " + line)
	}
	for _, hint := range f.Hints {
		b.WriteString("\n  " + Dim.Paint(color, "hint:") + " " + hint)
	}
	return b.String()
}
