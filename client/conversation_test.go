package client_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// talk plays a written conversation and runs test against it. The server's side
// begins after a login in the clear unless the text holds a greeting of its own.
func talk(t *testing.T, text string, opt client.Options, test func(*client.Session)) {
	t.Helper()
	loggedIn := !strings.HasPrefix(strings.TrimSpace(text), "S: 220")
	if loggedIn {
		text = welcome("S: 211 none") + text
	}
	if !strings.HasSuffix(text, "close\n") {
		text += "\nC: QUIT\nS: 221 bye\n"
	}
	srv, err := practice.Script(text)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	opt.Addr = srv.Addr()
	if !strings.Contains(text, "AUTH TLS") && opt.Security == client.Require {
		opt.Security = client.Off
	}
	if opt.Security == client.Require {
		opt.TLS = trust(srv.RootCAs())
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if loggedIn {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
	}
	test(s)
	s.Close()
	if err := srv.Wait(); err != nil {
		t.Error(err)
	}
}

// welcome is the server's side of a login, with its answer to FEAT.
func welcome(feat string) string {
	return `
		S: 220 ready
		C: USER alice
		S: 331 password
		C: PASS secret
		S: 230 in
		C: FEAT
		` + feat + `
		C: PWD
		S: 257 "/"
		C: SYST
		S: 215 UNIX Type: L8
	`
}

// talkTo is talk with a server that has these features, one in each line.
func talkTo(t *testing.T, features, text string, opt client.Options, test func(*client.Session)) {
	t.Helper()
	feat := "S: 211-Features"
	for _, f := range strings.Split(features, "\n") {
		feat += "\nS>  " + strings.TrimSpace(f) + `\r\n`
	}
	talk(t, welcome(feat+"\nS: 211 End")+text, opt, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		test(s)
	})
}

func TestWaysToADataConnection(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"EPSV unknown", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 500 what
			C: PASV
			S: 227 Entering Passive Mode (127,0,0,1,$DATA)
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`},
		{"the address in a 227 is not ours to believe", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 502 no
			C: PASV
			S: 227 Entering Passive Mode (192,0,2,1,$DATA)
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`},
		{"nonsense for EPSV", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 229 Extended (|||99999|)
			C: PASV
			S: 227 (127,0,0,1,$DATA)
			C: RETR f
			S: 125 already open
			D> data
			S: 226 done`},
		{"227 answers EPSV", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 227 (127,0,0,1,$DATA)
			C: RETR f
			S: 150 coming
			D> data
			S: 250 done`},
		{"active, when nothing passive works", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 500 no
			C: PASV
			S: 502 no
			C~ EPRT \|1\|127\.0\.0\.1\|\d+\|
			S: 200 fine
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`},
		{"PORT, when EPRT is unknown", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 500 no
			C: PASV
			S: 502 no
			C~ EPRT .*
			S: 500 no
			C~ PORT 127,0,0,1,\d+,\d+
			S: 200 fine
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`},
		{"the final reply overtakes the data", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 229 (|||$PORT|)
			C: RETR f
			S> 150 coming\r\n226 done\r\n
			D> data`},
		{"two preliminary replies, split in bytes", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 229 (|||$PORT|)
			C: RETR f
			S: 125 open
			S> 1
			S> 50 coming\n
			D> data
			S: 226 done`},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.text, client.Options{}, func(s *client.Session) {
				d, err := s.Retrieve(t.Context(), "f", 0)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(d)
				if closing := d.Close(); err != nil || closing != nil || string(got) != "data" {
					t.Errorf("got %q, %v, %v", got, err, closing)
				}
			})
		})
	}
}

func TestSettingsAreSentOnce(t *testing.T) {
	talk(t, `
		S: 220 ready
		C: AUTH TLS
		S: 234 go on
		tls
		C: USER alice
		S: 331 password
		C: PASS secret
		S: 230 in
		C: FEAT
		S: 211 none
		C: PWD
		S: 257 "/"
		C: SYST
		S: 215 UNIX
		C: TYPE I
		S: 200 binary
		C: PBSZ 0
		S: 200 fine
		C: PROT P
		S: 200 private
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D tls
		D> one
		S: 226 done
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D tls
		D> two
		S: 226 done
		C: PROT C
		S: 200 clear
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> three
		S: 226 done`, client.Options{Security: client.Require}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"one", "two", "three"} {
			if want == "three" {
				s.Protect(client.Clear)
			}
			if got := get(t, s, "f"); string(got) != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}

func TestRefusedProtectionEndsTheTransfer(t *testing.T) {
	talk(t, `
		S: 220 ready
		C: AUTH TLS
		S: 234 go on
		tls
		C: USER alice
		S: 230 in
		C: FEAT
		S: 500 what
		C: PWD
		S: 257 "/"
		C: SYST
		S: 215 UNIX
		C: TYPE I
		S: 200 binary
		C: PBSZ 0
		S: 200 fine
		C: PROT P
		S: 536 no
		C: EPSV
		S: 229 (|||$PORT|)`, client.Options{Security: client.Require}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Store(t.Context(), "f", 0); !client.IsCode(err, 536) {
			t.Errorf("an upload after a refused PROT P: %v", err)
		}
	})
}

