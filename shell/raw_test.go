package shell

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// TestRawOnRealServers: list, get and put typed line by line, in the clear and under
// TLS, passive and active, with both generations of commands.
func TestRawOnRealServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		dir := t.TempDir()
		p := pupilOf(t, srv, dir)
		content := daemon.Content(50_000, 7)
		srv.Put("down.bin", content)
		if err := os.WriteFile(filepath.Join(dir, "up.bin"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		p.says(t, "TYPE I", "200")
		p.says(t, "CWD "+srv.Home, "250")
		for _, way := range []string{"PASV", "EPSV", "PORT", "EPRT"} {
			t.Run(way, func(t *testing.T) {
				p.arrange(t, way)
				p.says(t, "LIST", "down.bin", ".data")
				p.arrange(t, way)
				p.says(t, "RETR down.bin", "226", ".data save got.bin")
				if got, err := os.ReadFile(filepath.Join(dir, "got.bin")); err != nil || !bytes.Equal(got, content) {
					t.Errorf("%d bytes came, %v\n%s", len(got), err, p.out)
				}
				p.says(t, ".send up.bin", "")
				p.arrange(t, way)
				p.says(t, "STOR "+way+".bin", "226")
				if got := srv.Read(way + ".bin"); !bytes.Equal(got, content) {
					t.Errorf("the server has %d bytes\n%s", len(got), p.out)
				}
			})
		}
		p.says(t, "QUIT", "221")
	})
}

// pupilOf is in raw mode on a real server, logged in by hand, in a local directory of its own.
func pupilOf(t *testing.T, srv *daemon.Server, dir string) *pupil {
	t.Helper()
	out := &page{}
	opt := command.Options{Console: console.Options{In: strings.NewReader(""), Out: out, Err: out}}
	if srv.TLS {
		opt.Connect.TLS = srv.TLSConfig()
	}
	sh, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	sh.LocalDir = dir
	p := &pupil{sh, out}
	if srv.Implicit {
		p.says(t, fmt.Sprintf("raw ftps://%s", srv.Addr()), "220")
	} else {
		p.says(t, fmt.Sprintf("raw %s %d", srv.Host, srv.Port), "220")
	}
	if srv.TLS && !srv.Implicit {
		p.says(t, "AUTH TLS", "234")
	}
	p.says(t, "USER "+srv.User, "331")
	p.says(t, "PASS "+srv.Password, "230")
	if srv.TLS {
		p.says(t, "PBSZ 0", "200")
		p.says(t, "PROT P", "200")
	}
	return p
}

// says types lines and looks for a text in what they show.
func (p *pupil) says(t *testing.T, line, want string, more ...string) {
	t.Helper()
	p.out.Reset()
	for _, line := range append([]string{line}, more...) {
		p.Do(command.Line{Text: line})
	}
	if !strings.Contains(p.out.String(), want) {
		t.Fatalf("%s: %q is not seen in\n%s", line, want, p.out)
	}
}

// arrange asks for a data connection by hand.
func (p *pupil) arrange(t *testing.T, way string) {
	t.Helper()
	switch port := freePort(t); way {
	case "PASV":
		p.says(t, "PASV", "227")
	case "EPSV":
		p.says(t, "EPSV", "229")
	case "PORT":
		p.says(t, fmt.Sprintf("PORT 127,0,0,1,%d,%d", port>>8, port&255), "200")
	case "EPRT":
		p.says(t, fmt.Sprintf(".listen %d", port), fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port))
		p.says(t, fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port), "200")
	}
}

