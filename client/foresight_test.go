package client_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// What is asked of a program that is known leaves with the password, and a
// second connection is one round trip.
func TestLoginInABurst(t *testing.T) {
	const questions = "C: FEAT\nC: PWD\nC: SYST\n"
	const answers = "S: 211 none\nS: 257 \"/home\"\nS: 215 UNIX Type: L8\n"
	for _, test := range []struct{ name, text string }{
		{"a password", `
			S: 220 (vsFTPd 3.0.3)
			C: USER alice
			S: 331 password
			C: PASS secret
			` + questions + `
			S: 230 in
			` + answers + `
			C: NOOP
			S: 421 idle
			close
			accept
			S: 220 (vsFTPd 3.0.3)
			C: USER alice
			C: PASS secret
			C: PWD
			S: 331 password
			S: 230 in
			S: 257 "/home"
			C: NOOP
			S: 200 fine`},
		{"no password", `
			S: 220 (vsFTPd 3.0.3)
			C: USER alice
			S: 230 in
			` + questions + `
			` + answers + `
			C: NOOP
			S: 200 fine`},
		{"an account", `
			S: 220 (vsFTPd 3.0.3)
			C: USER alice
			S: 331 password
			C: PASS secret
			` + questions + `
			S: 332 account
			S: 530 not yet
			S: 530 not yet
			S: 530 not yet
			C: ACCT money
			S: 230 in
			` + questions + `
			` + answers + `
			C: NOOP
			S: 200 fine`},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.text, client.Options{}, func(s *client.Session) {
				if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret", Account: map[bool]string{true: "money"}[test.name == "an account"]}); err != nil {
					t.Fatal(err)
				}
				if err := s.Noop(t.Context()); err != nil || s.Dir() != "/home" {
					t.Errorf("in %q, %v", s.Dir(), err)
				}
			})
		})
	}
}

// A refused login is told as that, whatever is said to what was sent behind it.
func TestRefusedLoginInABurst(t *testing.T) {
	talk(t, `
		S: 220 (vsFTPd 3.0.3)
		C: USER alice
		S: 331 password
		C: PASS wrong
		C: FEAT
		C: PWD
		C: SYST
		S: 530 Login incorrect.
		S: 211 none
		S: 530 Please login with USER and PASS.
		S: 530 Please login with USER and PASS.
		C: USER alice
		S: 331 password
		C: PASS secret
		C: FEAT
		C: PWD
		C: SYST
		S: 230 in
		S: 211 none
		S: 257 "/"
		S: 215 UNIX Type: L8`, client.Options{}, func(s *client.Session) {
		err := s.Login(t.Context(), client.Login{User: "alice", Password: "wrong"})
		var no *client.Error
		if !errors.As(err, &no) || no.Verb != "PASS" || no.Reply.Code != 530 {
			t.Errorf("a wrong password: %v", err)
		}
		if _, in := s.LoggedIn(); in {
			t.Error("logged in all the same")
		}
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Errorf("and the right one: %v", err)
		}
	})
}