func TestTLSRefused(t *testing.T) {
	const text = "S: 220 ready\nC: AUTH TLS\nS: 502 no\n"
	srv, err := practice.Script(text + "C: USER alice\nS: 230 in\nC: FEAT\nS: 500 no\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 500 no\nC: QUIT\nS: 221 bye\n")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	noted := ""
	trace := &client.Trace{Note: func(n client.NoteInfo) { noted = n.Key }}
	s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Opportunistic, Trace: trace})
	if err != nil {
		t.Fatal(err)
	}
	if control, _ := s.Protected(); control || noted != "tls.refused" {
		t.Errorf("protected %v, note %q", control, noted)
	}
	if err := s.Login(t.Context(), client.Login{User: "alice"}); err != nil {
		t.Error(err)
	}
	s.Close()
	if err := srv.Wait(); err != nil {
		t.Error(err)
	}

	strict, err := practice.Script(text)
	if err != nil {
		t.Fatal(err)
	}
	defer strict.Close()
	_, err = client.Open(t.Context(), client.Options{Addr: strict.Addr(), Security: client.Require})
	if !client.IsCode(err, 502) {
		t.Errorf("TLS required and refused: %v", err)
	}
}

func TestTextBehindThe234(t *testing.T) {
	srv, err := practice.Script("S: 220 ready\nC: AUTH TLS\nS> 234 go on\\r\\n230 you are in\\r\\n\nsilence\n")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	_, err = client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Require})
	if !errors.As(err, new(*client.ProtocolError)) {
		t.Errorf("clear text after the 234: %v", err)
	}
}

// A server that falls silent in the handshake is waited for as long as a
// handshake may take.
func TestSilentHandshake(t *testing.T) {
	srv, err := practice.Script("S: 220 ready\nC: AUTH TLS\nS: 234 go on\nsilence\n")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	opt := client.Options{Addr: srv.Addr(), Security: client.Require}
	opt.Handshake = 50 * time.Millisecond
	_, err = client.Open(t.Context(), opt)
	var slow *client.TimeoutError
	if !errors.As(err, &slow) || slow.Waiting != "the TLS handshake" {
		t.Errorf("got %v", err)
	}
}

func TestUnaskedReplies(t *testing.T) {
	talk(t, `
		C: NOOP
		S> 200 fine\r\n226 and more\r\n
		C: PWD
		S> 257 "/here"\r\n226 and more\r\n
		C: NOOP
		S: 200 fine`, client.Options{}, func(s *client.Session) {
		if err := s.Noop(t.Context()); err != nil {
			t.Error(err)
		}
		if dir, err := s.Getwd(t.Context()); err != nil || dir != "/here" {
			t.Errorf("pwd: %q, %v", dir, err)
		}
		if err := s.Noop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

const again = welcomeAgain + `
	C: CWD /deep
	S: 250 fine
	C: PWD
	S: 257 "/deep"
`

func TestReconnect(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"421 to a command", "C: NOOP\nS: 421 idle\nclose\n" + again + "C: NOOP\nS: 200 fine"},
		{"421 unasked", "S: 421 idle\nclose\n" + again + "C: NOOP\nS: 200 fine"},
		{"closed without a word", "close\n" + again + "C: NOOP\nS: 200 fine"},
		{"closed instead of an answer", "C: NOOP\nclose\n" + again + "C: NOOP\nS: 200 fine"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "C: CWD /deep\nS: 250 fine\nC: PWD\nS: 257 \"/deep\"\n" + test.text
			talk(t, text, client.Options{}, func(s *client.Session) {
				if err := s.Chdir(t.Context(), "/deep"); err != nil {
					t.Fatal(err)
				}
				if err := s.Noop(t.Context()); err != nil {
					t.Error(err)
				}
				if s.Dir() != "/deep" {
					t.Errorf("in %q after connecting again", s.Dir())
				}
			})
		})
	}
}

