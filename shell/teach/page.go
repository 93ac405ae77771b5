package teach

import (
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// The size of a page: a screen of 24 lines, of which the prompt takes one.
const (
	pageWidth  = 80
	pageHeight = 23
	textWidth  = 78
)

// part is a piece of a page. Those with the lowest worth are left out when the
// page would not fit on a screen; worth 0 is never left out.
type part struct {
	lines []string
	worth int
	blank bool // a blank line stands before it
}

// page joins parts so that they fit on a screen.
func page(parts []part) []string {
	for {
		var lines []string
		least := -1
		for i, p := range parts {
			if len(p.lines) == 0 {
				continue
			}
			if p.blank {
				lines = append(lines, "")
			}
			lines = append(lines, p.lines...)
			if p.worth > 0 && (least < 0 || p.worth <= parts[least].worth) {
				least = i
			}
		}
		if len(lines) <= pageHeight || least < 0 {
			return lines
		}
		parts[least].lines = nil
	}
}

// heading has a title on the left and where it stands on the right, as many
// places as there is room for.
func heading(title string, refs []Ref) string {
	right := ""
	for _, r := range refs {
		next := r.String()
		if right != "" {
			next = right + ", " + next
		}
		if render.Width(title)+2+len(next) > pageWidth-1 {
			break
		}
		right = next
	}
	return spread(title, right)
}

// spread writes one text on the left and one on the right.
func spread(left, right string) string {
	if right == "" {
		return left
	}
	left = Style{}.cut(left, pageWidth-3-render.Width(right))
	return left + strings.Repeat(" ", max(pageWidth-1-render.Width(left)-render.Width(right), 2)) + right
}

// paragraph is text with a margin of two.
func paragraph(text string) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for _, line := range render.Wrap(render.SafeLines(text), textWidth-2) {
		lines = append(lines, strings.TrimRight("  "+line, " "))
	}
	return lines
}

const labelWidth = 10

// labelled is text behind a label, in a column of its own.
func labelled(label, text string) []string {
	if text == "" {
		return nil
	}
	lines := render.Wrap(render.SafeLines(text), textWidth-2-labelWidth)
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		lines[i] = "  " + render.Pad(label, labelWidth, false) + line
	}
	return lines
}

// verbatim is lines behind a label, cut where they are too long.
func verbatim(label string, texts []string) []string {
	lines := make([]string, len(texts))
	for i, text := range texts {
		if i > 0 {
			label = ""
		}
		lines[i] = "  " + render.Pad(label, labelWidth, false) + Style{}.cut(text, textWidth-2-labelWidth)
	}
	return lines
}

// list has a mark before each item, which may go on on the next line.
func list(mark func(int) string, items []string) []string {
	var lines []string
	for i, item := range items {
		for j, line := range render.Wrap(render.SafeLines(item), textWidth-5) {
			lead := mark(i)
			if j > 0 {
				lead = strings.Repeat(" ", len(lead))
			}
			lines = append(lines, "  "+lead+" "+line)
		}
	}
	return lines
}
