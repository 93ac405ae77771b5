//go:build unix

package shell

import (
	"io"
	"os"
	"testing"

	"github.com/creack/pty"

	"github.com/ftpsh/ftpsh/shell/console"
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
}