// TestRawRemarks: a line in a wrong place gets a remark and is sent all the same.
func TestRawRemarks(t *testing.T) {
	p, _ := atPractice(t)
	for _, row := range []struct{ line, remark, reply string }{
		{"PWD", "needs a login", "C! 530"},
		{"PASS practice", "PASS must follow USER", "C! 503"},
		{"USER learner", "PASS alone asks", "C< 331"},
		{"PWD", "waits for PASS", "C! "},
		{"USER learner", "", "C< 331"},
		{"PASS practice", "", "C< 230"},
		{"LIST", "needs a data connection", "C! 425"},
		{"RNTO x", "must follow RNFR", "C! 503"},
		{"PROT P", "after AUTH TLS", "C! 503"},
		{"EPSV ALL", "", "C< 200"},
		{"PASV", "only EPSV is allowed", "C! 503"},
		{"TYPE I", "", "C< 200"},
		{"REST 10", "must be the next command", "C< 350"},
		{"NOOP", "RETR must follow REST directly", "C< 200"},
	} {
		p.says(t, row.line, row.reply)
		if !strings.Contains(p.out.String(), row.remark) {
			t.Errorf("%s: no remark with %q in\n%s", row.line, row.remark, p.out)
		}
	}
	p.says(t, ".state", "user learner")
}

// TestRawByHand: with .manual nothing connects but .connect, before or after
// the command that moves data.
func TestRawByHand(t *testing.T) {
	p, server := atPractice(t)
	for _, line := range []string{"USER learner", "PASS practice", ".manual", "PASV"} {
		p.Do(command.Line{Text: line})
	}
	p.says(t, ".connect", "D1 connected")
	p.says(t, "NLST", "226")
	p.says(t, ".data", "README.txt")
	p.says(t, "EPSV", "229")
	p.says(t, "NLST", "the server waits for the data connection")
	p.says(t, ".connect", "226")
	p.says(t, ".conect", "did you mean")
	p.says(t, "QUIT", "221")
	p.says(t, "NOOP", "the connection is closed")
	p.says(t, ".end", "")
	if p.Raw {
		t.Error(".end does not end raw")
	}
	if n := strings.Count(strings.Join(server.Commands(), "\n"), "FEAT"); n != 0 {
		t.Error("something was sent that nobody typed")
	}
}

// TestRawAsides: what explains is there behind a dot, without it the line goes
// to the server with a remark; replies are shown once.
func TestRawAsides(t *testing.T) {
	p, server := atPractice(t)
	p.Do(command.Line{Text: ".end"})
	p.Do(command.Line{Text: "close; verbose on"})
	p.says(t, fmt.Sprintf("raw 127.0.0.1 %d", server.Port()), "220")
	if n := strings.Count(p.out.String(), "220 "); n != 1 {
		t.Errorf("the greeting is shown %d times\n%s", n, p.out)
	}
	p.says(t, "USER learner", "C< 331")
	p.says(t, "PASS practice", "C< 230")
	if n := strings.Count(p.out.String(), "230 "); n != 1 {
		t.Errorf("the welcome is shown %d times\n%s", n, p.out)
	}
	p.says(t, ".explain 331", "Password needed")
	p.says(t, ".ladder", "PASS ********")
	p.says(t, ".lesson hint", "no lesson is going on")
	p.says(t, "STRU X", "C! 504")
	p.says(t, ".ladder", "FAILED")
	p.says(t, ".why", "504 STRU")
	before := len(server.Commands())
	p.says(t, "explain 331", "C! 500")
	if !strings.Contains(p.out.String(), "begins with a dot: .explain 331") {
		t.Errorf("no remark in\n%s", p.out)
	}
	if n := len(server.Commands()) - before; n != 1 {
		t.Errorf("%d lines were sent", n)
	}
	p.says(t, ".end", "")
	p.says(t, "user learner practice", "230 ")
}

// TestQuoteMovesData: quote asks for a data connection and uses it.
func TestQuoteMovesData(t *testing.T) {
	p, _ := atPractice(t)
	p.Do(command.Line{Text: ".end"})
	p.Do(command.Line{Text: "user learner practice"})
	p.says(t, "quote EPSV; quote NLST", "README.txt")
	p.says(t, "quote NLST", "needs a data connection")
	p.says(t, "quote PASV; quote RETR README.txt > copy.txt", "226")
	if got, err := os.ReadFile("copy.txt"); err != nil || !strings.HasPrefix(string(got), "Welcome") {
		t.Errorf("copy.txt holds %q, %v", got, err)
	}
	p.says(t, "quote PASV; ls; quote NLST", "needs a data connection")
	p.says(t, "quote STOR x", "which file is to be stored?")
}

