package client_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// What a session was told comes back from a file, and is told again in its order; a place that is
// another one now is an error.
func TestRemake(t *testing.T) {
	var text []byte
	talk(t, `
		C: SITE UMASK 027
		S: 200 fine
		C: TYPE C 1208
		S: 200 fine
		C: CWD in
		S: 250 there
		C: PWD
		S: 257 "in"`, client.Options{}, func(s *client.Session) {
		for _, line := range []string{"SITE UMASK 027", "TYPE C 1208", "CWD in"} {
			if _, err := s.Quote(t.Context(), line); err != nil {
				t.Fatal(err)
			}
		}
		made, err := s.Clones().Made()
		if err != nil || made.Secret() {
			t.Errorf("%+v, %v", made, err)
		}
		text, _ = json.Marshal(made)
	})
	for said, whole := range map[string]bool{"in": true, "elsewhere": false} {
		var made client.Made
		if err := json.Unmarshal(text, &made); err != nil {
			t.Fatal(err)
		}
		talk(t, "C: SITE UMASK 027\nS: 200 fine\nC: CWD /\nC: CWD in\nC: PWD\nS: 250 root\nS: 250 there\nS: 257 \""+said+"\"", client.Options{}, func(s *client.Session) {
			err := s.Clones().Remake(t.Context(), made)
			if errors.As(err, new(*client.DirGoneError)) == whole || (err == nil) != whole || s.Type() != "C 1208" {
				t.Errorf("%s: %v, type %s", said, err, s.Type())
			}
		})
	}
	secret := client.Made{Told: []string{"ACCT s3cret"}}
	if !secret.Secret() {
		t.Error("the account can be written down")
	}
}

// A way back that leads elsewhere is none: the session stays where it was.
func TestReturnElsewhere(t *testing.T) {
	talk(t, `
		C: CWD a
		C: PWD
		S: 250 there
		S: 257 "/a"
		C: CWD b
		C: PWD
		S: 250 there
		S: 257 "/a/b"
		C: CWD /a
		C: PWD
		S: 250 there
		S: 257 "/"`, client.Options{}, func(s *client.Session) {
		if err := s.Chdir(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		a := s.Place()
		if err := s.Chdir(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
		if err := s.Return(t.Context(), a); !errors.As(err, new(*client.DirGoneError)) || s.Dir() != "/a/b" {
			t.Errorf("%v, in %s", err, s.Dir())
		}
	})
}
