//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// odd is a server that is right but for what one function does in its place.
// It is one file, a.txt with "hello\n", in one directory.
type odd struct {
	net.Conn
	port int // of the control connection
	data net.Listener
	does func(o *odd, verb, arg string) (done bool)
}

func (o *odd) say(line string) { io.WriteString(o, line+"\r\n") }

// passive tells the port of the next data connection.
func (o *odd) passive(verb string, port int) {
	if verb == "EPSV" {
		o.say(fmt.Sprintf("229 go (|||%d|)", port))
	} else {
		o.say(fmt.Sprintf("227 go (127,0,0,1,%d,%d)", port>>8, port&255))
	}
}

// sends sends data on the next data connection, with no word on the other one.
func (o *odd) sends(data string) {
	if conn, err := o.data.Accept(); err == nil {
		io.WriteString(conn, data)
		conn.Close()
	}
}

func (o *odd) lists(entries ...string) {
	o.say("150 list")
	o.sends("type=file;size=6;modify=20200101000000; a.txt\r\n" + strings.Join(entries, ""))
	o.say("226 done")
}

func (o *odd) serve() {
	defer o.Close()
	o.say("220 hi")
	for lines := bufio.NewScanner(o); lines.Scan(); {
		verb, arg, _ := strings.Cut(lines.Text(), " ")
		switch known := strings.HasSuffix(arg, "a.txt"); {
		case o.does(o, verb, arg):
		case verb == "USER":
			o.say("230 in")
		case verb == "FEAT":
			o.say("211-F\r\n MLST type*;size*;modify*;\r\n SIZE\r\n UTF8\r\n211 End")
		case verb == "PWD":
			o.say(`257 "/"`)
		case verb == "SIZE" && known:
			o.say("213 6")
		case verb == "MLST" && known:
			o.say("250-x\r\n type=file;size=6;modify=20200101000000; a.txt\r\n250 end")
		case verb == "EPSV", verb == "PASV":
			o.passive(verb, o.data.Addr().(*net.TCPAddr).Port)
		case verb == "RETR" && known:
			o.say("150 data")
			o.sends("hello\n")
			o.say("226 done")
		case verb == "MLSD", verb == "LIST":
			o.lists()
		case verb == "TYPE", verb == "OPTS", verb == "CWD", verb == "NOOP":
			o.say("200 ok")
		case verb == "QUIT":
			o.say("221 bye")
			return
		default:
			o.say("550 no")
		}
	}
}

// oddServer serves until the end of the test.
func oddServer(t *testing.T, does func(o *odd, verb, arg string) bool) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	port = listener.Addr().(*net.TCPAddr).Port
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			data, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				conn.Close()
				return
			}
			t.Cleanup(func() { conn.Close(); data.Close() })
			go (&odd{conn, port, data, does}).serve()
		}
	}()
	return port
}

const escape = "x\x1b]0;pwned\x07\x1b[2Jy"

