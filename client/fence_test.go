package client_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// A server that says more than it was asked, in the wrong place or in its own
// time, is understood, and the next command gets its own answer.
func TestRepliesOutOfStep(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		do         func(*testing.T, *client.Session)
	}{
		{"a stray 226 before the answer", `
			C: PWD
			S: 226 and once more
			C: SYST
			S: 257 "/here"
			S: 215 UNIX`, pwdIs("/here")},
		{
			"a stray 226 behind every answer, late", `
			C: NOOP
			S: 200 fine
			C: PWD
			S: 226 behind the 200
			C: SYST
			S: 257 "/here"
			S: 226 behind the 257
			S: 215 UNIX
			C: PWD
			S: 226 behind the 215
			C: SYST
			S: 257 "/here"
			S: 215 UNIX`,
			func(t *testing.T, s *client.Session) {
				if err := s.Noop(t.Context()); err != nil {
					t.Error(err)
				}
				pwdIs("/here")(t, s)
				pwdIs("/here")(t, s)
			},
		},
		{
			"in a burst", `
			C: CWD there
			S: 226 stray
			C: PWD
			C: SYST
			S: 250 fine
			S: 257 "/there"
			S: 215 UNIX`,
			func(t *testing.T, s *client.Session) {
				if err := s.Chdir(t.Context(), "there"); err != nil || s.Dir() != "/there" {
					t.Errorf("in %q, %v", s.Dir(), err)
				}
			},
		},
		{
			"one reply for two commands, and later again", `
			C: CWD there
			C: PWD
			S: 257 "/"
			C: SYST
			S: 215 UNIX` + welcomeAgain + `
			C: CWD there
			S: 257 "/there"
			C: PWD
			S: 257 "/there"
			C: PWD
			S: 257 "/there"`,
			func(t *testing.T, s *client.Session) {
				if err := s.Chdir(t.Context(), "there"); err != nil || s.Dir() != "/there" {
					t.Errorf("in %q, %v", s.Dir(), err)
				}
			},
		},
		{
			"an odd code, but nothing else comes", `
			C: SIZE f
			S: 200 17
			C: PWD
			S: 257 "/"`,
			func(t *testing.T, s *client.Session) {
				r, err := s.Quote(t.Context(), "SIZE f")
				if err != nil || r.Code != 200 {
					t.Errorf("got %v, %v", r, err)
				}
			},
		},
		{
			"an odd code in a burst that goes on", `
			C: TYPE I
			S: 226 type is binary
			C: SIZE f
			C: MDTM f
			C: PWD
			S: 213 17
			S: 213 20200102030405
			S: 257 "/"`,
			func(t *testing.T, s *client.Session) {
				if e, err := s.Stat(t.Context(), "f"); err != nil || e.Size != 17 || e.Time.Year() != 2020 {
					t.Errorf("got %+v, %v", e, err)
				}
			},
		},
		{
			"two answers swapped", `
			C: CWD there
			C: PWD
			S: 257 "/there"
			C: SYST
			S: 250 fine
			S: 215 UNIX` + welcomeAgain + `
			C: CWD there
			S: 250 fine
			C: PWD
			S: 257 "/there"`,
			func(t *testing.T, s *client.Session) {
				if err := s.Chdir(t.Context(), "there"); err != nil || s.Dir() != "/there" || !s.Pipeline().Desynced() {
					t.Errorf("in %q, out of step: %v, %v", s.Dir(), s.Pipeline().Desynced(), err)
				}
			},
		},
		{
			"a refusal of a download behind a stray 226", `
			C: TYPE I
			S: 200 binary
			C: EPSV
			S: 229 (|||$PORT|)
			C: RETR f
			S: 226 stray
			C: PWD
			S: 550 no such file
			S: 257 "/"`,
			func(t *testing.T, s *client.Session) {
				d, err := s.Retrieve(t.Context(), "f", 0)
				if err == nil {
					err = errors.Join(drain(d), d.Close())
				}
				if !client.IsCode(err, 550) {
					t.Errorf("a file that does not exist: %v", err)
				}
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.text, client.Options{}, func(s *client.Session) {
				start := time.Now()
				test.do(t, s)
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// Where one command waits for the other, an interrupt ends the waiting, and what
// waited for its turn is not sent.
func TestInterruptOutOfStep(t *testing.T) {
	srv := serve(t, practice.Options{}, "extra-reply:NOOP=226 once more", "mute:TYPE")
	s := logInTo(t, srv, func(o *client.Options) { o.Security = client.Off })
	if err := s.Noop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Noop(t.Context()); err != nil || !s.Pipeline().Desynced() {
		t.Fatalf("out of step: %v, %v", s.Pipeline().Desynced(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		srv.WaitCommand(t.Context(), "TYPE")
		cancel()
	}()
	if _, err := s.Retrieve(ctx, "f", 0); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if slices.Contains(srv.Commands(), "EPSV") {
		t.Error("EPSV was sent")
	}
}

func pwdIs(want string) func(*testing.T, *client.Session) {
	return func(t *testing.T, s *client.Session) {
		t.Helper()
		if dir, err := s.Getwd(t.Context()); err != nil || dir != want {
			t.Errorf("pwd: %q, %v", dir, err)
		}
	}
}

func drain(d *client.Data) error {
	_, err := d.WriteTo(discard{})
	return err
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// What is no FTP ends the connection, and the next command has a new one.
func TestNonsense(t *testing.T) {
	for _, test := range []struct{ name, says string }{
		{"text", `S: hello`},
		{"a code out of range", `S: 999 what`},
		{"too many preliminary replies", repeat(`S: 150 wait`, 21)},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "C: CWD /deep\nS: 250 fine\nC: PWD\nS: 257 \"/deep\"\nC: NOOP\n" + test.says + again + "C: NOOP\nS: 200 fine"
			talk(t, text, client.Options{}, func(s *client.Session) {
				if err := s.Chdir(t.Context(), "/deep"); err != nil {
					t.Fatal(err)
				}
				if err := s.Noop(t.Context()); !errors.As(err, new(*client.ProtocolError)) {
					t.Errorf("nonsense instead of a reply: %v", err)
				}
				if err := s.Noop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A server that never answers is given up, and the next command has a new
// connection.
func TestNoAnswer(t *testing.T) {
	text := "C: CWD /deep\nS: 250 fine\nC: PWD\nS: 257 \"/deep\"\nC: NOOP\nsilence\n" + again + "C: NOOP\nS: 200 fine"
	opt := client.Options{Timeout: 200 * time.Millisecond}
	talk(t, text, opt, func(s *client.Session) {
		if err := s.Chdir(t.Context(), "/deep"); err != nil {
			t.Fatal(err)
		}
		if err := s.Noop(t.Context()); !errors.As(err, new(*client.TimeoutError)) {
			t.Errorf("silence: %v", err)
		}
		if err := s.Noop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// With KeepAlive, NOOP is sent in transfers; whenever and however often it is
// answered, the transfer ends right and the session is in step.
func TestKeepAlive(t *testing.T) {
	const begin = `
		C: TYPE I
		S: 200 binary
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> one
		D hold
		C: NOOP
	`
	const end = `
		C: PWD
		S: 257 "/"`
	for _, test := range []struct{ name, text string }{
		{"at once", begin + "S: 200 alive\nD> two\nD close\nS: 226 done" + end},
		{"with 500", begin + "S: 500 busy\nD> two\nD close\nS: 226 done" + end},
		{"after the transfer", begin + "D> two\nD close\nS: 226 done\nC: PWD\nS: 200 alive\nS: 257 \"/\"" + end},
		{"never", begin + "D> two\nD close\nS: 226 done\nC: PWD\nS: 257 \"/\"" + end},
	} {
		t.Run(test.name, func(t *testing.T) {
			opt := client.Options{KeepAlive: 200 * time.Millisecond}
			talk(t, test.text, opt, func(s *client.Session) {
				if got := get(t, s, "f"); string(got) != "onetwo" {
					t.Errorf("got %q", got)
				}
				pwdIs("/")(t, s)
			})
		})
	}
}

func repeat(line string, n int) (text string) {
	for range n {
		text += line + "\n"
	}
	return text
}
