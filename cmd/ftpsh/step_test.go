//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestStep: nothing is sent before the user agrees; a line can be skipped,
// changed, explained, and the rest let through.
func TestStep(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a\n"})
	term, _ := loggedIn(t, server)
	sent := func() string { return strings.Join(server.Commands(), "\n") }
	before := sent()
	term.enter("step on")
	term.see("step is on")
	term.enter("noop")
	term.see("send `NOOP`? ")
	if sent() != before {
		t.Errorf("it was sent without asking:\n%s", sent())
	}
	term.enter("k")
	term.see("noop: not sent")
	term.see("PLAIN> ")
	term.enter("noop")
	term.see("send `NOOP`? ")
	term.enter("w")
	term.see("NOOP  ") // the explanation
	term.see("send `NOOP`? ")
	term.enter("e")
	term.see("send instead: ")
	term.enter("SYST")
	term.see("215 ")
	term.see("PLAIN> ")
	if strings.Contains(sent()[len(before):], "NOOP") {
		t.Errorf("a line that was skipped or changed was sent:\n%s", sent())
	}
	term.enter("ls")
	term.see("? [s]end")
	term.enter("r")
	term.see("a.txt")
	term.see("PLAIN> ")
	term.enter("quote PASS never-seen")
	term.see("send `PASS ********`? ")
	term.press("\x03")
	term.see("interrupted")
	term.see("PLAIN> ")
	term.enter("step off")
	term.see("step is off")
	term.enter("noop")
	term.see("answered in")
	if strings.Contains(term.seen.String(), "********never") || strings.Contains(sent(), "never-seen") {
		t.Error("the secret was sent, or shown")
	}
}
