package client_test

import (
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// A distributed server is told before PASV what it is for; it is known by its
// greeting, or by what it says to a PASV without.
func TestPRET(t *testing.T) {
	const transfers = `
		C: PRET RETR f
		S: 200 planned
		C: EPSV
		S: 229 (|||$PORT|)
		C: RETR f
		S: 150 coming
		D> data
		S: 226 done
		C: TYPE A
		S: 200 text
		C: PRET LIST
		S: 200 planned
		C: EPSV
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D: -rw-r--r-- 1 a b 4 Jan  1 2020 f
		S: 226 done
		C: TYPE I
		S: 200 bytes
		C: PRET RETR missing
		S: 550 no such file
		C: EPSV
		S: 500 PRET first
	`
	for _, test := range []struct{ name, text string }{
		{"known", "S: 220 DrFTPD 3.4.1\n" + afterGreeting + "C: TYPE I\nS: 200 bytes" + transfers},
		{"told", "S: 220 ready\n" + afterGreeting + "C: TYPE I\nS: 200 bytes\nC: EPSV\nS: 500 You need to use a client supporting PRET (PRE Transfer) to use PASV" + transfers},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.text, client.Options{}, func(s *client.Session) {
				must(t, s.Login(t.Context(), client.Login{User: "alice"}))
				s.Pipeline().ExpectMore(true)
				if got := get(t, s, "f"); string(got) != "data" {
					t.Errorf("got %q", got)
				}
				if got := list(t, s, client.ListOptions{}); len(got) != 1 || got[0] != "f" {
					t.Errorf("listed %q", got)
				}
				if _, err := s.Retrieve(t.Context(), "missing", 0); !client.IsCode(err, 550) {
					t.Errorf("a missing file: %v", err)
				}
			})
		})
	}
}

const afterGreeting = "C: USER alice\nS: 230 in\nC: FEAT\nS: 211 none\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX\n"
