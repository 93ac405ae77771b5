package client_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice"
)

const activeFirst = `
	C~ EPRT .*
	S: 200 fine
	C: `

// fenced is what follows a transfer with one reply for two.
const fenced = "\nC: PWD\nS: 257 \"/\""

// A server that connects to nobody and says 226 has sent nothing: only a listing
// is empty then, and only where the server never spoke of a connection.
func TestNobodyConnected(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		empty        bool
	}{
		{"226 alone", "S: 226 nothing" + fenced, true},
		{"150 and 226", "S: 150 coming\nS: 226 done", false},
	} {
		for verb, do := range transfersOf {
			t.Run(verb+" "+test.name, func(t *testing.T) {
				t.Parallel()
				text := activeFirst + verb + "\n" + test.answer
				if strings.Contains(verb, " ") {
					text = "C: TYPE I\nS: 200 binary\n" + text
				}
				talk(t, text, client.Options{Ways: []client.DataMode{client.EPRT}}, func(s *client.Session) {
					err := do(t, s)
					if test.empty && !strings.Contains(verb, " ") {
						if err != nil {
							t.Errorf("an empty directory: %v", err)
						}
					} else if !errors.As(err, new(*client.IncompleteError)) || !strings.Contains(err.Error(), "no data connection") {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

// transfersOf are transfers, and whether they went well.
var transfersOf = map[string]func(*testing.T, *client.Session) error{
	"LIST": func(t *testing.T, s *client.Session) (failed error) {
		for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
			if failed = err; err == nil {
				t.Errorf("listed %q", e.Name)
			}
		}
		return failed
	},
	"NLST": func(t *testing.T, s *client.Session) error {
		names, err := s.Names(t.Context(), "")
		if len(names) > 0 {
			t.Errorf("listed %q", names)
		}
		return err
	},
	"RETR f": func(t *testing.T, s *client.Session) error {
		d, err := s.Retrieve(t.Context(), "f", 0)
		if err == nil {
			io.ReadAll(d)
			err = d.Close()
		}
		return err
	},
	"STOR f": func(t *testing.T, s *client.Session) error {
		d, err := s.Store(t.Context(), "f", 0)
		if err == nil {
			err = d.Close()
		}
		return err
	},
}

// In passive mode, the connection that is taken away is an empty directory where
// the server never said 150, and in the clear: under TLS somebody may have cut it.
func TestListenerClosedAtOnce(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		empty        bool
	}{
		{"226 alone", "D reset\nS: 226 nothing" + fenced, true},
		{"226 first", "S: 226 nothing" + fenced + "\nD reset", true},
		{"150 and 226", "S: 150 coming\nD reset\nS: 226 done", false},
		{"426", "S: 150 coming\nD reset\nS: 426 broken", false},
	} {
		for _, verb := range []string{"LIST", "NLST"} {
			t.Run(verb+" "+test.name, func(t *testing.T) {
				t.Parallel()
				talk(t, "C: EPSV\nS: 229 (|||$PORT|)\nC: "+verb+"\n"+test.answer, client.Options{}, func(s *client.Session) {
					if err := transfersOf[verb](t, s); (err == nil) != test.empty {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

// The same where the connection was refused already.
func TestListenerClosedBeforeWeCame(t *testing.T) {
	empty := false
	tap := practice.Tap{Command: func(_ int, line string) (obey, answer string) {
		if empty && strings.HasPrefix(line, "LIST") {
			return "", "226 nothing"
		}
		return line, ""
	}}
	srv, err := practice.Start(practice.Options{Tap: tap})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Off})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Names(t.Context(), ""); err != nil { // so that EPSV is known to work
		t.Fatal(err)
	}
	empty = true
	closed, err := practice.ParseFault("pasv-closed")
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.SetFaults(closed); err != nil {
		t.Fatal(err)
	}
	for e, err := range s.List(t.Context(), "", client.ListOptions{Plain: true}) {
		t.Errorf("listed %q, %v", e.Name, err)
	}
}

// A listing that is longer than what is read of one is not whole.
func TestListingCutHere(t *testing.T) {
	many := strings.Repeat(`x\r\n`, listing.MostEntries+1)
	talk(t, "C: EPSV\nS: 229 (|||$PORT|)\nC: NLST\nS: 150 coming\nD> "+many+"\nS: 226 done\nclose\n", client.Options{}, func(s *client.Session) {
		names, err := s.Names(t.Context(), "")
		if len(names) != listing.MostEntries || !errors.As(err, new(*client.IncompleteError)) {
			t.Errorf("%d names, %v", len(names), err)
		}
	})
	many = strings.Repeat(`type=file; x\r\n`, listing.MostEntries+1)
	talkTo(t, "MLST type*;", "C: TYPE I\nC: EPSV\nS: 200 binary\nS: 229 (|||$PORT|)\nC: MLSD\nS: 150 coming\nD> "+many+"\nS: 226 done\nclose\n", client.Options{}, func(s *client.Session) {
		n := 0
		var failed error
		for _, err := range s.List(t.Context(), "", client.ListOptions{}) {
			if failed = err; err == nil {
				n++
			}
		}
		if n != listing.MostEntries || !errors.As(failed, new(*client.IncompleteError)) || !errors.Is(failed, listing.ErrTooLong) {
			t.Errorf("%d entries, %v", n, failed)
		}
	})
}

// Where the kernel copies into a file, the end of a data connection that is never
// closed is found as soon as elsewhere.
func TestDataConnectionNeverClosedIntoAFile(t *testing.T) {
	for _, order := range []string{"S: 150 coming\nD> data\nD hold\nS: 226 done", "D hold\nS: 150 coming\nS: 226 done\nD> data"} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			file, err := os.Create(filepath.Join(t.TempDir(), "f"))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			talk(t, passive+order, client.Options{}, func(s *client.Session) {
				d, err := s.Retrieve(t.Context(), "f", 0)
				if err != nil {
					t.Fatal(err)
				}
				d.Expect(4)
				start := time.Now()
				n, err := d.WriteTo(file)
				if closing := d.Close(); err != nil || closing != nil || n != 4 {
					t.Errorf("got %d bytes, %v, %v", n, err, closing)
				}
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// More than a download may bring is not read, into a file or elsewhere.
func TestBound(t *testing.T) {
	for _, into := range []string{"memory", "a file"} {
		t.Run(into, func(t *testing.T) {
			var w io.Writer = io.Discard
			if into == "a file" {
				file, err := os.Create(filepath.Join(t.TempDir(), "f"))
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				w = file
			}
			talk(t, passive+"S: 150 coming\nD> "+strings.Repeat("data", 100)+"\nD hold\nS: 426 broken", client.Options{}, func(s *client.Session) {
				d, err := s.Retrieve(t.Context(), "f", 0)
				if err != nil {
					t.Fatal(err)
				}
				d.Bound(100)
				n, err := d.WriteTo(w)
				err = d.CloseAfter(err)
				if !errors.As(err, new(*client.ExcessError)) || !errors.As(err, new(*client.IncompleteError)) || into == "a file" && n != 101 {
					t.Errorf("got %d bytes, %v", n, err)
				}
			})
		})
	}
}

// What breaks in the middle says so; a refusal at the start does not.
func TestBroken(t *testing.T) {
	for answer, broken := range map[string]bool{
		"S: 150 coming\nD> da\nD close\nS: 426 broken": true, "S: 150 coming\nD> da\nD close\nS: 451 disk trouble": true,
		"S: 150 coming\nD close\nS: 552 no room": false, "S: 451 not now": false,
	} {
		talk(t, passive+answer, client.Options{}, func(s *client.Session) {
			var no *client.Error
			if err := transfersOf["RETR f"](t, s); !errors.As(err, &no) || no.Broken() != broken {
				t.Errorf("%q: %v", answer, err)
			}
		})
	}
}

// SYST is a question that need not be answered well: the login continues without it.
func TestLoginWithoutSyst(t *testing.T) {
	for _, answer := range []string{"hello", "2x0 what", "99 what", "1000 what", "", "700 what", "\tUNIX", "500 what", "215", "215-UNIX"} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			tap := practice.Tap{Reply: func(_ int, verb, text string) string {
				if verb == "SYST" {
					return answer + "\r\n"
				}
				return text
			}}
			srv, err := practice.Start(practice.Options{Tap: tap})
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Off, Timeout: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Names(t.Context(), ""); err != nil {
				t.Error(err)
			}
		})
	}
}

// A TLS server that never sends close_notify lists nothing that is whole, unless that is
// taken from it.
func TestInsecureEnd(t *testing.T) {
	for _, insecure := range []bool{false, true} {
		cut, err := practice.ParseFault("cut-notify=10")
		if err != nil {
			t.Fatal(err)
		}
		srv, err := practice.Start(practice.Options{TLS: practice.Explicit, Faults: []practice.Fault{cut}})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Require, TLS: trust(srv.RootCAs())})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"/first", "/second"} {
			if file, err := srv.FS().Create(name); err != nil || file.Close() != nil {
				t.Fatal(err)
			}
		}
		s.Tune(func(o *client.Options) { o.InsecureEnd = insecure })
		_, names := s.Names(t.Context(), "")
		var listed error
		for _, err := range s.List(t.Context(), "", client.ListOptions{}) {
			listed = err
		}
		if insecure && (names != nil || listed != nil) || !insecure && !(errors.Is(names, client.ErrTruncated) && errors.Is(listed, client.ErrTruncated)) {
			t.Errorf("insecure %v: %v, %v", insecure, names, listed)
		}
	}
}
