//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestPauseOfAJob: a job that pauses says so, and is done when it was resumed.
func TestPauseOfAJob(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"big.bin": strings.Repeat("x", 300<<10)})
	term, _ := loggedIn(t, server)
	term.enter("rate get 150k")
	term.see("> ")
	term.enter("get big.bin &")
	term.see("[1] get big.bin")
	term.enter("pause")
	term.see("> ")
	term.enter("jobs")
	term.see("[1]  paused")
	term.enter("resume 1")
	term.see("> ")
	term.enter("rate get 0")
	term.see("> ")
	term.enter("wait 1")
	term.see("[1] done")
	term.enter("pause 1")
	term.see("no such job")
	term.enter("bye")
	term.ends(0)
}

// TestCharsetHint: names that are not UTF-8 are noticed, once, with what may show them.
func TestCharsetHint(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"caf\xe9.txt": "x", "\xfcber.txt": "y"})
	term, _ := loggedIn(t, server)
	term.enter("ls")
	term.see("maybe in latin1; `set charset latin1` shows them")
	term.enter("set charset latin1")
	term.see("> ")
	term.enter("ls")
	term.see("über.txt")
	term.enter("bye")
	term.ends(0)
}
