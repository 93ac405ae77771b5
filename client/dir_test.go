package client_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// A change of directory that was interrupted may have happened on the server:
// the next command goes back to where the user is.
func TestInterruptedChangeOfDirectory(t *testing.T) {
	text := `
		C: CWD sub
		C: PWD
		S: 250 in sub
		S: 257 "/sub"
		C: CWD /
		S: 250 back
		C: DELE f
		S: 250 deleted
	`
	ctx, cancel := context.WithCancel(t.Context())
	opt := client.Options{}
	opt.Trace = &client.Trace{Sent: func(i client.SentInfo) {
		if i.Line == "CWD sub" {
			cancel()
		}
	}}
	talk(t, text, opt, func(s *client.Session) {
		if err := s.Chdir(ctx, "sub"); !errors.Is(err, context.Canceled) {
			t.Errorf("the interrupted one: %v", err)
		}
		if s.Dir() != "/" {
			t.Errorf("in %q", s.Dir())
		}
		must(t, s.Remove(t.Context(), "f"))
	})
}

// Nobody waits for the way back from a directory whose listing was interrupted.
func TestInterruptedListingElsewhere(t *testing.T) {
	text := `
		C: CWD sub
		C: PWD
		S: 250 in sub
		S: 257 "/sub"
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 one
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 two
		D hold
		C: ABOR
		C: NOOP
		S: 426 cut
		S: 226 aborted
		S: 200 here
		C: CWD /
		S: 250 back
		C: DELE f
		S: 250 deleted
	`
	talk(t, text, client.Options{}, func(s *client.Session) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for _, err := range s.List(ctx, "sub", client.ListOptions{}) {
			if cancel(); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		if s.Dir() != "/" {
			t.Errorf("in %q", s.Dir())
		}
		must(t, s.Remove(t.Context(), "f"))
	})
}

// Where the server cannot say where we are, another directory is listed by its
// name: there would be no way back from it.
func TestListWithoutPWD(t *testing.T) {
	text := `
		S: 220 ready
		C: USER alice
		S: 230 in
		C: FEAT
		S: 500 what
		C: PWD
		S: 502 what
		C: SYST
		S: 215 UNIX
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST ./-sub
		S: 150 coming
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 one
		S: 226 done
	`
	talk(t, text, client.Options{}, func(s *client.Session) {
		must(t, s.Login(t.Context(), client.Login{User: "alice"}))
		for e, err := range s.List(t.Context(), "-sub", client.ListOptions{}) {
			if err != nil || e.Name != "one" {
				t.Errorf("%q, %v", e.Name, err)
			}
		}
	})
}
