//go:build unix

package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// batchConsole makes a console that is closed at the end.
func batchConsole(t *testing.T, o Options) *Console {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestBatchLines(t *testing.T) {
	for _, row := range []struct {
		name, input string
		want        []string
	}{
		{"lines", "ls\npwd\n", []string{"ls", "pwd"}},
		{"last line without end", "ls\npwd", []string{"ls", "pwd"}},
		{"empty lines", "\n\nls\n", []string{"", "", "ls"}},
		{"any bytes", "get a\x00b\xff\n\tx\x1b[A\n", []string{"get a\x00b\xff", "\tx\x1b[A"}},
		{"Windows script", "\uFEFFls\r\npwd\r\n", []string{"ls", "pwd"}},
		{"nothing", "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			var out bytes.Buffer
			c := batchConsole(t, Options{In: strings.NewReader(row.input), Out: &out, Err: &out})
			for _, want := range row.want {
				if got, err := c.ReadLine(t.Context(), "> "); got != want || err != nil {
					t.Fatalf("got %q, %v; want %q", got, err, want)
				}
			}
			if line, err := c.ReadLine(t.Context(), "> "); !errors.Is(err, io.EOF) {
				t.Fatalf("at the end: %q, %v", line, err)
			}
			if out.Len() > 0 {
				t.Errorf("wrote %q", out.String())
			}
		})
	}
}

func TestBatchAsksNothing(t *testing.T) {
	var out bytes.Buffer
	c := batchConsole(t, Options{In: strings.NewReader("y\n"), Out: &out, Err: &out})
	_, asked := c.Ask(t.Context(), "name? ")
	_, key := c.AskKey(t.Context(), "delete? ", "yn")
	_, secret := c.ReadSecret(t.Context(), "Password: ")
	for _, err := range []error{asked, key, secret} {
		if !errors.Is(err, ErrNotInteractive) {
			t.Errorf("asked: %v", err)
		}
	}
	c.Status("50%")
	c.Title("x")
	c.Bell()
	if out.Len() > 0 || c.Interactive() {
		t.Errorf("wrote %q", out.String())
	}
	if line, err := c.ReadLine(t.Context(), ""); line != "y" || err != nil {
		t.Errorf("the line was eaten: %q, %v", line, err)
	}
}

func TestBatchReadIsCancelled(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	c := batchConsole(t, Options{In: r, Out: io.Discard, Err: io.Discard})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.ReadLine(ctx, "")
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	go func() {
		_, err := c.ReadLine(t.Context(), "")
		done <- err
	}()
	c.Close()
	if err := <-done; !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func TestDumbTerminal(t *testing.T) {
	t.Setenv("TERM", "dumb")
	s := start(t, 40, 10, Options{History: lines("old")})
	line := make(chan answer, 1)
	asks := func(question func() (string, error)) {
		go func() {
			l, err := question()
			line <- answer{l, err}
		}()
	}
	answered := func(want string) {
		t.Helper()
		if got := <-line; got != (answer{want, nil}) {
			t.Fatalf("%+v", got)
		}
	}
	asks(func() (string, error) { return s.c.ReadLine(t.Context(), "\x1b[1mdemo\x1b[0m> ") })
	s.shows("demo>")
	s.c.Status("50%")
	s.typed("ls -l\r")
	answered("ls -l")
	s.shows("demo> ls -l")
	asks(func() (string, error) { return s.c.ReadSecret(t.Context(), "Password: ") })
	s.shows("demo> ls -l\nPassword:")
	s.typed("hunter2\r")
	answered("hunter2")
	s.shows("demo> ls -l\nPassword:")
	asks(func() (string, error) {
		r, err := s.c.AskKey(t.Context(), "delete? ", "yn")
		return string(r), err
	})
	s.shows("demo> ls -l\nPassword:\ndelete?")
	s.typed("maybe\r")
	s.shows("demo> ls -l\nPassword:\ndelete? maybe\ndelete?")
	s.typed("Y\r")
	answered("y")
	if s.c.ColorOut() || len(s.vt.modes) > 0 || s.vt.shape != "" {
		t.Error("escape sequences on a dumb terminal")
	}
}

func TestColor(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer tty.Close()
	for _, row := range []struct {
		name, asked, env string
		terminal, pipe   bool
	}{
		{"auto", "auto", "", true, false},
		{"default", "", "", true, false},
		{"always", "always", "NO_COLOR=1", true, true},
		{"never", "never", "FORCE_COLOR=1", false, false},
		{"NO_COLOR", "auto", "NO_COLOR=1", false, false},
		{"NO_COLOR empty", "auto", "NO_COLOR=", true, false},
		{"FORCE_COLOR", "auto", "FORCE_COLOR=1", true, true},
		{"FORCE_COLOR=0", "auto", "FORCE_COLOR=0", false, false},
		{"CLICOLOR_FORCE", "auto", "CLICOLOR_FORCE=1", true, true},
		{"CLICOLOR=0", "auto", "CLICOLOR=0", false, false},
		{"TERM=dumb", "auto", "TERM=dumb", false, false},
		{"TERM unset", "auto", "TERM=", false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if name, value, ok := strings.Cut(row.env, "="); ok {
				t.Setenv(name, value)
			}
			c := batchConsole(t, Options{In: tty, Out: tty, Err: io.Discard, Color: row.asked})
			if c.ColorOut() != row.terminal || c.ColorErr() != row.pipe {
				t.Errorf("terminal %v, pipe %v", c.ColorOut(), c.ColorErr())
			}
		})
	}
	if _, err := New(Options{Color: "blue"}); err == nil {
		t.Error("blue is not a choice")
	}
}

func TestSizeWithoutTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "132")
	t.Setenv("LINES", "x")
	c := batchConsole(t, Options{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
	if c.Width() != 132 || c.Height() != 24 {
		t.Errorf("%d x %d", c.Width(), c.Height())
	}
}

func TestProgressWhileResultsGoToAFile(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer tty.Close()
	var results bytes.Buffer
	c := batchConsole(t, Options{In: strings.NewReader(""), Out: &results, Err: tty})
	defer c.Close() // before the terminal
	c.Status("50%")
	io.WriteString(c.Out(), "result\n")
	io.WriteString(c.Err(), "note\n")
	c.Status("")
	io.WriteString(c.Err(), "end\n")
	if results.String() != "result\n" {
		t.Errorf("results %q", results.String())
	}
	v := newVT(80, 24)
	for !strings.Contains(v.text(), "end") {
		p := make([]byte, 1024)
		n, err := master.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		v.write(p[:n])
	}
	if v.text() != "note\nend" {
		t.Errorf("terminal shows\n%s", v.text())
	}
}