// TestOddServers: servers that do what no contract names. Whatever they do, the
// program ends, says by its status how it went, writes only into its directory,
// and no escape sequence comes through.
func TestOddServers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, line string
		status     int
		files      string // here afterwards
		says       string // among what it prints
		does       func(o *odd, verb, arg string) bool
	}{
		{"nothing odd", "ls; get a.txt", 0, "a.txt up", "", func(*odd, string, string) bool { return false }},
		{"the passive port is the control port", "get a.txt", 6, "up", "names the port of the control connection for data", func(o *odd, verb, _ string) bool {
			switch verb {
			case "EPSV", "PASV":
				o.passive(verb, o.port)
			case "RETR":
				o.say("150 data")
				o.say("226 done")
			default:
				return false
			}
			return true
		}},
		{"the data comes before any reply", "get a.txt", 0, "a.txt up", "", func(o *odd, verb, _ string) bool {
			if verb == "RETR" {
				o.sends("hello\n")
				o.say("150 data")
				o.say("226 done")
			}
			return verb == "RETR"
		}},
		{"a 350 in place of the 226", "get a.txt", 6, "a.txt.part a.txt.part.note up", "", func(o *odd, verb, _ string) bool {
			if verb == "RETR" {
				o.say("150 data")
				o.sends("hello\n")
				o.say("350 more? " + escape)
			}
			return verb == "RETR"
		}},
		{"it talks while it is sent to", "put up", 0, "up", "", func(o *odd, verb, _ string) bool {
			if verb == "STOR" {
				o.say("150 data")
				if conn, err := o.data.Accept(); err == nil {
					io.WriteString(conn, strings.Repeat(escape, 1000))
					io.Copy(io.Discard, conn)
					conn.Close()
				}
				o.say("226 stored")
			}
			if verb == "SIZE" {
				o.say("213 300000")
			}
			return verb == "STOR" || verb == "SIZE"
		}},
		{"more data than was listed, and the server counts right", "get a.txt up2; get -f b/a.txt b.txt", 8, "b.txt.part b.txt.part.note up up2", "9 bytes came, not 6", func(o *odd, verb, arg string) bool {
			more := verb == "RETR" && strings.HasSuffix(arg, "b/a.txt")
			if more {
				o.say("150 data")
				o.sends("more data")
				o.say("226 done")
			}
			return more
		}},
		{"more data than was listed, by a server that may never count right", "get a.txt", 0, "a.txt up", "a.txt: 1048576 bytes came, although the server says 6", func(o *odd, verb, _ string) bool {
			if verb == "RETR" {
				o.say("150 data")
				o.sends(strings.Repeat("m", 1<<20))
				o.say("226 done")
			}
			return verb == "RETR"
		}},
		{"names that lead out and escapes in them", "ls; ls -l; mget -f a.txt x*", 6, "a.txt up", "", func(o *odd, verb, _ string) bool {
			if verb == "MLSD" {
				o.lists("type=file;size=6; ../out/a.txt\r\n", "type=file;size=6; "+escape+"\r\n", "type=file;size=6; ..\r\n")
			}
			return verb == "MLSD"
		}},
		{"a directory that is refused when it is listed", "get -r d", 6, "up", "get: d: 550 not now", func(o *odd, verb, _ string) bool {
			switch verb {
			case "MLST":
				o.say("250-x\r\n type=dir; d\r\n250 end")
			case "MLSD", "LIST":
				o.say("550 not now")
			}
			return verb == "MLST" || verb == "MLSD" || verb == "LIST"
		}},
		{"a listing that never comes", "ls", 8, "up", "hint: `why`", func(o *odd, verb, _ string) bool {
			if verb == "MLSD" {
				o.say("150 list")
				if conn, err := o.data.Accept(); err == nil {
					io.Copy(io.Discard, conn) // until it is given up
					conn.Close()
				}
				o.say("426 gone")
			}
			return verb == "MLSD"
		}},
		{"escapes in what doctor reports", "doctor --timeout 1s", 1, "up", `\x1b]0;`, func(o *odd, verb, _ string) bool {
			if verb == "FEAT" {
				o.say("211-F\r\n " + escape + "\r\n211 End")
			}
			if verb == "EPSV" {
				o.say("229 " + escape)
			}
			return verb == "FEAT" || verb == "EPSV"
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			port := oddServer(t, row.does)
			outer := t.TempDir()
			dir, home := filepath.Join(outer, "in"), filepath.Join(outer, "home")
			os.Mkdir(dir, 0o700)
			os.Mkdir(home, 0o700)
			os.WriteFile(filepath.Join(dir, "up"), make([]byte, 300_000), 0o600)
			path, err := exec.LookPath("ftpsh")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, path, "--no-config", "--tls", "off", "-q", "1", "-c",
				fmt.Sprintf("set retries 0; open ftp://127.0.0.1:%d/; %s", port, row.line))
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home)
			var said bytes.Buffer
			cmd.Stderr = &said
			names, _ := cmd.Output()
			out := append(slices.Clone(names), said.Bytes()...)
			if got := cmd.ProcessState.ExitCode(); got != row.status {
				t.Errorf("exit status %d, want %d\n%q", got, row.status, out)
			}
			// Names of files go into a pipe as they are; nothing else does.
			if bytes.ContainsAny(said.Bytes(), "\x1b\x07") || bytes.ContainsAny(names, "\x1b\x07") && !strings.HasPrefix(row.line, "ls") {
				t.Errorf("escape sequences: %q", out)
			}
			if !bytes.Contains(out, []byte(row.says)) {
				t.Errorf("%q is not in %q", row.says, out)
			}
			if got := holds(t, outer); got != "home in" {
				t.Errorf("outside are %q", got)
			}
			if got := holds(t, dir); got != row.files {
				t.Errorf("here are %q, want %q\n%q", got, row.files, out)
			}
		})
	}
}

// holds are the names in a directory.
func holds(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}