// TestRawKeepsSecrets: what is typed after PASS is seen nowhere, later lines with
// the same word included.
func TestRawKeepsSecrets(t *testing.T) {
	p, _ := atPractice(t)
	for _, line := range []string{"USER learner", "PASS hush-hush", "NOOP hush-hush", ".end", "quote NOOP hush-hush", "user learner practice", "ls practice"} {
		p.Do(command.Line{Text: line})
	}
	for _, e := range p.Recorder.Events(0) {
		if e.Ev == teach.OpStart && strings.HasPrefix(e.Cmd, "ls ") && e.Cmd != "ls ********" {
			t.Errorf("the password of the login is in %q", e.Cmd)
		}
	}
	for _, e := range p.Recorder.All() {
		if strings.Contains(e.Line+e.Cmd+strings.Join(e.Lines, " "), "hush") {
			t.Errorf("an event has the password: %+v", e)
		}
	}
}

// AtPractice is in raw mode on a practice server without TLS.
func atPractice(t *testing.T) (*pupil, *practice.Server) {
	t.Helper()
	p := newPupil(t)
	p.Do(command.Line{Text: "practice start --tls off"})
	p.says(t, fmt.Sprintf("raw 127.0.0.1 %d", p.Practice.Port()), "220")
	return p, p.Practice.Server
}

// TestRawShowsTLS: what travels inside TLS looks so, from the reply after AUTH on, and each handshake is a line.
func TestRawShowsTLS(t *testing.T) {
	p := newPupil(t)
	p.Do(command.Line{Text: "practice start"})
	p.says(t, fmt.Sprintf("raw 127.0.0.1 %d", p.Practice.Port()), "220")
	p.says(t, "AUTH TLS", "C< 234")
	if text := p.out.String(); !strings.Contains(text, "C TLS 1.3 ") || strings.Index(text, "C TLS") < strings.Index(text, "234") {
		t.Errorf("no handshake behind the 234:\n%s", text)
	}
	p.says(t, "USER learner", "C<= 331")
	p.says(t, "PASS practice", "C<= 230")
	p.says(t, "RNTO x", "C!<= 503")
	p.says(t, "PBSZ 0", "C<= 200")
	for _, way := range []string{"EPSV", "EPRT"} {
		p.says(t, "PROT P", "C<= 200")
		p.arrange(t, way)
		p.says(t, "LIST", " TLS 1.3 ")
		p.mustShow(t, "C<= 150", " TLS 1.3 ", " <= ", "C<= 226")
		p.says(t, "PROT C", "C<= 200")
		p.arrange(t, way)
		p.says(t, "LIST", " bytes")
		p.mustShow(t, "C<= 150", " < ", "C<= 226")
		if strings.Contains(p.out.String(), "TLS 1.3") {
			t.Errorf("a handshake after PROT C:\n%s", p.out)
		}
	}
	p.says(t, "PROT P", "C<= 200")
	p.arrange(t, "EPSV")
	p.says(t, "STOR x", "C<= 226")
	p.mustShow(t, "C<= 150", " TLS 1.3 ", " => 0 bytes", "C<= 226")
}

// mustShow looks for texts one behind the other.
func (p *pupil) mustShow(t *testing.T, texts ...string) {
	t.Helper()
	rest := p.out.String()
	for _, want := range texts {
		_, behind, found := strings.Cut(rest, want)
		if !found {
			t.Errorf("%q is not seen, or not in its place, in\n%s", want, p.out)
			return
		}
		rest = behind
	}
}
