package shell

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// trace shows the dialogue: with debug the lines themselves, with verbose those
// words of the server that are meant for people.
func (sh *Shell) trace() *client.Trace {
	return &client.Trace{
		Dial: func(i client.DialInfo) { sh.reveal(2, "** "+dialed(i)) },
		Sent: func(i client.SentInfo) { sh.reveal(1, mark(i.TLS, "->", "=>")+" "+i.Line) },
		Got:  sh.got,
		TLS:  func(i client.TLSInfo) { sh.reveal(2, "** "+i.Channel+" "+handshake(i)) },
		Data: func(i client.DataInfo) {
			sh.reveal(2, fmt.Sprintf("** %s %d bytes in %s, end by %s", i.Channel, i.Bytes, round(i.Elapsed), i.End))
		},
		Note: sh.noted,
	}
}

// heed lets the goroutine that hears the server know how much to show.
func (sh *Shell) heed() {
	sh.verbose.Store(sh.Settings.Verbose)
	sh.debug.Store(int32(sh.Settings.Debug))
}

// mark shows whether a line travelled in clear or in TLS, without colour.
func mark(tls bool, clear, protected string) string {
	if tls {
		return protected
	}
	return clear
}

// reveal shows what is for a level of debug.
func (sh *Shell) reveal(level int, text string) {
	if sh.level() >= level {
		sh.Say(text)
	}
}

func (sh *Shell) level() int { return int(sh.debug.Load()) }

func (sh *Shell) got(i client.GotInfo) {
	lines := i.Reply.Lines
	switch {
	case sh.level() >= 1:
		if sh.level() < 3 && len(lines) > 2 {
			lines = []string{lines[0], fmt.Sprintf("… %d lines", len(lines)-2), lines[len(lines)-1]}
		}
	case !sh.verbose.Load() || !forPeople(i):
		return
	}
	for _, line := range lines {
		sh.Say(mark(i.TLS, "<-", "<=") + " " + line)
	}
}

// peopleVerbs are answered with words for people: welcomes, quotas, what a SITE
// command did. Other replies say what the shell shows anyhow.
var peopleVerbs = sends("USER", "PASS", "ACCT", "DELE", "RNTO", "MKD", "RMD", "QUIT")

// forPeople reports whether a reply is worth reading. Failures are shown as
// errors, not twice.
func forPeople(i client.GotInfo) bool {
	if i.Reply.Class() != 2 {
		return false
	}
	verb := i.Verb
	return !i.Asked || i.Seq == 0 || slices.Contains(peopleVerbs, verb) || verb == "CWD" && len(i.Reply.Lines) > 1
}

func dialed(i client.DialInfo) string {
	switch {
	case i.Err != nil:
		return fmt.Sprintf("%s no connection to %s: %s", i.Channel, i.Remote, i.Err)
	case i.Accepted:
		return fmt.Sprintf("%s accepted %s <- %s", i.Channel, i.Local, i.Remote)
	}
	return fmt.Sprintf("%s connected %s -> %s, %s", i.Channel, i.Local, i.Remote, round(i.Elapsed))
}

func handshake(i client.TLSInfo) string {
	if i.Err != nil {
		return "TLS failed: " + i.Err.Error()
	}
	session := "new session"
	if i.State.DidResume {
		session = "session resumed"
	}
	return fmt.Sprintf("%s %s, %s, %s", tls.VersionName(i.State.Version), tls.CipherSuiteName(i.State.CipherSuite), session, round(i.Elapsed))
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// noted tells what a user should know of what happens by itself.
func (sh *Shell) noted(i client.NoteInfo) {
	switch {
	case i.Key == "reconnect":
		sh.Say("connecting again: " + strings.TrimSpace(i.Text))
	case i.Key != "tls.refused" && sh.verbose.Load(), sh.level() >= 2:
		sh.Say("note: " + i.Text)
	}
}