func TestRenameIsNotRepeated(t *testing.T) {
	talk(t, "C: RNFR a\nS: 350 to\nC: RNTO b\nclose\n", client.Options{}, func(s *client.Session) {
		if err := s.Rename(t.Context(), "a", "b"); !errors.As(err, new(*client.LostError)) {
			t.Errorf("rename on a connection that is lost: %v", err)
		}
	})
}

func TestLineBreaksAreNotSent(t *testing.T) {
	talk(t, "C: NOOP\nS: 200 fine", client.Options{}, func(s *client.Session) {
		for _, name := range []string{"a\r\nDELE b", "a\nb", "a\rb", "a\x00b"} {
			if err := s.Remove(t.Context(), name); err == nil || !strings.Contains(err.Error(), "must not contain") {
				t.Errorf("delete %q: %v", name, err)
			}
		}
		if err := s.Noop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestSecretsAreMasked(t *testing.T) {
	var seen strings.Builder
	trace := &client.Trace{
		Sent: func(i client.SentInfo) { seen.WriteString(i.Line + "\n") },
		Got:  func(i client.GotInfo) { seen.WriteString(i.Reply.String() + "\n") },
	}
	talk(t, `
		S: 220 ready
		C: USER alice
		S: 331 password
		C: PASS s3cret
		S: 530 "s3cret" is wrong
		C: PASS s3cret again
		S: 332 account
		C: ACCT numb3r
		S: 230 fine
		C: FEAT
		S: 211 none
		C: PWD
		S: 257 "/"
		C: SYST
		S: 215 UNIX`, client.Options{Trace: trace}, func(s *client.Session) {
		err := s.Login(t.Context(), client.Login{User: "alice", Password: "s3cret"})
		if !client.IsCode(err, 530) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("login: %v", err)
		}
		s.Quote(t.Context(), "PASS s3cret again")
		s.Quote(t.Context(), "acct numb3r")
		if strings.Contains(seen.String(), "s3cret") || strings.Contains(seen.String(), "numb3r") {
			t.Errorf("seen by an observer:\n%s", &seen)
		}
	})
}

func TestInterruptedListing(t *testing.T) {
	talk(t, `
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D> -rw-r--r-- 1 a b 5 Jan  1  2020 first\r\n
		D hold
		C: ABOR
		C: NOOP
		S: 426 broken
		S: 226 aborted
		S: 225 and once more
		S: 200 fine
		C: PWD
		S: 257 "/"`, client.Options{}, func(s *client.Session) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		for e, err := range s.List(ctx, "", client.ListOptions{}) {
			if err == nil && e.Name != "first" {
				t.Errorf("listed %q", e.Name)
			}
			last = err
			cancel()
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("a listing that was interrupted ends with %v", last)
		}
		if dir, err := s.Getwd(t.Context()); err != nil || dir != "/" {
			t.Errorf("pwd: %q, %v", dir, err)
		}
	})
}

// A line with nothing but the code ends a reply of several lines, unless more
// of it comes.
func TestBareCodes(t *testing.T) {
	for _, test := range []struct{ name, reply, want string }{
		{"the end", `211-one\r\n211\r\n`, "211-one|211"},
		{"in the middle", `211-one\r\n211\r\ntwo\r\n211 end\r\n`, "211-one|211|two|211 end"},
		{"twice", `211-one\r\n211\r\n211\r\n`, "211-one|211|211"},
		{"the next reply behind it", `211-one\r\n211\r\n200 fine\r\n`, "211-one|211"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "C: STAT\nS> " + test.reply + "\nC: PWD\nS: 257 \"/here\"\n"
			talk(t, text, client.Options{}, func(s *client.Session) {
				r, err := s.Quote(t.Context(), "STAT")
				if got := strings.Join(r.Lines, "|"); err != nil || got != test.want {
					t.Errorf("got %q, %v, want %q", got, err, test.want)
				}
				if r, err := s.Quote(t.Context(), "PWD"); err != nil || r.Code != 257 {
					t.Errorf("then PWD: %v, %v", r, err)
				}
			})
		})
	}
}

// A QUIT by hand ends the connection: why it is gone is said without words of the net package, whether the server hung
// up first or not.
func TestQuitByHand(t *testing.T) {
	for says, end := range map[string]string{
		"control connection closed by the server": "\nclose\n",
		"control connection closed":               "\nC: NOOP\nS: 200 not yet\nclose\n",
	} {
		srv, err := practice.Script(welcome("S: 211 none") + "C: QUIT\nS: 221 bye" + end)
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Off})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Quote(t.Context(), "QUIT"); err != nil {
			t.Fatal(err)
		}
		if err := s.Conn().Err(); err == nil || err.Error() != says {
			t.Errorf("%v, want %s", err, says)
		}
	}
}
