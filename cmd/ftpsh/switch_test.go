//go:build unix

package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestOpenAnother: at the prompt the old session goes on until the new one is
// logged in. What follows in the same line is never done to the old server.
func TestOpenAnother(t *testing.T) {
	t.Parallel()
	old := serves(t, practice.Options{}, map[string]string{"sub/a.txt": "old"})
	fresh := serves(t, practice.Options{}, map[string]string{"a.txt": "new!"})
	mute := stubborn(t, "mute:USER")
	config := t.TempDir()
	if err := os.MkdirAll(filepath.Join(config, "ftpsh"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "ftpsh", "config.toml"), []byte("[host.\"127.0.0.1\"]\ntimeout = \"77s\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term, _ := start(t, "XDG_CONFIG_HOME="+config, address(old))
	term.see("password: ")
	term.enter(practice.Password)
	term.enter("cd sub")
	term.see("/sub PLAIN> ")
	term.enter("open 127.0.0.1 1")
	term.see("open: control connection to 127.0.0.1:1: connection refused")
	term.see("hint: is it the right host and port?")
	term.see("hint: the session with alice@127.0.0.1 continues")
	term.see("/sub PLAIN> ")

	term.enter("set timeout") // which is for this host
	term.see("1m17s")
	term.see("/sub PLAIN> ")

	heard := hears(t, mute, "USER")
	term.enter("open " + address(mute))
	term.see("password: ")
	term.enter(practice.Password)
	heard()
	term.press("\x03")
	term.see("interrupted")
	term.see("alice@127.0.0.1 continues")
	term.see("/sub PLAIN> ")

	term.enter("open bob:wrong-one@" + fresh.Addr())
	for range 2 {
		term.see("password: ")
		term.enter("wrong-two")
	}
	term.see("open: 127.0.0.1: login refused: 530 ")
	term.see("alice@127.0.0.1 continues")
	term.see("/sub PLAIN> ")
	ahead := closesLate(t)
	term.press("open bob:x@" + ahead.addr + "\rrm a.txt\rrm a.t") // for the new server
	<-ahead.asked
	close(ahead.leave)
	term.see("\r\nopen: 127.0.0.1: login refused: 421 too many users")
	term.see("alice@127.0.0.1 continues; `close` ends it; what you typed ahead was not run")
	term.see("/sub PLAIN> ")

	term.enter("size a.txt")
	term.see("\r\n3\r\n")
	if strings.Contains(strings.Join(old.Commands(), "\n"), "QUIT") {
		t.Error("the server was left")
	}

	term.enter("open 127.0.0.1 1; rm a.txt")
	term.see("rm: not connected")
	term.see("ftpsh> ")
	for _, server := range []*practice.Server{old, fresh} {
		term.enter("open " + address(server))
		term.see("password: ")
		term.enter(practice.Password)
		term.see("/ PLAIN> ")
	}
	term.enter("size a.txt")
	term.see("\r\n4\r\n")
	if n := strings.Count(strings.Join(old.Commands(), "\n"), "QUIT"); n != 2 {
		t.Errorf("the old server was left %d times, want 2", n)
	}
}

// A late server says goodbye in answer to the user's name, once it is told to.
type late struct {
	addr         string
	asked, leave chan struct{}
}

func closesLate(t *testing.T) late {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	l := late{listener.Addr().String(), make(chan struct{}), make(chan struct{})}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "220 ready\r\n")
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			if !strings.HasPrefix(lines.Text(), "USER") {
				io.WriteString(conn, "502 no\r\n")
				continue
			}
			close(l.asked)
			<-l.leave
			io.WriteString(conn, "421 too many users\r\n")
			return
		}
	}()
	return l
}
