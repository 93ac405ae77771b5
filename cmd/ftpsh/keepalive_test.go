//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestKeepAliveAtThePrompt: NOOPs go to the server while a line is typed, and
// leave it alone. The end of the connection is told, once, above that line.
func TestKeepAliveAtThePrompt(t *testing.T) {
	server := serves(t, practice.Options{}, nil)
	term, _ := loggedIn(t, server)
	noop := hears(t, server, "NOOP")
	term.enter("set keepalive 50ms")
	term.press("echo half")
	noop()
	again := hears(t, server, "NOOP")
	again()
	term.press(" way\r")
	term.see("\r\nhalf way\r\n")
	term.see("PLAIN> ")
	term.press("echo whole")
	if err := server.SetFaults(practice.Fault{Name: "421", Verb: "NOOP", Text: "421 too idle"}); err != nil {
		t.Fatal(err)
	}
	term.see("connection to 127.0.0.1: 421 too idle (the next command connects again)")
	term.press(" line\r")
	term.see("\r\nwhole line\r\n")
	server.SetFaults()
	term.enter("pwd")
	term.see("connecting again: 421 too idle")
	term.see("\r\n/\r\n")
	if n := strings.Count(term.seen.String(), "connection to"); n != 1 {
		t.Errorf("it was told %d times", n)
	}
}

// TestKeepAliveBesideTheRest: NOOPs as often as can be change nothing for what is
// typed, completed, moved, and sent to the background.
func TestKeepAliveBesideTheRest(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"sub/name.txt": "x\n", "big.bin": strings.Repeat("x", 4<<20)})
	term, _ := loggedIn(t, server)
	term.enter("set keepalive 1ms")
	term.see("PLAIN> ")
	for range 3 {
		term.press("cat su\t")
		term.see("sub/")
		term.press("na\t\r")
		term.see("\r\nx\r\n")
		term.see("PLAIN> ")
		term.enter("get -f big.bin & wait")
		term.see("[")
		term.enter("get -f big.bin")
		term.see("big.bin  4.0M in")
		term.see("PLAIN> ")
		term.enter("sleep 0.05; pwd; size sub/name.txt")
		term.see("\r\n/\r\n2\r\n")
		term.see("PLAIN> ")
		term.press("echo not run\x03")
		term.see("PLAIN> ")
	}
	if text := term.seen.String(); strings.Contains(text, "connecting again") || strings.Contains(text, "RACE") {
		t.Errorf("the screen had\n%s", text)
	}
}

// TestKeepAliveInSleep: a script that waits stays connected, too; a server that
// does not know NOOP is asked once.
func TestKeepAliveInSleep(t *testing.T) {
	t.Parallel()
	const line = "set keepalive 50ms; sleep 0.6; sleep 0.2; pwd"
	for _, row := range []struct {
		name      string
		faults    []practice.Fault
		least, to int
	}{
		{"known", nil, 2, 100},
		{"not known", []practice.Fault{{Name: "refuse", Verb: "NOOP"}}, 1, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := serves(t, practice.Options{Faults: row.faults}, nil)
			cmd, errs := batch(t, server, "-c", line)
			out, err := cmd.Output()
			if err != nil || string(out) != "/\n" {
				t.Errorf("%q, %v\n%s", out, err, errs)
			}
			n := 0
			for _, said := range server.Commands() {
				if said == "NOOP" {
					n++
				}
			}
			if n < row.least || n > row.to {
				t.Errorf("%d times NOOP", n)
			}
		})
	}
}