// A listing elsewhere leaves with what leads there, and the way back with what
// comes next; the bytes of a file are never asked for in the wrong directory.
func TestListingElsewhere(t *testing.T) {
	const there = `
		C: CWD sub
		C: PWD
		C: EPSV
		S: 250 fine
		S: 257 "/sub"
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D> -rw-r--r-- 1 a b 4 Jan  1  2020 f\r\n
		S: 226 done`
	list := func(t *testing.T, s *client.Session) {
		for e, err := range s.List(t.Context(), "sub", client.ListOptions{}) {
			if err != nil || e.Name != "f" {
				t.Errorf("listed %q, %v", e.Name, err)
			}
		}
		if s.Dir() != "/" {
			t.Errorf("in %q after the listing", s.Dir())
		}
	}
	t.Run("a file next", func(t *testing.T) {
		talk(t, there+`
			C: CWD /
			C: TYPE I
			C: EPSV
			S: 250 fine
			S: 200 binary
			S: 229 (|||$PORT|)
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`, client.Options{}, func(s *client.Session) {
			list(t, s)
			if got := get(t, s, "f"); string(got) != "data" {
				t.Errorf("got %q", got)
			}
		})
	})
	t.Run("times, and files next", func(t *testing.T) {
		talk(t, there+`
			C: MDTM f
			C: CWD /
			C: TYPE I
			C: EPSV
			S: 213 20200102030405
			S: 250 fine
			S: 200 binary
			S: 229 (|||$PORT|)
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`, client.Options{}, func(s *client.Session) {
			for e, err := range s.List(t.Context(), "sub", client.ListOptions{Exact: true, Fetch: true}) {
				if err != nil || e.Name != "f" || e.Time.Second() != 5 {
					t.Errorf("listed %q of %v, %v", e.Name, e.Time, err)
				}
			}
			if got := get(t, s, "f"); string(got) != "data" || s.Dir() != "/" {
				t.Errorf("got %q in %q", got, s.Dir())
			}
		})
	})
	t.Run("the way back is gone", func(t *testing.T) {
		talk(t, there+`
			C: CWD /
			C: TYPE I
			C: EPSV
			S: 550 no more
			S: 200 binary
			S: 229 (|||$PORT|)`, client.Options{}, func(s *client.Session) {
			list(t, s)
			if _, err := s.Retrieve(t.Context(), "f", 0); !errors.As(err, new(*client.DirGoneError)) || client.Refusal(err).Reply.Code != 550 {
				t.Errorf("a file in a directory that is gone: %v", err)
			}
		})
	})
	t.Run("another directory next", func(t *testing.T) {
		talk(t, there+`
			C: CWD /
			C: CWD other
			C: PWD
			S: 250 fine
			S: 250 fine
			S: 257 "/other"`, client.Options{}, func(s *client.Session) {
			list(t, s)
			if err := s.Chdir(t.Context(), "other"); err != nil || s.Dir() != "/other" {
				t.Errorf("in %q, %v", s.Dir(), err)
			}
		})
	})
	t.Run("a question first", func(t *testing.T) {
		talk(t, there+`
			C: CWD /
			S: 250 fine
			C: SIZE g
			C: TYPE I
			C: EPSV
			S: 213 7
			S: 200 binary
			S: 229 (|||$PORT|)
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`, client.Options{}, func(s *client.Session) {
			list(t, s)
			s.Pipeline().Size("g", func(n int64, err error) {
				if n != 7 || err != nil {
					t.Errorf("size %d, %v", n, err)
				}
			})
			get(t, s, "f")
			if err := s.Pipeline().Flush(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("no such directory", func(t *testing.T) {
		talk(t, `
			C: CWD sub
			C: PWD
			C: EPSV
			S: 550 no
			S: 257 "/"
			S: 229 (|||$PORT|)
			C: CWD sub/
			C: PWD
			C: EPSV
			S: 550 no
			S: 257 "/"
			S: 229 (|||$PORT|)
			C: TYPE I
			C: SIZE sub
			C: MDTM sub
			S: 200 binary
			S: 550 no
			S: 550 no
			C: CWD sub
			C: PWD
			S: 550 no
			S: 257 "/"
			C: CWD sub/
			C: PWD
			S: 550 no
			S: 257 "/"
			C: EPSV
			S: 229 (|||$PORT|)
			C: RETR f
			S: 150 coming
			D> data
			S: 226 done`, client.Options{}, func(s *client.Session) {
			for _, err := range s.List(t.Context(), "sub", client.ListOptions{}) {
				if !client.IsCode(err, 550) {
					t.Errorf("listed what is not there: %v", err)
				}
			}
			if got := get(t, s, "f"); string(got) != "data" {
				t.Errorf("got %q", got)
			}
		})
	})
}

// When nobody waits for the answer to TYPE A, it is not known what the server
// makes of the next file: it is told again.
func TestInterruptedType(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	over := make(chan struct{}) // the listing that nobody waits for
	trace := &client.Trace{
		Sent: func(i client.SentInfo) {
			if i.Line == "TYPE A" {
				cancel()
			}
		},
		Got: func(i client.GotInfo) {
			if i.Reply.Text() == "text" {
				<-over
			}
		},
	}
	const file = `
		C: TYPE I
		C: EPSV
		S: 200 binary
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> data
		S: 226 done`
	talk(t, file+`
		C: TYPE A
		C: EPSV
		S: 200 text
		S: 229 (|||$PORT|)`+file, client.Options{Trace: trace}, func(s *client.Session) {
		get(t, s, "f")
		for _, err := range s.List(ctx, "", client.ListOptions{}) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("interrupted: %v", err)
			}
		}
		close(over)
		if got := get(t, s, "f"); string(got) != "data" {
			t.Errorf("got %q", got)
		}
	})
}

// vsftpd says 226 when it has our close_notify, which leaves with the handshake
// there.
func TestCloseNotifyAhead(t *testing.T) {
	talk(t, `
		S: 220 (vsFTPd 3.0.3)
		C: AUTH TLS
		S: 234 go on
		tls
		C: USER alice
		S: 230 in
		C: FEAT
		S: 211 none
		C: PWD
		S: 257 "/"
		C: SYST
		S: 215 UNIX
		C: TYPE I
		C: PBSZ 0
		C: PROT P
		C: EPSV
		S: 200 binary
		S: 200 fine
		S: 200 private
		S: 229 (|||$PORT|)
		C: RETR a
		S: 150 coming
		D tls
		D> data
		S: 226 done
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR b
		C: EPSV
		S: 150 coming
		D tls
		D< 
		D> data
		S: 226 done
		S: 229 (|||$PORT|)`, client.Options{Security: client.Require}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice"}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b"} {
			if got := get(t, s, name); string(got) != "data" {
				t.Errorf("%s: got %q", name, got)
			}
			s.Pipeline().ExpectMore(true)
		}
	})
}

// A clone is for a transfer: its login asks for the data connection, once it is
// known how one is made.
func TestCloneInABurst(t *testing.T) {
	talk(t, `
		S: 220 (vsFTPd 3.0.3)
		C: USER alice
		S: 230 in
		C: FEAT
		C: PWD
		C: SYST
		S: 211 none
		S: 257 "/"
		S: 215 UNIX Type: L8
		C: TYPE I
		C: EPSV
		S: 200 binary
		S: 229 (|||$PORT|)
		C: RETR a
		S: 150 coming
		D> data
		S: 226 done
		accept
		S: 220 (vsFTPd 3.0.3)
		C: USER alice
		C: PASS secret
		C: PWD
		C: TYPE I
		C: EPSV
		S: 331 password
		S: 230 in
		S: 257 "/"
		S: 200 binary
		S: 229 (|||$PORT|)
		C: RETR a
		S: 150 coming
		D> data
		S: 226 done`, client.Options{}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		get(t, s, "a")
		s.Drop()
		other, err := s.Clone(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := get(t, other, "a"); string(got) != "data" {
			t.Errorf("got %q", got)
		}
		other.Close()
	})
}
