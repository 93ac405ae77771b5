package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// A 227 or 229 that cannot be is quoted, and nothing is dialled.
func TestImpossibleAddresses(t *testing.T) {
	for _, reply := range []string{
		"227 at (256,0,0,1,4,1)", "227 at (127,0,0,1,0,0)", "227 at (127,0,0,1,4)", "227 at (127,0,0,1,-4,1)", "227 at (127,0,0,1,4,256)",
		"227 at (" + strings.Repeat("9", 400) + ")", "227 at (" + strings.Repeat("1,", 400) + ")", "227 somewhere", "227", "227 (::1,4,1)",
		"229 (|||0|)", "229 (|||99999|)", "229 (|||-1|)", "229 (||||)", "229 (|||port|)", "229 (|||" + strings.Repeat("1", 400) + "|)",
		"229 (,,,1024", "229 nowhere", "229", "229 (|3|127.0.0.1|1024|)", "229 (||not an address|1024|)", `229 \x1b]0;x\x07(|||0|)`,
	} {
		t.Run(reply[:min(len(reply), 30)], func(t *testing.T) {
			text := "C: TYPE I\nS: 200 binary\nC: EPSV\nS> " + reply + `\r\n` + "\nC: PASV\nS> " + reply + `\r\n` + "\nC: NOOP\nS: 200 fine"
			opt := client.Options{Ways: []client.DataMode{client.EPSV, client.PASV}}
			opt.Trace = &client.Trace{Dial: func(i client.DialInfo) {
				if i.Channel != "C" {
					t.Errorf("dialled %s", i.Remote)
				}
			}}
			talk(t, text, opt, func(s *client.Session) {
				_, err := s.Retrieve(t.Context(), "f", 0)
				var none *client.NoDataError
				if !errors.As(err, &none) || len(none.Tried) != 2 || !strings.Contains(err.Error(), "no usable address in the reply: \""+reply[:3]) {
					t.Errorf("%v", err)
				}
				if err := s.Noop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// torrent is a server that sends a greeting and then one thing for ever. It
// counts what it could send.
func torrent(t *testing.T, begin string, unit []byte) (addr string, sent *atomic.Int64) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sent = new(atomic.Int64)
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, begin)
			for err == nil && sent.Load() < 1<<30 {
				var n int
				n, err = conn.Write(unit)
				sent.Add(int64(n))
			}
			conn.Close()
		}
	})
	t.Cleanup(func() { ln.Close(); served.Wait() })
	return ln.Addr().String(), sent
}

// A line, or a reply, without an end is given up at its limit, not later.
func TestRepliesWithoutEnd(t *testing.T) {
	for _, test := range []struct {
		name, begin, unit, says string
	}{
		{"a line", "220 hello", strings.Repeat("x", 64<<10), "reply line too long: more than 128 KiB"},
		{"not even a code", "", strings.Repeat("x", 64<<10), "reply line too long: more than 128 KiB"},
		{"a line of NUL", "220 ", strings.Repeat("\x00", 64<<10), "reply line too long: more than 128 KiB"},
		{"lines", "220-hello\r\n", strings.Repeat("220-and more of this\r\n", 1000), "reply too long"},
		{"short lines", "220-hello\r\n", strings.Repeat("\r\n", 32<<10), "reply too long"},
		{"preliminary replies", "", strings.Repeat("150 wait\r\n", 1000), "is not an FTP server: \"150 wait\""},
		{"empty lines", "", strings.Repeat("\r\n", 32<<10), "nothing but empty lines"},
	} {
		t.Run(test.name, func(t *testing.T) {
			addr, sent := torrent(t, test.begin, []byte(test.unit))
			s, err := client.Open(t.Context(), client.Options{Addr: addr, Security: client.Off})
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%.200v", err)
			}
			if n := sent.Load(); n > 64<<20 {
				t.Errorf("%d MiB were taken", n>>20)
			}
		})
	}
}

