//go:build unix

package shell

import (
	"io"
	"os"
	"testing"

	"github.com/creack/pty"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/jobs"
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
	var sh *command.Shell
	strike := true
	opt := command.Options{StateDir: t.TempDir(), Console: console.Options{In: tty, Out: tty, Err: tty}}
	opt.Started = func(begins *command.Command) {
		if begins == nil && strike {
			strike = false
			sh.Signals.Handle(os.Interrupt)
		}
	}
	if sh, err = New(opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	sh.Do(command.Line{Text: "let a 1; let b 2"})
	if sh.Vars["a"] != "1" || sh.Vars["b"] != "" {
		t.Errorf("the variables are %v", sh.Vars)
	}
	sh.Signals.Fresh()
	if err := sh.Do(command.Line{Text: "let b 2; let c 3"}); err != nil || sh.Vars["c"] != "3" {
		t.Errorf("the next line: %v, %v", err, sh.Vars)
	}
	for _, line := range []string{"repeat 3 let n ${n}1", "foreach i in 1 2 3; let n ${n}1; end"} {
		sh.Vars["n"], strike = "", true
		sh.Signals.Fresh()
		sh.Do(command.Line{Text: line})
		if sh.Vars["n"] != "1" {
			t.Errorf("%s: n is %q", line, sh.Vars["n"])
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
	sh, err := New(command.Options{StateDir: t.TempDir(), Console: console.Options{In: tty, Out: tty, Err: tty}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	sh.Session = &client.Session{}
	defer func() { sh.Session = nil }()
	for line, want := range map[string]bool{
		"get x": true, "put x": true, "mirror x": true, "get x y": true, "fxp x ftp://h/": true, "sleep 9": true, "ls": false, "get x | wc": false, "get x '|less'": false, `get x "|less"`: false, "put - x": false, "get x -": false,
	} {
		list, err := syntax.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		st := list[0].Statements[0]
		cmd, err := sh.Catalog.Find(st.Name())
		if err != nil {
			t.Fatal(err)
		}
		if got := jobs.Detaches(sh, command.Line{Text: line}, st, cmd); got != want {
			t.Errorf("%s: %t", line, got)
		}
		sh.Stepper.On = true
		if jobs.Detaches(sh, command.Line{Text: line}, st, cmd) {
			t.Errorf("%s: while step is on", line)
		}
		sh.Stepper.On = false
	}
}
