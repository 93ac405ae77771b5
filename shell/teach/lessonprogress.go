package teach

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"time"

	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/strict"
)

// StepProgress is what a learner did in a step.
type StepProgress struct {
	Done     bool      `json:"done"`
	Skipped  bool      `json:"skipped,omitempty"`
	Commands uint16    `json:"commands"`
	Hints    uint16    `json:"hints"`
	Wrong    uint16    `json:"wrong"` // answers and ways that were wrong
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended,omitzero"`
}

// Seconds is how long the step took, 0 while it lasts.
func (p *StepProgress) Seconds() int {
	if p.Ended.IsZero() {
		return 0
	}
	return int(p.Ended.Sub(p.Began).Seconds() + 0.5)
}

// LessonProgress is how far a learner is with a lesson.
type LessonProgress struct {
	Next  uint16                   `json:"next"` // step to go on with, from 0
	Seed  int64                    `json:"seed,omitempty"`
	Steps map[string]*StepProgress `json:"steps"`
}

// Progress is how far a learner is with all lessons, by their ids. It is kept in
// a file; without one it lasts as long as the program.
type Progress struct {
	Lessons map[string]*LessonProgress `json:"lessons"`

	file string
}

// OpenProgress reads the file of a learner; one that is not there yet is empty.
func OpenProgress(file string) (*Progress, error) {
	p := &Progress{Lessons: map[string]*LessonProgress{}, file: file}
	if file == "" {
		return p, nil
	}
	text, err := private.Read(file, maxPlain)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if line, err := strict.JSON(text, p); err != nil {
		return p, private.Damaged(file, line, err)
	}
	if p.Lessons == nil {
		p.Lessons = map[string]*LessonProgress{}
	}
	return p, nil
}

// Of is the progress with a lesson.
func (p *Progress) Of(id string) *LessonProgress {
	l := p.Lessons[id]
	if l == nil {
		l = &LessonProgress{}
		p.Lessons[id] = l
	}
	if l.Steps == nil {
		l.Steps = map[string]*StepProgress{}
	}
	return l
}

// Of is the progress with a step, which begins now if it has not.
func (l *LessonProgress) Of(id string, now time.Time) *StepProgress {
	s := l.Steps[id]
	if s == nil {
		s = &StepProgress{Began: now}
		l.Steps[id] = s
	}
	return s
}

// Save keeps the progress.
func (p *Progress) Save() error {
	if p.file == "" {
		return nil
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return private.Write(p.file, append(text, '\n'))
}

// StepReport is a step as a report shows it.
type StepReport struct {
	Step     string `json:"step"`
	State    string `json:"state"` // done, skipped, open
	Seconds  int    `json:"seconds"`
	Commands uint16 `json:"commands"`
	Hints    uint16 `json:"hints"`
	Wrong    uint16 `json:"wrong"`
}

// LessonReport is a lesson as a report shows it.
type LessonReport struct {
	Lesson string       `json:"lesson"`
	Title  string       `json:"title"`
	State  string       `json:"state"` // done, begun, open
	Done   int          `json:"done"`
	Of     int          `json:"of"`
	Seed   int64        `json:"seed,omitempty"`
	Steps  []StepReport `json:"steps"`
}

// Report is the progress with the lessons, for the teacher.
func (p *Progress) Report(lessons []*Lesson) []LessonReport {
	var all []LessonReport
	for _, l := range lessons {
		all = append(all, p.report(l))
	}
	return all
}

func (p *Progress) report(l *Lesson) LessonReport {
	with := p.Of(l.ID)
	l = l.Drawn(with.Seed)
	r := LessonReport{Lesson: l.ID, Title: l.Title, State: "open", Of: len(l.Steps), Seed: with.Seed}
	for i := range l.Steps {
		step := StepReport{Step: l.Steps[i].ID, State: "open"}
		if s := with.Steps[step.Step]; s != nil {
			step.Seconds, step.Commands, step.Hints, step.Wrong = s.Seconds(), s.Commands, s.Hints, s.Wrong
			switch {
			case s.Done:
				step.State = "done"
				r.Done++
			case s.Skipped:
				step.State = "skipped"
			}
			r.State = "begun"
		}
		r.Steps = append(r.Steps, step)
	}
	if r.Done == r.Of {
		r.State = "done"
	}
	return r
}

//go:embed data/report.html
var reportHead string

// WriteReport writes a page for the teacher: one file that loads nothing. Html/template would write it, too, but a
// program that links it keeps every method of every type: 2 MB for this page.
func WriteReport(w io.Writer, learner string, now time.Time, report []LessonReport) error {
	learner = html.EscapeString(learner)
	var page bytes.Buffer
	fmt.Fprintf(&page, reportHead, learner, learner, now.Format("2006-01-02 15:04"))
	for _, l := range report {
		l.write(&page)
	}
	page.WriteString("</body>\n</html>\n")
	_, err := page.WriteTo(w)
	return err
}

func (l *LessonReport) write(page *bytes.Buffer) {
	fmt.Fprintf(page, "<h2>%s</h2>\n<p class=%q>%s, %d of %d steps", html.EscapeString(l.Title), l.State, l.State, l.Done, l.Of)
	if l.Seed != 0 {
		fmt.Fprintf(page, ", drawn with seed %d", l.Seed)
	}
	page.WriteString("</p>\n<table>\n<tr><th>step</th><th>state</th>")
	for _, column := range []string{"seconds", "commands", "hints", "wrong"} {
		fmt.Fprintf(page, `<th class="n">%s</th>`, column)
	}
	page.WriteString("</tr>\n")
	for _, s := range l.Steps {
		fmt.Fprintf(page, "<tr><td>%s</td><td class=%q>%s</td>", html.EscapeString(s.Step), s.State, s.State)
		for _, n := range []int{s.Seconds, int(s.Commands), int(s.Hints), int(s.Wrong)} {
			fmt.Fprintf(page, `<td class="n">%d</td>`, n)
		}
		page.WriteString("</tr>\n")
	}
	page.WriteString("</table>\n")
}
