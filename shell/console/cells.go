package console

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// A cell is one grapheme cluster as it stands on the screen.
type cell struct {
	text  string // "\n" ends a row
	style string // the SGR sequences in force, "" for none
	width int
}

const lineBreak = "\n"

// styled turns text with SGR sequences into cells; line feeds end rows. Other escape sequences (OSC 133
// marks, OSC 8 links) take no room and travel with the next cell.
func styled(s string) []cell {
	var cells []cell
	style, hidden := "", ""
	for piece, escape := range spans(s) {
		switch {
		case escape && isSGR(piece):
			style = addSGR(style, piece)
			continue
		case escape:
			hidden += piece
			continue
		}
		for text := range clusters(piece) {
			c := newCell(text, style)
			if text == lineBreak {
				c = cell{text: lineBreak}
			}
			if hidden != "" {
				c.text, hidden = hidden+c.text, ""
			}
			cells = append(cells, c)
		}
	}
	if hidden != "" && len(cells) > 0 {
		cells[len(cells)-1].text += hidden
	}
	return cells
}

// oneRow is styled without rows, and shows any sequence but SGR: for text that came from elsewhere.
func oneRow(s string) []cell {
	var cells []cell
	style := ""
	for piece, escape := range spans(s) {
		if escape && isSGR(piece) {
			style = addSGR(style, piece)
			continue
		}
		cells = append(cells, plain(piece, style)...)
	}
	return cells
}

// plain has one cell for each grapheme cluster of text, which may hold anything.
func plain(text, style string) []cell {
	cells := make([]cell, 0, len(text))
	for cluster := range clusters(text) {
		cells = append(cells, newCell(cluster, style))
	}
	return cells
}

// newCell shows what has no shape of its own: control characters, zero-width characters, broken UTF-8.
// Whatever reaches the screen through here can neither move the cursor nor turn the text around.
func newCell(cluster, style string) cell {
	if len(cluster) == 1 && isPlain(cluster[0]) {
		return cell{cluster, style, 1}
	}
	r, size := utf8.DecodeRuneInString(cluster)
	switch {
	case cluster == "\n" || cluster == "\r\n":
		return cell{"⏎", dim, 1}
	case cluster == "\t":
		return cell{"⇥", dim, 1}
	case r < 0x20:
		return cell{"^" + string(r+'@'), dim, 2}
	case r == 0x7f:
		return cell{"^?", dim, 2}
	case r == utf8.RuneError && size <= 1, r >= 0x80 && r < 0xa0, isBidi(r):
		return cell{"\uFFFD", dim, 1}
	}
	shown := harmless(cluster)
	width := displaywidth.String(shown)
	if width == 0 {
		return cell{"◌" + shown, style, 1}
	}
	return cell{shown, style, width}
}

// harmless is text that can neither end a sequence that it stands in nor turn what is around it.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || isBidi(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func isBidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// clusters yields the grapheme clusters of s; put together they are s again.
func clusters(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		// Printable ASCII needs no rules, except where a mark may follow.
		for len(s) > 1 && isPlain(s[0]) && isPlain(s[1]) {
			if !yield(s[:1]) {
				return
			}
			s = s[1:]
		}
		for g := displaywidth.StringGraphemes(s); g.Next(); {
			if !yield(g.Value()) {
				return
			}
		}
	}
}

func isPlain(b byte) bool { return b >= 0x20 && b < 0x7f }

// spans yields the escape sequences of s, each by itself, and the text between them.
func spans(s string) iter.Seq2[string, bool] {
	return func(yield func(piece string, escape bool) bool) {
		for s := s; s != ""; {
			n := escapeLength(s)
			escape := n > 0
			if !escape {
				n = len(s)
				if i := strings.IndexByte(s[1:], 0x1b); i >= 0 {
					n = i + 1
				}
			}
			if !yield(s[:n], escape) {
				return
			}
			s = s[n:]
		}
	}
}

// escapeLength is the length of the escape sequence s starts with, 0 when it starts with none that is complete.
func escapeLength(s string) int {
	if len(s) < 2 || s[0] != 0x1b {
		return 0
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
		}
		return 0
	case ']', 'P', '_', '^':
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1
			}
			if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
		}
		return 0
	}
	return 2
}

func isSGR(sequence string) bool {
	return strings.HasPrefix(sequence, "\x1b[") && strings.HasSuffix(sequence, "m")
}

func addSGR(style, sequence string) string {
	switch {
	case sequence == "\x1b[m" || sequence == "\x1b[0m":
		return ""
	case strings.HasPrefix(sequence, "\x1b[0;"):
		return sequence
	}
	return style + sequence
}

// withRow is cells with a row below them.
func withRow(cells, row []cell) []cell { return append(append(cells, cell{text: lineBreak}), row...) }

func width(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

// cut shortens cells to a width, ending in an ellipsis when something is missing.
func cut(cells []cell, limit int) []cell {
	if width(cells) <= limit {
		return cells
	}
	var kept []cell
	room := limit - 1
	for _, c := range cells {
		if room -= c.width; room < 0 {
			break
		}
		kept = append(kept, c)
	}
	if limit < 1 {
		return kept
	}
	return append(kept, cell{"…", "", 1})
}

// paint gives the cells of line the styles of highlighted, which must print the same text; if it does
// not, the line stays plain.
func paint(line, highlighted string) []cell {
	cells := plain(line, "")
	styles := make([]string, 0, len(line))
	rest, style := line, ""
	for piece, escape := range spans(highlighted) {
		if escape && isSGR(piece) {
			style = addSGR(style, piece)
			continue
		}
		after, same := strings.CutPrefix(rest, piece)
		if !same {
			return cells
		}
		rest = after
		for range len(piece) {
			styles = append(styles, style)
		}
	}
	if rest != "" {
		return cells
	}
	at, i := 0, 0
	for cluster := range clusters(line) {
		if cells[i].style == "" {
			cells[i].style = styles[at]
		}
		at += len(cluster)
		i++
	}
	return cells
}
