//go:build unix

package main

import (
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestRecoverTellsNoTime: a commit that broke off and is completed later says nothing of seconds that nobody has measured.
func TestRecoverTellsNoTime(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "mute", Verb: "RNTO", Count: 1}}}, nil)
	dir := question{before: killedInCommit}.prepare(t, server)
	term := startIn(t, dir, "", address(server))
	term.see("password: ")
	term.enter(practice.Password)
	term.see("PLAIN> ")
	term.enter("tx recover --forward")
	term.see("committed: 1 change; until now others may have seen a mixture")
	term.enter("bye")
	term.ends(0)
}
