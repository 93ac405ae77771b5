package client_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// What may have been carried out is not sent twice.
func TestUploadsAreNotRepeated(t *testing.T) {
	for _, verb := range []string{"STOR", "APPE"} {
		t.Run(verb, func(t *testing.T) {
			text := strings.ReplaceAll(passive, "RETR", verb) + "S: 421 idle\nclose\n"
			talk(t, text, client.Options{}, func(s *client.Session) {
				begin := func() (*client.Data, error) { return s.Store(t.Context(), "f", 0) }
				if verb == "APPE" {
					begin = func() (*client.Data, error) { return s.Append(t.Context(), "f") }
				}
				if _, err := begin(); !client.IsCode(err, 421) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// When the directory is gone after connecting again, nothing runs in another, however often it is
// tried, until the user goes elsewhere.
func TestDirectoryGone(t *testing.T) {
	const gone = welcomeAgain + "C: CWD /deep\nS: 550 gone\nC: PWD\nS: 257 \"/\"\n"
	text := "C: CWD /deep\nS: 250 fine\nC: PWD\nS: 257 \"/deep\"\nC: DELE f\nS: 421 idle\nclose\n" + gone + gone + gone + gone + welcomeAgain +
		"C: CWD /\nS: 250 fine\nC: PWD\nS: 257 \"/\"\nC: DELE f\nS: 250 deleted"
	talk(t, text, client.Options{}, func(s *client.Session) {
		if err := s.Chdir(t.Context(), "/deep"); err != nil {
			t.Fatal(err)
		}
		for what, ask := range []func() error{
			func() error { return s.Remove(t.Context(), "f") },
			func() error { _, err := s.Size(t.Context(), "f"); return err },
			func() error { _, err := s.Stat(t.Context(), "f"); return err },
		} {
			var gone *client.DirGoneError
			err := ask()
			if !errors.As(err, &gone) || gone.Dir != "/deep" || client.IsCode(err, 550) || client.Refusal(err).Reply.Code != 550 {
				t.Errorf("%d: %v", what, err)
			}
		}
		if s.Dir() != "/deep" {
			t.Errorf("it says that it is in %q", s.Dir())
		}
		if err := s.Chdir(t.Context(), "/"); err != nil {
			t.Error(err)
		}
		if err := s.Remove(t.Context(), "f"); err != nil {
			t.Error(err)
		}
	})
}

// Logins that are shorter or longer than usual.
func TestShortLogins(t *testing.T) {
	const rest = "\nC: FEAT\nS: 211 none\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX\n"
	for _, test := range []struct {
		name, text string
		account    string
	}{
		{"230 after USER", "C: USER alice\nS: 230 in" + rest, ""},
		{"202 after PASS", "C: USER alice\nS: 331 password\nC: PASS secret\nS: 202 not needed" + rest, ""},
		{"331, then 230", "C: USER alice\nS: 331 password\nC: PASS secret\nS: 230 in" + rest, ""},
		{"332 after PASS", "C: USER alice\nS: 331 password\nC: PASS secret\nS: 332 account\nC: ACCT sales\nS: 230 in" + rest, "sales"},
		{"332 after USER", "C: USER alice\nS: 332 account\nC: ACCT sales\nS: 230 in" + rest, "sales"},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, "S: 220 ready\n"+test.text, client.Options{}, func(s *client.Session) {
				if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret", Account: test.account}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestChallenges: the pass phrase of one-time passwords never travels; an answer that was made for the challenge does, once.
func TestChallenges(t *testing.T) {
	for _, words := range []string{
		"otp-md5 98 wi1234", "s/key 97 fw13894", "[s/key 55 latour1]", "Response to otp-sha1 123 ab1234 ext required for alice.", "OPIE: say it", "skey 99 x1",
	} {
		talk(t, "S: 220 ready\nC: USER alice\nS: 331 "+words+"\n", client.Options{}, func(s *client.Session) {
			err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"})
			if !errors.As(err, new(*client.ChallengeError)) || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: got %v", words, err)
			}
		})
	}
	const text = "S: 220 ready\nC: USER alice\nS: 331 otp-md5 98 wi1234\nC: PASS A B C D E F\nS: 230 in\n" +
		"C: FEAT\nS: 211 none\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX\n"
	talk(t, text, client.Options{}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "A B C D E F", OneTime: true}); err != nil {
			t.Error(err)
		}
		if got := s.Clones().Identity().Password; got != "" {
			t.Errorf("%q is kept for another connection", got)
		}
	})
	for _, words := range []string{"Password required for alice.", "Please specify the password.", "skeyboard 12"} {
		talk(t, "S: 220 ready\nC: USER alice\nS: 331 "+words+"\nC: PASS secret\nS: 530 no\n", client.Options{}, func(s *client.Session) {
			if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); !client.IsCode(err, 530) {
				t.Errorf("%s: got %v", words, err)
			}
		})
	}
}

// A server that knows next to nothing will do, and is not asked again for what
// it does not know.
func TestBareServer(t *testing.T) {
	const list = "C: PASV\nS: 227 (127,0,0,1,$DATA)\nC: LIST\nS: 150 coming\nD> -rw-r--r-- 1 a b 4 Jan  1  2020 f\\r\\n\nS: 226 done\n"
	talk(t, `
		S: 220 ready
		C: USER alice
		S: 230 in
		C: FEAT
		S: 500 what
		C: PWD
		S: 500 what
		C: SYST
		S: 500 what
		C: EPSV
		S: 500 what
		`+list+list+`
		C: TYPE I
		S: 200 binary
		C: PASV
		S: 227 (127,0,0,1,$DATA)
		C: RETR f
		S: 150 coming
		D> data
		S: 226 done
		C: PASV
		S: 227 (127,0,0,1,$DATA)
		C: STOR g
		S: 150 go on
		D< data
		S: 226 done`, client.Options{}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			n := 0
			for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
				if n++; err != nil || e.Name != "f" {
					t.Errorf("listed %q, %v", e.Name, err)
				}
			}
			if n != 1 {
				t.Errorf("%d entries", n)
			}
		}
		if got := get(t, s, "f"); string(got) != "data" {
			t.Errorf("got %q", got)
		}
		put(t, s, "g", []byte("data"))
	})
}

// A refused setting ends the transfer before its data, and is asked for again
// with the next: what we think the server has is what it has.
func TestRefusedSettings(t *testing.T) {
	talk(t, `
		C: TYPE I
		S: 504 not today
		C: EPSV
		S: 229 (|||$PORT|)
		C: TYPE I
		S: 200 binary
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> data
		S: 226 done`, client.Options{}, func(s *client.Session) {
		if _, err := s.Retrieve(t.Context(), "f", 0); !client.IsCode(err, 504) {
			t.Errorf("got %v", err)
		}
		if got := get(t, s, "f"); string(got) != "data" {
			t.Errorf("got %q", got)
		}
	})
}

// Greetings of all kinds.
func TestGreetings(t *testing.T) {
	for _, test := range []struct {
		name, text string
		ok         func(error) bool
	}{
		{"120 first", "S: 120 in a moment\nS: 220 ready\nC: QUIT\nS: 221 bye", func(err error) bool { return err == nil }},
		{"several lines", "S> 220-welcome\\r\\n220-to this\\r\\n 220 server\\r\\n220 ready\\r\\n\nC: QUIT\nS: 221 bye", func(err error) bool { return err == nil }},
		{"several, with LF only", "S> 220-welcome\\n220 ready\\n\nC: QUIT\nS: 221 bye", func(err error) bool { return err == nil }},
		{"none", "silence", func(err error) bool { return errors.As(err, new(*client.TimeoutError)) }},
		{"HTTP", "S> HTTP/1.1 400 Bad Request\\r\\n\\r\\n", isForeign},
		{"SSH", "S> SSH-2.0-OpenSSH_9.2\\r\\n", isForeign},
		{"noise", "S> " + strings.Repeat("x", 70_000), func(err error) bool { return err != nil }},
		{"421", "S: 421 too many users", func(err error) bool { return client.IsCode(err, 421) }},
		{"closed", "close", func(err error) bool { return errors.As(err, new(*client.LostError)) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, err := practice.Script(test.text)
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			opt := client.Options{Addr: srv.Addr(), Security: client.Off}
			opt.Timeout = 500 * time.Millisecond
			start := time.Now()
			s, err := client.Open(t.Context(), opt)
			if !test.ok(err) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if err == nil {
				s.Close()
			}
		})
	}
}

func isForeign(err error) bool {
	var foreign *client.ProtocolError
	return errors.As(err, &foreign) && strings.Contains(err.Error(), "is not an FTP server")
}

// A QUIT that is not answered costs two seconds at most.
func TestQuitUnanswered(t *testing.T) {
	t.Parallel()
	srv, err := practice.Script("S: 220 ready\nC: QUIT\nsilence")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Off})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	s.Close()
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A listing that was refused or cut is no empty directory, and no whole one.
func TestListingFails(t *testing.T) {
	const begin = "C: EPSV\nS: 229 (|||$PORT|)\nC: LIST\n"
	for _, test := range []struct{ name, text string }{
		{"closed with nothing, 522", begin + "S: 150 coming\nD close\nS: 522 the session was not reused"},
		{"closed with nothing, 425", begin + "S: 150 coming\nD close\nS: 425 cannot"},
		{"426 in the middle", begin + "S: 150 coming\nD> -rw-r--r-- 1 a b 4 Jan  1  2020 f\\r\\n\nD close\nS: 426 broken"},
		{"451 in the middle", begin + "S: 150 coming\nD> -rw-r--r-- 1 a b 4 Jan  1  2020 f\\r\\n\nD close\nS: 451 trouble"},
		{"reset", begin + "S: 150 coming\nD> -rw-r--r-- 1 a b 4 Jan  1  2020 f\\r\\n\nD reset\nS: 426 broken"},
		{"226 in the middle of a line", begin + "S: 150 coming\nD> -rw-r--r-- 1 a b 4 Jan  1  2020 f\\r\\n-rw-r--r-- 1 a b 4 Ja\nD close\nS: 226 done"},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.text, client.Options{}, func(s *client.Session) {
				var last error
				for _, err := range s.List(t.Context(), "", client.ListOptions{}) {
					last = err
				}
				if last == nil {
					t.Error("a listing that failed ended well")
				}
			})
		})
	}
}

// A login that takes its time works, as does one whose replies come byte by byte.
func TestSlowLogin(t *testing.T) {
	for _, fault := range []string{"late:PASS=300ms", "late:USER=300ms", "split-reply"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			logInTo(t, serve(t, practice.Options{}, fault), inClear)
		})
	}
}

// What the server says about a refused upload is told, also when writing fails
// first.
func TestRefusalBeforeTheBrokenPipe(t *testing.T) {
	text := strings.ReplaceAll(passive, "RETR", "STOR") + "S: 150 go on\nD reset\nS: 552 no room"
	talk(t, text, client.Options{}, func(s *client.Session) {
		d, err := s.Store(t.Context(), "f", 0)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(d, io.LimitReader(zeros{}, 32<<20))
		if err := d.Close(); !client.IsCode(err, 552) {
			t.Errorf("got %v", err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
