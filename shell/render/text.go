package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// Safe returns text from a server in a form that a terminal can only show:
// control characters, bytes that are not UTF-8, and characters that have no
// width or change the direction of writing appear as \n, \x1b, \u202e and so
// on. Everything else, emoji included, stays as it is. The result has no line
// break.
func Safe(s string) string {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7f {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if harmless(b.String(), r, size, s[i+size:]) {
			b.WriteString(s[i : i+size])
		} else {
			b.WriteString(escape(r, s[i:i+size]))
		}
		i += size
	}
	return b.String()
}

// SafeLines does the same for text of several lines, such as a reply: line
// breaks stay, tabs become blanks.
func SafeLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Safe(expandTabs(line))
	}
	return strings.Join(lines, "\n")
}

func expandTabs(s string) string {
	for {
		before, after, found := strings.Cut(s, "\t")
		if !found {
			return s
		}
		s = before + strings.Repeat(" ", 8-Width(before)%8) + after
	}
}

// harmless reports whether a rune of size bytes may be shown behind what is shown
// already, and in front of the rest.
func harmless(shown string, r rune, size int, rest string) bool {
	switch {
	case r < utf8.RuneSelf: // most of what there is
		return r >= ' ' && r < 0x7f
	case r == utf8.RuneError && size == 1:
		return false
	case r == '\u200d': // joins the parts of an emoji, and hides elsewhere
		before, _ := utf8.DecodeLastRuneInString(shown)
		after, _ := utf8.DecodeRuneInString(rest)
		return (pictograph(before) || before == '\ufe0f') && pictograph(after)
	case r == '\ufe0e' || r == '\ufe0f': // text or picture, after something to choose
		before, _ := utf8.DecodeLastRuneInString(shown)
		return shown != "" && unicode.IsGraphic(before)
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func pictograph(r rune) bool {
	return r > 0xff && r != utf8.RuneError && unicode.In(r, unicode.So, unicode.Sk)
}

func escape(r rune, raw string) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf || r == utf8.RuneError:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

var withColours = displaywidth.Options{ControlSequences: true}

// Width returns the number of terminal cells that safe text takes. Colours,
// and only they, may be in it.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return withColours.String(s)
		}
	}
	return len(s)
}

// Fit returns safe text cut to a number of cells, with … where it was cut.
func Fit(s string, cells int) string {
	if cells <= 0 {
		return ""
	}
	if Width(s) <= cells {
		return s
	}
	return displaywidth.TruncateString(s, cells, "…")
}

// FitMiddle is Fit for names, which differ at their ends as often as at their
// beginnings: what is left out is in the middle.
func FitMiddle(s string, cells int) string {
	if Width(s) <= cells || cells < 4 {
		return Fit(s, cells)
	}
	tail, room := s, cells/2
	for g := displaywidth.StringGraphemes(s); g.Next() && Width(tail) > room; {
		tail = tail[len(g.Value()):]
	}
	return displaywidth.TruncateString(s, cells-Width(tail), "…") + tail
}

// Pad returns safe text with blanks after it, or before it if right is set, so
// that it takes at least this number of cells.
func Pad(s string, cells int, right bool) string {
	blanks := strings.Repeat(" ", max(0, cells-Width(s)))
	if right {
		return blanks + s
	}
	return s + blanks
}

// Wrap breaks safe text between words into lines of at most this number of
// cells; a longer word stands alone. Line breaks in the text stay, and so do
// the blanks that a line begins with, on every line made of it.
func Wrap(text string, cells int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " ")
		out = append(out, broken(line, cells, margin(line))...)
	}
	return out
}

// Hang breaks each line of safe text that is too long at blanks; what comes on
// further lines is moved in by indent cells. Width 0 breaks nothing.
func Hang(text string, width, indent int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if width <= 0 || Width(line) <= width {
			out = append(out, line)
			continue
		}
		out = append(out, broken(line, width, strings.Repeat(" ", indent))...)
	}
	return out
}

// margin is the blanks that a line begins with.
func margin(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

// broken is a line with one blank between its words, broken where it is longer than cells; indent stands before what
// comes on further lines.
func broken(line string, cells int, indent string) (out []string) {
	current := margin(line)
	for i, word := range strings.Fields(line) {
		switch {
		case i == 0:
		case Width(current)+1+Width(word) > cells:
			out, current = append(out, current), indent
		default:
			current += " "
		}
		current += word
	}
	return append(out, current)
}