// What is no reply fails the command that waits for one, is shown, and costs
// the connection: the next command has a new one.
func TestWhatIsNoReply(t *testing.T) {
	for _, line := range []string{
		"hello", "2x0 what", "99", "1000 what", "700 what", "000", "-200", " 200 indented", `\t200 tab`, "2", "200", "200\\t",
		`\xff\xfb\x01200 behind Telnet`, "20", "<html>", `{"code":200}`, `\x1b]0;pwned\x07`, `\xe2\x80\xae200`, "٢٠٠ other digits",
	} {
		t.Run(line, func(t *testing.T) {
			good := line == "200" || line == `200\t` || strings.Contains(line, "Telnet")
			text := "C: CWD /deep\nS: 250 fine\nC: PWD\nS: 257 \"/deep\"\nC: NOOP\nS> " + line + `\r\n`
			if !good {
				text += again + "C: NOOP\nS: 200 fine"
			}
			talk(t, text, client.Options{}, func(s *client.Session) {
				if err := s.Chdir(t.Context(), "/deep"); err != nil {
					t.Fatal(err)
				}
				err := s.Noop(t.Context())
				if good {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if !errors.As(err, new(*client.ProtocolError)) {
					t.Errorf("%v", err)
				}
				if err := s.Noop(t.Context()); err != nil || s.Dir() != "/deep" {
					t.Errorf("in %q, %v", s.Dir(), err)
				}
			})
		})
	}
}

// With a reply too many behind each answer, everything still has the right
// result.
func TestOneReplyTooMany(t *testing.T) {
	for _, extra := range []string{"226 Transfer complete.", "200 fine", "550 no", "150 here it comes"} {
		t.Run(extra, func(t *testing.T) {
			srv := serve(t, practice.Options{}, "extra-reply="+extra)
			srv.FS().MkdirAll("/pub", 0o755)
			s := logInTo(t, srv, func(o *client.Options) {
				o.Security = client.Off
				o.Depth = 1 // behind two commands that have left nobody can tell which one the extra reply is for
			})
			if err := s.Chdir(t.Context(), "/pub"); err != nil {
				t.Error(err)
			}
			for i := range 3 {
				name, text := fmt.Sprintf("file%d", i), []byte(strings.Repeat("data", i*100_000+1))
				d, err := s.Store(t.Context(), name, 0)
				if err != nil {
					t.Fatal(err)
				}
				d.Write(text)
				if err := d.Close(); err != nil {
					t.Error(err)
				}
				if got := get(t, s, name); !bytes.Equal(got, text) {
					t.Errorf("%s has %d bytes, not %d", name, len(got), len(text))
				}
				n := 0
				for _, err := range s.List(t.Context(), "", client.ListOptions{}) {
					if n++; err != nil {
						t.Error(err)
					}
				}
				if n != i+1 {
					t.Errorf("%d entries, want %d", n, i+1)
				}
				if _, err := s.Size(t.Context(), "none"); !client.IsCode(err, 550) {
					t.Errorf("a file that is not there: %v", err)
				}
			}
		})
	}
}

// NUL, Telnet and bytes that are no UTF-8 are part of what is said.
func TestBytesInReplies(t *testing.T) {
	talk(t, `
		C: NOOP
		S> \xff\xfb\x012\xff\xfd\x0200 a\x00b\xff\xf1\xe9 \xff\xffc\x1b[2J\r\n
		C: PWD
		S> 257 "/caf\xe9/\x00\xff\xff" here\r\n
		C: NOOP
		S: 200 fine`, client.Options{}, func(s *client.Session) {
		r, err := s.Quote(t.Context(), "NOOP")
		if err != nil || r.Text() != "a\x00b\xe9 \xffc\x1b[2J" {
			t.Errorf("%q, %v", r.Text(), err)
		}
		if dir, err := s.Getwd(t.Context()); err != nil || dir != "/caf\xe9/\x00\xff" {
			t.Errorf("%q, %v", dir, err)
		}
		if err := s.Noop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Whatever PWD says, the login stands; what is no path is unknown.
func TestOddPaths(t *testing.T) {
	long := strings.Repeat("d/", 60_000)
	for _, test := range []struct{ reply, want string }{
		{`257 "/a""b" is here`, `/a"b`},
		{`257 "/a"b" is here`, `/a"b`},
		{`257 /plain is here`, "/plain"},
		{`257 "/open`, "/open"},
		{`257 ""`, ""},
		{`257 what`, ""},
		{`257`, ""},
		{`257 "relative"`, ""},
		{`257 "/nul\x00byte\x1b[2J"`, "/nul\x00byte\x1b[2J"},
		{`257 "/` + long + `"`, "/" + long},
		{`550 not for you`, ""},
		{`502 what`, ""},
	} {
		t.Run(test.reply[:min(len(test.reply), 20)], func(t *testing.T) {
			text := strings.Replace(welcome("S: 211 none"), `S: 257 "/"`, "S> "+test.reply+`\r\n`, 1)
			talk(t, strings.TrimSpace(text)+"\nC: NOOP\nS: 200 fine", client.Options{}, func(s *client.Session) {
				if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
					t.Fatal(err)
				}
				if s.Dir() != test.want {
					t.Errorf("in %.50q, want %.50q", s.Dir(), test.want)
				}
				if err := s.Noop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A password is sent once for each USER, and never as account.
func TestLoginsThatGoRound(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"331 behind PASS", "C: USER alice\nS: 331 password\nC: PASS secret\nS: 331 password", "331"},
		{"332, and no account is known", "C: USER alice\nS: 331 password\nC: PASS secret\nS: 332 account", "the server asks for an account"},
		{"332 behind USER", "C: USER alice\nS: 332 account", "the server asks for an account"},
		{"332 behind USER, then 331", "C: USER alice\nS: 331 password\nC: PASS secret\nS: 530 no", "530"},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, "S: 220 hello\n"+test.text, client.Options{}, func(s *client.Session) {
				err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"})
				if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
					t.Errorf("%v", err)
				}
			})
		})
	}
	talk(t, "S: 220 hello\nC: USER anonymous\nS: 331 mail\nC: PASS anonymous@\nS: 530 no", client.Options{}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{}); !client.IsCode(err, 530) { // and not who and where one is
			t.Errorf("%v", err)
		}
	})
}
