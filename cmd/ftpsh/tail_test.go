//go:build unix

package main

import (
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestTailFollows: tail -f shows what is added to a file, until Ctrl-C, and the session goes on.
func TestTailFollows(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"log": "one\ntwo\n"})
	term, _ := loggedIn(t, server)
	term.enter("tail -f --every 20ms -n 1 log")
	term.see("two")
	if err := afero.WriteFile(server.FS(), "/log", []byte("one\ntwo\nthree\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	term.see("three")
	term.press("\x03")
	term.see("PLAIN> ")
	term.enter("size log")
	term.see("14")
	term.enter("bye")
	term.ends(0)
}
