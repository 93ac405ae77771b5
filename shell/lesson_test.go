package shell

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// pupil is a shell without a terminal, in a folder of its own.
type pupil struct {
	*command.Shell
	out *page
}

// page is what a pupil sees. Local programs write to it beside the shell.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func (p *page) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Reset()
}

func newPupil(t *testing.T) *pupil {
	t.Helper()
	t.Chdir(t.TempDir())
	return pupilIn(t, "")
}

// pupilIn is somebody whose shell is in a local directory; the process stays where it is.
func pupilIn(t *testing.T, dir string) *pupil {
	t.Helper()
	out := &page{}
	sh, err := New(command.Options{StateDir: t.TempDir(), Console: console.Options{In: strings.NewReader(""), Out: out, Err: out}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	sh.LocalDir = dir
	return &pupil{sh, out}
}

// begin starts a lesson at a step, with all the cases it could draw.
func (p *pupil) begin(t *testing.T, l *teach.Lesson, step int) {
	t.Helper()
	progress, err := teach.OpenProgress("")
	if err != nil {
		t.Fatal(err)
	}
	if p.Raw {
		p.Do(command.Line{Text: ".end"})
	}
	p.Class = &command.Class{Lesson: l, Step: step, Progress: progress}
	if err := learn.EnterStep(t.Context(), p.Shell); err != nil {
		t.Fatal(err)
	}
}

// types enters the lines of a script. What only a learner at the screen can
// know is filled in.
func (p *pupil) types(t *testing.T, lines []string) {
	t.Helper()
	port := freePort(t)
	for _, line := range lines {
		line = strings.ReplaceAll(line, "{free.six}", fmt.Sprintf("127,0,0,1,%d,%d", port>>8, port&255))
		line = strings.ReplaceAll(line, "{free}", strconv.Itoa(port))
		if p.Practice != nil {
			line = teach.Filled(line, p.Practice.Port())
		}
		if strings.Contains(line, "{answer}") {
			right := p.Class.Task().Check.Right(p.Recorder.Events(p.Class.Since))
			line = strings.ReplaceAll(line, "{answer}", right)
		}
		fmt.Fprintf(p.out, "> %s\n", line)
		p.Do(command.Line{Text: line})
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func lessons(t *testing.T) []*teach.Lesson {
	t.Helper()
	all, err := teach.Lessons("")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLessonsCanBeDone: each lesson is done by its solutions, from the first
// step to the last.
func TestLessonsCanBeDone(t *testing.T) {
	for _, l := range lessons(t) {
		t.Run(l.ID, func(t *testing.T) {
			p := newPupil(t)
			p.begin(t, l, 0)
			for i := range l.Steps {
				if p.Class == nil || p.Class.Step != i {
					t.Fatalf("step %s was not reached\n%s", l.Steps[i].ID, p.out)
				}
				p.out.Reset()
				p.types(t, l.Steps[i].Solution)
			}
			if p.Class != nil {
				t.Errorf("step %s does not pass\n%s", p.Class.Task().ID, p.out)
			}
		})
	}
}

// TestLessonsAreStrict: lines that look nearly as good do not pass a step, alone
// or after the solutions of the steps before.
func TestLessonsAreStrict(t *testing.T) {
	for _, l := range lessons(t) {
		t.Run(l.ID, func(t *testing.T) {
			p := newPupil(t)
			for i := range l.Steps {
				from := i
				for from > 0 && l.ServerAt(from-1) == l.ServerAt(i) {
					from-- // what this step builds upon
				}
				for _, begin := range []int{i, from} {
					p.begin(t, l, begin)
					for j := begin; j < i; j++ {
						p.types(t, l.Steps[j].Solution)
					}
					p.out.Reset()
					p.types(t, l.Steps[i].Negative)
					if p.Class == nil || p.Class.Step != i {
						t.Errorf("step %s passes with\n%s", l.Steps[i].ID, p.out)
					}
				}
			}
		})
	}
}

func TestLessonsAreSound(t *testing.T) {
	all := lessons(t)
	if len(all) != 11 {
		t.Errorf("%d lessons, want 11", len(all))
	}
	for _, l := range all {
		for _, problem := range l.Lint() {
			t.Errorf("%s: %s", l.ID, problem)
		}
		for i := range l.Steps {
			if lines := l.Screen(i, 1, 8, "."); len(lines) > 22 {
				t.Errorf("%s.%s takes %d lines", l.ID, l.Steps[i].ID, len(lines))
			}
		}
	}
}

// TestRightAnswerBeforeItsProof: it is not called wrong, and does not pass.
func TestRightAnswerBeforeItsProof(t *testing.T) {
	p := newPupil(t)
	for _, l := range lessons(t) {
		if l.ID != "detective" {
			continue
		}
		for i := range l.Steps {
			p.begin(t, l, i)
			p.types(t, []string{"practice open"})
			p.out.Reset()
			p.types(t, []string{l.Steps[i].ID})
			if !strings.Contains(p.out.String(), "prove it first") && p.Class.Step == i {
				t.Errorf("%s: %s", l.Steps[i].ID, p.out)
			}
		}
	}
	p.types(t, []string{"lesson 1.7", "practice wire", "the router"})
	if !strings.Contains(p.out.String(), "next: `lesson 2`, Two connections") {
		t.Errorf("no next lesson in\n%s", p.out)
	}
}

// TestLessonPages: notes for the teacher have what counts, and the report has the name that was given.
func TestLessonPages(t *testing.T) {
	p := newPupil(t)
	p.says(t, "lesson notes 1", "Solution")
	p.Do(command.Line{Text: "lesson notes --html notes.html"})
	p.Do(command.Line{Text: "lesson report --html report.html --name '<Ada>'"})
	for file, wants := range map[string][]string{
		"notes.html": {"Two connections", "quote PASV", "eavesdropper", "<!DOCTYPE html>"}, "report.html": {"&lt;Ada&gt;"},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q", file, want)
			}
		}
	}
}
