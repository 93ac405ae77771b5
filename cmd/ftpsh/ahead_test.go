//go:build unix

package main

import (
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestInterruptRightBehindALine: Ctrl-C that comes together with Enter stops the command of that line; what was typed before
// it is forgotten, what came after it is the next line.
func TestInterruptRightBehindALine(t *testing.T) {
	for _, line := range []string{"ls -R", "cat small.txt", "get -f small.txt", "mirror .", "sleep 60", "rm small.txt"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "mute", Verb: "MLSD"}, {Name: "mute", Verb: "RETR"}, {Name: "mute", Verb: "SIZE"}, {Name: "mute", Verb: "DELE"}}}, map[string]string{"small.txt": "small\n"})
			term, _ := loggedIn(t, server)
			term.press(line + "\rlost\x03")
			term.see("interrupted")
			term.see("PLAIN> ")
			server.SetFaults()
			term.press(line + "\r\x03echo kept\r")
			term.see("\r\nkept\r\n")
		})
	}
}

// TestStopRightBehindALine: Ctrl-Z that comes together with Enter sends a transfer to the background.
func TestStopRightBehindALine(t *testing.T) {
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "mute", Verb: "RETR"}}}, map[string]string{"small.txt": "small\n"})
	term, _ := loggedIn(t, server)
	term.press("get small.txt\r\x1apwd\r")
	term.see("[1] get small.txt")
	term.see("\r\n/\r\n")
	term.enter("kill 1")
	term.see("PLAIN> ")
}

// TestLinesTypedAhead: lines that come at once run one after another, no matter who had the terminal in between.
func TestLinesTypedAhead(t *testing.T) {
	term, _ := loggedIn(t, serves(t, practice.Options{}, map[string]string{"small.txt": "small\n"}))
	term.press("size small.txt\r! echo local\rsize small.txt; ! echo again\recho first\recho second\r")
	for _, text := range []string{"6", "local", "6", "again", "first", "second"} {
		term.see("\n" + text + "\r")
	}
}
