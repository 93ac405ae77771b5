package console

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// A vt is the terminal of the tests: what a VT100 with UTF-8 makes of the bytes it gets. It panics on a sequence the
// console has no business to send.
type vt struct {
	width, height int
	rows          [][]string // one string for each column; "" behind a wide character
	row, col      int
	pending       bool // the cursor stands behind the last column
	modes         map[string]bool
	title         string
	bells         int
	prompts       int // how often it became ready for keys
	shape         string
	rest          []byte
}

func newVT(width, height int) *vt {
	v := &vt{width: width, height: height, modes: map[string]bool{}}
	for range height {
		v.rows = append(v.rows, v.blank())
	}
	return v
}

func (v *vt) blank() []string {
	row := make([]string, v.width)
	for i := range row {
		row[i] = " "
	}
	return row
}

func (v *vt) write(p []byte) {
	v.rest = append(v.rest, p...)
	for len(v.rest) > 0 {
		n := v.step(string(v.rest))
		if n == 0 {
			return
		}
		v.rest = v.rest[n:]
	}
}

// step acts on the first character or sequence of s and returns its length, 0 when it is not complete.
func (v *vt) step(s string) int {
	switch s[0] {
	case 0x1b:
		n := escapeLength(s)
		if n > 0 {
			v.sequence(s[:n])
		}
		return n
	case '\r':
		v.col, v.pending = 0, false
	case '\n':
		v.lineFeed()
	case '\b':
		v.col, v.pending = max(0, v.col-1), false
	case '\a':
		v.bells++
	default:
		if !utf8.FullRuneInString(s) {
			return 0
		}
		for cluster := range clusters(s) {
			v.put(cluster)
			return len(cluster)
		}
	}
	return 1
}

func (v *vt) put(cluster string) {
	w := displaywidth.String(cluster)
	if w == 0 { // arrived after its base
		v.rows[v.row][max(0, v.col-1)] += cluster
		return
	}
	if v.pending || v.col+w > v.width {
		v.col, v.pending = 0, false
		v.lineFeed()
	}
	v.rows[v.row][v.col] = cluster
	if w == 2 {
		v.rows[v.row][v.col+1] = ""
	}
	if v.col += w; v.col >= v.width {
		v.col, v.pending = v.width-1, true
	}
}

func (v *vt) lineFeed() {
	v.pending = false
	if v.row++; v.row == v.height {
		v.rows = append(v.rows[1:], v.blank())
		v.row--
	}
}

func (v *vt) sequence(s string) {
	body, final := s[2:len(s)-1], s[len(s)-1]
	if s[1] == ']' {
		if title, ok := strings.CutPrefix(s, "\x1b]2;"); ok {
			v.title = strings.TrimSuffix(title, "\x1b\\")
		}
		return
	}
	n := 1
	if body != "" {
		fmt.Sscanf(body, "%d", &n)
	}
	switch final {
	case 'm', 't', 'n':
	case 'q':
		v.shape = body
	case 'h', 'l':
		v.modes[body] = final == 'h'
		if s == bracketedPasteOn {
			v.prompts++
		}
	case 'A':
		v.row, v.pending = max(0, v.row-n), false
	case 'B':
		v.row, v.pending = min(v.height-1, v.row+n), false
	case 'C':
		v.col, v.pending = min(v.width-1, v.col+n), false
	case 'H':
		v.row, v.col, v.pending = 0, 0, false
	case 'K':
		copy(v.rows[v.row][v.col:], v.blank())
	case 'J':
		if body == "2" {
			for i := range v.rows {
				v.rows[i] = v.blank()
			}
			return
		}
		copy(v.rows[v.row][v.col:], v.blank())
		for i := v.row + 1; i < v.height; i++ {
			v.rows[i] = v.blank()
		}
	default:
		panic(fmt.Sprintf("sequence %q", s))
	}
}

// text is the screen without trailing blanks and rows.
func (v *vt) text() string {
	var lines []string
	for _, row := range v.rows {
		lines = append(lines, strings.TrimRight(strings.Join(row, ""), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// withCursor is the screen with ▏ where the cursor is.
func withCursor(v *vt) string {
	lines := strings.Split(v.text(), "\n")
	for len(lines) <= v.row {
		lines = append(lines, "")
	}
	line := strings.Join(v.rows[v.row], "")
	before := strings.Join(v.rows[v.row][:v.col], "")
	after := strings.TrimRight(line[len(before):], " ")
	lines[v.row] = before + "▏" + after
	return strings.Join(lines, "\n")
}

// textOf is what rows of cells show.
func textOf(rows [][]cell) string {
	var text []string
	for _, row := range rows {
		line := ""
		for _, c := range row {
			line += c.text
		}
		text = append(text, strings.TrimRight(line, " "))
	}
	return strings.Join(text, "\n")
}
