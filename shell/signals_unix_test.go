//go:build unix

package shell

import (
	"io"
	"os"
	"testing"

	"github.com/creack/pty"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// A Ctrl-C that comes when a command has just ended is for the rest of the line,
// and for no other line.
func TestInterruptBetweenCommands(t *testing.T) {
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, screen)
	t.Cleanup(func() { screen.Close(); tty.Close() })
	var sh *Shell
	strike := true
	opt := Options{StateDir: t.TempDir(), Console: console.Options{In: tty, Out: tty, Err: tty}}
	opt.Started = func(begins *Command) {
		if begins == nil && strike {
			strike = false
			sh.signals.handle(os.Interrupt)
		}
	}
	if sh, err = New(opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sh.Close)
	sh.Do(Line{Text: "let a 1; let b 2"})
	if sh.vars["a"] != "1" || sh.vars["b"] != "" {
		t.Errorf("the variables are %v", sh.vars)
	}
	if err := sh.Do(Line{Text: "let b 2; let c 3"}); err != nil || sh.vars["c"] != "3" {
		t.Errorf("the next line: %v, %v", err, sh.vars)
	}
	for _, line := range []string{"repeat 3 let n ${n}1", "foreach i in 1 2 3; let n ${n}1; end"} {
		sh.vars["n"], strike = "", true
		sh.Do(Line{Text: line})
		if sh.vars["n"] != "1" {
			t.Errorf("%s: n is %q", line, sh.vars["n"])
		}
	}
}

// Ctrl-Z is not for transfers that need the terminal, for whatever it is.
func TestWhatCtrlZSendsAway(t *testing.T) {
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, screen)
	t.Cleanup(func() { screen.Close(); tty.Close() })
	sh, err := New(Options{StateDir: t.TempDir(), Console: console.Options{In: tty, Out: tty, Err: tty}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sh.Close)
	sh.session = &client.Session{}
	defer func() { sh.session = nil }()
	for line, want := range map[string]bool{
		"get x": true, "put x": true, "mirror x": true, "get x y": true, "ls": false, "get x | wc": false, "get x '|less'": false, `get x "|less"`: false, "put - x": false, "get x -": false,
	} {
		list, err := syntax.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		st := list[0].Statements[0]
		command, err := sh.catalog.Find(st.Name())
		if err != nil {
			t.Fatal(err)
		}
		if got := detaches(sh, Line{Text: line}, st, command); got != want {
			t.Errorf("%s: %t", line, got)
		}
		sh.stepper.on = true
		if detaches(sh, Line{Text: line}, st, command) {
			t.Errorf("%s: while step is on", line)
		}
		sh.stepper.on = false
	}
}
