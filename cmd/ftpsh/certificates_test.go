//go:build unix

package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// tlsServer is a server with a fresh certificate of a flaw, at an address or any, and the fingerprint.
func tlsServer(t *testing.T, flaw practice.Flaw, listen string) (*practice.Server, string) {
	t.Helper()
	pair, _, err := practice.Certificate(flaw)
	if err != nil {
		t.Fatal(err)
	}
	server := serves(t, practice.Options{TLS: practice.Explicit, Certificate: &pair, Listen: listen}, nil)
	return server, fmt.Sprintf("%x", sha256.Sum256(pair.Certificate[0]))
}

// TestPinsAreForOnce: --pin holds for one call, `tls remember` for good, and `tls forget` ends it; `tls list` has what is
// known. A wrong pin is refused, and changes nothing.
func TestPinsAreForOnce(t *testing.T) {
	t.Parallel()
	server, pin := tlsServer(t, practice.SelfSigned, "")
	state, wrong := t.TempDir(), strings.Repeat("00", 32)
	for _, row := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"-c", "pwd"}, 5, "self-signed"},
		{[]string{"--pin", wrong, "-c", "pwd"}, 5, "not the pinned certificate"},
		{[]string{"--pin", pin, "-c", "pwd"}, 0, ""},
		{[]string{"-c", "pwd"}, 5, "self-signed"}, // it was for once
		{[]string{"--pin", pin, "-c", "tls remember; tls list"}, 0, pin[:4]},
		{[]string{"-c", "pwd"}, 0, ""},
		{[]string{"--pin", wrong, "-c", "pwd"}, 5, "not the pinned certificate"},
		{[]string{"-c", "pwd"}, 0, ""}, // the wrong one has not replaced it
		{[]string{"-c", "tls list"}, 0, server.Addr()},
		{[]string{"-c", "tls forget " + server.Addr()}, 0, ""},
		{[]string{"--pin", pin, "-c", "tls list"}, 0, ""},
		{[]string{"-c", "pwd"}, 5, "self-signed"},
		{[]string{"--pin", pin, "-c", "tls forget nosuch.example"}, 7, "nosuch.example"},
	} {
		cmd, errs := batch(t, server, row.args...)
		cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
		var out strings.Builder
		cmd.Stdout = &out
		cmd.Run()
		if said := out.String() + errs.String(); cmd.ProcessState.ExitCode() != row.status || !strings.Contains(said, row.says) {
			t.Errorf("%q: status %d, want %d and %q\n%s", row.args, cmd.ProcessState.ExitCode(), row.status, row.says, said)
		}
	}
}

// TestChangedCertificate: at a terminal, the certificate that was accepted before and the one that is shown now stand side
// by side. Neither y nor Return accepts it; once is for this connection; yes takes the place of the old one. A script is
// told, and goes no further.
func TestChangedCertificate(t *testing.T) {
	before, first := tlsServer(t, practice.SelfSigned, "")
	dir := t.TempDir()
	accept := func(at *practice.Server, answers ...string) *terminal {
		t.Helper()
		term := startIn(t, dir, address(at))
		for _, answer := range answers {
			term.see("from now on? [yes/once/no] ")
			term.enter(answer)
		}
		term.see("password: ")
		term.enter(practice.Password)
		term.see("/ tls> ")
		term.enter("bye")
		term.ends(0)
		return term
	}
	accept(before, "yes")
	before.Close()
	after, second := tlsServer(t, practice.SelfSigned, before.Addr())
	term := accept(after, "y", "", "once")
	for _, want := range []string{"is NOT the one that was accepted before", "accepted before", "shown now", first[:4], second[:4]} {
		if !strings.Contains(term.seen.String(), want) {
			t.Errorf("%q is not seen\n%s", want, term.seen.String())
		}
	}
	known, err := os.ReadFile(filepath.Join(dir, "state", "ftpsh", "known_hosts"))
	if err != nil || !strings.Contains(string(known), first) || strings.Contains(string(known), second) {
		t.Errorf("after once: %s %v", known, err)
	}
	cmd, errs := batch(t, after, "-c", "pwd")
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	if cmd.Run(); cmd.ProcessState.ExitCode() != 5 || !strings.Contains(errs.String(), "not") {
		t.Errorf("a script: status %d\n%s", cmd.ProcessState.ExitCode(), errs)
	}
	accept(after, "yes")
	accept(after)
	known, _ = os.ReadFile(filepath.Join(dir, "state", "ftpsh", "known_hosts"))
	if strings.Contains(string(known), first) || !strings.Contains(string(known), second) {
		t.Errorf("after yes: %s", known)
	}
}

// TestCertificatesAtTheTerminal: what is wrong with a certificate is said in words, it is shown as a table, and no user name
// leaves before an answer.
func TestCertificatesAtTheTerminal(t *testing.T) {
	for _, row := range []struct {
		name, says string
		server     func() *practice.Server
	}{
		{"self-signed", "it is self-signed", func() *practice.Server { s, _ := tlsServer(t, practice.SelfSigned, ""); return s }},
		{"unknown authority", "it is signed by an unknown authority", func() *practice.Server { s, _ := tlsServer(t, practice.Sound, ""); return s }},
		{"expired", "it expired on ", func() *practice.Server { s, _ := tlsServer(t, practice.Expired, ""); return s }},
		{"another name", "it is for wrong.example, not for 127.0.0.1", func() *practice.Server { s, _ := tlsServer(t, practice.WrongName, ""); return s }},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := row.server()
			term, _ := start(t, address(server))
			for _, want := range []string{row.says, "name", "hosts", "issuer", "valid", "SHA-256", "from now on? [yes/once/no] "} {
				term.see(want)
			}
			term.enter("no")
			term.see("ftpsh> ")
			if sent := strings.Join(server.Commands(), "\n"); strings.Contains(sent, "USER") {
				t.Errorf("it was sent\n%s", sent)
			}
			term.enter("bye")
			term.ends(0)
		})
	}
}

// TestWrongPassword: a password that was refused is asked for again without advice; the last hint says what is possible.
func TestWrongPassword(t *testing.T) {
	fault := practice.Fault{Name: "refuse", Verb: "PASS", Text: "530 Login incorrect."} // without it the server hangs up after three
	server := serves(t, practice.Options{Faults: []practice.Fault{fault}}, nil)
	term, _ := start(t, "FTPSH_PASSWORD=wrong", "ftp://"+practice.User+"@"+server.Addr())
	term.see("530 Login incorrect.\r\n  hint: the password came from FTPSH_PASSWORD\r\n")
	for range 2 {
		term.see("password: ")
		term.enter("wrong, too")
		term.see("530 Login incorrect.\r\n")
	}
	term.see("hint: `user USERNAME` tries again")
	term.enter("bye")
	term.ends(0)
}
