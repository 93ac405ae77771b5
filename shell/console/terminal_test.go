//go:build unix

package console

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if os.Getenv(sampleVariable) != "" {
		sampleProgram()
		return
	}
	for _, name := range []string{"NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "PAGER", "LESS"} {
		os.Unsetenv(name)
	}
	os.Setenv("TERM", "xterm-256color")
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what must come; it only passes when something is broken.
const patience = 10 * time.Second

// A session is a console on a pseudo terminal and the vt on its other side.
type session struct {
	t       testing.TB
	c       *Console
	master  *os.File
	mu      sync.Mutex
	vt      *vt
	changed chan struct{} // something was written
	written int
	answers chan answer
	prompts int
}

type answer struct {
	line string
	err  error
}

func start(t testing.TB, width, height int, o Options) *session {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	master = pollable(t, master)
	o.In, o.Out, o.Err = tty, tty, tty
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, c: c, master: master, vt: newVT(width, height), changed: make(chan struct{}, 1), answers: make(chan answer, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.watch()
	}()
	t.Cleanup(func() {
		c.Close()
		tty.Close()
		master.Close()
		<-done
	})
	return s
}

// pollable makes a file whose Close ends a read that waits; pty gives one that blocks.
func pollable(t testing.TB, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (s *session) watch() {
	p := make([]byte, 4096)
	for {
		n, err := s.master.Read(p)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.vt.write(p[:n])
		s.written += n
		s.mu.Unlock()
		select {
		case s.changed <- struct{}{}:
		default:
		}
	}
}

// until waits for the screen to be as it should.
func (s *session) until(what string, ok func(*vt) bool) {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		is, text, row, col := ok(s.vt), s.vt.text(), s.vt.row, s.vt.col
		s.mu.Unlock()
		if is {
			return
		}
		select {
		case <-s.changed:
		case <-deadline:
			s.t.Fatalf("no %s; cursor at row %d, column %d of\n%s", what, row, col, text)
		}
	}
}

func (s *session) shows(screen string) {
	s.t.Helper()
	s.until(fmt.Sprintf("screen\n%s\n", screen), func(v *vt) bool { return v.text() == screen })
}

// cursor waits for a screen and a place of the cursor in it, marked by ▏.
func (s *session) cursor(screen string) {
	s.t.Helper()
	s.until(fmt.Sprintf("screen\n%s\n", screen), func(v *vt) bool { return withCursor(v) == screen })
}

func (s *session) typed(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// reads starts ReadLine and waits for its prompt.
func (s *session) reads(ctx context.Context, prompt string) {
	s.t.Helper()
	s.asks(func() (string, error) { return s.c.ReadLine(ctx, prompt) })
}

// asksKey waits for the answer to a question that one key answers.
func (s *session) asksKey(ctx context.Context, question, keys string) {
	s.t.Helper()
	s.asks(func() (string, error) {
		r, err := s.c.AskKey(ctx, question, keys)
		return string(r), err
	})
}

// asks puts a question to the terminal and waits until it takes keys.
func (s *session) asks(question func() (string, error)) {
	s.t.Helper()
	go func() {
		line, err := question()
		s.answers <- answer{line, err}
	}()
	s.prompts++
	s.until("raw mode", func(v *vt) bool { return v.prompts == s.prompts })
}

func (s *session) answered(line string, err error) {
	s.t.Helper()
	select {
	case got := <-s.answers:
		if got.line != line || !errors.Is(got.err, err) {
			s.t.Fatalf("got %q, %v; want %q, %v", got.line, got.err, line, err)
		}
	case <-time.After(patience):
		s.mu.Lock()
		defer s.mu.Unlock()
		s.t.Fatalf("no answer; screen\n%s", s.vt.text())
	}
}

// lines is a history.
func lines(all ...string) func() []string { return func() []string { return all } }
