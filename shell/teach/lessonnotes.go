package teach

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"io"
	"strings"
)

// Notes are a lesson as its teacher sees it: tasks, hints, solutions and the answers that count.
func (l *Lesson) Notes() []string {
	lines := []string{l.Title + ": " + l.Objective, ""}
	for i := range l.Steps {
		s := &l.Steps[i]
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, s.ID))
		for _, part := range s.notes() {
			lines = append(lines, labelled(part[0], part[1])...)
		}
		lines = append(lines, "")
	}
	return lines
}

// notes are the parts of a step, each with its label.
func (s *Step) notes() [][2]string {
	return [][2]string{
		{"Task", strings.Join(strings.Fields(strings.Join(s.Text, " ")), " ")},
		{"Hints", strings.Join(s.Hints, "; ")},
		{"Solution", strings.Join(s.Solution, "; ")},
		{"Answers", strings.Join(s.Check.accepted(), ", ")},
		{"Not", strings.Join(s.Negative, "; ")},
		{"Then", s.Done},
		{"More", s.See},
	}
}

// accepted are the words that count as an answer.
func (c *Check) accepted() (all []string) {
	for _, part := range c.parts() {
		if part.Answer != nil {
			all = append(all, part.Answer.Is...)
		}
	}
	return all
}

//go:embed data/notes.html
var notesHead string

// WriteNotes writes the notes as a page that loads nothing.
func WriteNotes(w io.Writer, lessons []*Lesson) error {
	var page bytes.Buffer
	page.WriteString(notesHead)
	for _, l := range lessons {
		fmt.Fprintf(&page, "<h2>%s</h2>\n<p>%s</p>\n<ol>\n", html.EscapeString(l.Title), html.EscapeString(l.Objective))
		for i := range l.Steps {
			fmt.Fprintf(&page, "<li><b>%s</b><dl>\n", html.EscapeString(l.Steps[i].ID))
			for _, part := range l.Steps[i].notes() {
				if part[1] != "" {
					fmt.Fprintf(&page, "<dt>%s</dt><dd>%s</dd>\n", part[0], html.EscapeString(part[1]))
				}
			}
			page.WriteString("</dl></li>\n")
		}
		page.WriteString("</ol>\n")
	}
	page.WriteString("</body>\n</html>\n")
	_, err := page.WriteTo(w)
	return err
}
