package client_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

const passive = `
	C: TYPE I
	S: 200 binary
	C: EPSV
	S: 229 (|||$PORT|)
	C: RETR f
`

// A download is right however the server begins and ends it.
func TestOddDownloads(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		within           time.Duration
	}{
		{"no 150", passive + "D> data\nD close\nS: 226 done\nC: PWD\nS: 257 \"/\"", "data", 3 * time.Second},
		{"no 150, and an empty file", passive + "D close\nS: 226 done\nC: PWD\nS: 257 \"/\"", "", 3 * time.Second},
		{"226 before the data, and no 150", passive + "S: 226 done\nC: PWD\nS: 257 \"/\"\nD> data", "data", 3 * time.Second},
		{"125 and 150", passive + "S: 125 open\nS: 150 coming\nD> data\nS: 226 done", "data", time.Second},
		{"all in one segment", passive + "S> 150 coming\\r\\n226 done\\r\\n\nD> data", "data", time.Second},
		{
			"the data connection is never closed, the size is in the 150",
			passive + "S: 150 coming (4 bytes)\nD> data\nD hold\nS: 226 done", "data", 4 * time.Second,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			talk(t, test.text, client.Options{}, func(s *client.Session) {
				start := time.Now()
				if got := get(t, s, "f"); string(got) != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
				if took := time.Since(start); took > test.within {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// The size may be known from elsewhere.
func TestDataConnectionNeverClosed(t *testing.T) {
	t.Parallel()
	talk(t, passive+"S: 150 coming\nD> data\nD hold\nS: 226 done", client.Options{}, func(s *client.Session) {
		d, err := s.Retrieve(t.Context(), "f", 0)
		if err != nil {
			t.Fatal(err)
		}
		d.Expect(4)
		got, err := io.ReadAll(d)
		if closing := d.Close(); err != nil || closing != nil || string(got) != "data" {
			t.Errorf("got %q, %v, %v", got, err, closing)
		}
	})
}

// When nobody knows the size, an end that does not come is an error.
func TestDataConnectionNeverClosedSizeUnknown(t *testing.T) {
	t.Parallel()
	opt := client.Options{Stall: 300 * time.Millisecond}
	talk(t, passive+"S: 150 coming\nD> data\nD hold\nS: 226 done", opt, func(s *client.Session) {
		d, err := s.Retrieve(t.Context(), "f", 0)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(d)
		if err := d.Close(); !errors.As(err, new(*client.IncompleteError)) || string(got) != "data" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

// A refusal in the middle counts, also when the data connection stays open.
func TestRefusedInTheMiddle(t *testing.T) {
	t.Parallel()
	talk(t, passive+"S: 150 coming\nD> data\nD hold\nS: 451 disk trouble", client.Options{}, func(s *client.Session) {
		d, err := s.Retrieve(t.Context(), "f", 0)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		io.ReadAll(d)
		if err := d.Close(); !client.IsCode(err, 451) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// An empty directory may be told in several ways.
func TestEmptyDirectory(t *testing.T) {
	for _, test := range []struct{ name, answer string }{
		{"226 at once, the data connection untouched", "S: 226 nothing\nC: PWD\nS: 257 \"/\""},
		{"150, closed, 226", "S: 150 coming\nD close\nS: 226 done"},
		{"450 no files", "S: 450 No files found"},
		{"550 no files", "S: 550 no files found."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			const begin = "C: EPSV\nS: 229 (|||$PORT|)\n"
			text := begin + "C: LIST\n" + test.answer + "\n" + begin + "C: NLST\n" + test.answer
			talk(t, text, client.Options{}, func(s *client.Session) {
				start := time.Now()
				for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
					t.Errorf("listed %v, %v", e, err)
				}
				if names, err := s.Names(t.Context(), ""); err != nil || len(names) > 0 {
					t.Errorf("names %q, %v", names, err)
				}
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

const secured = `
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
	S: 200 private
	C: EPSV
	S: 229 (|||$PORT|)
	C: RETR f
`

// Servers that want the handshake of the data connection before they say 150
// get it, after a moment; one that refuses then is heard.
func TestHandshakeBeforeThe150(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		code             int
	}{
		{"wanted", secured + "D tls\nD> da\nD hold\nS: 150 coming\nD> ta\nD close\nS: 226 done", "data", 0},
		{"refused after all", secured + "D tls\nD> x\nD hold\nS: 550 no such file", "", 550},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			talk(t, test.text, client.Options{Security: client.Require}, func(s *client.Session) {
				if err := s.Login(t.Context(), client.Login{User: "alice"}); err != nil {
					t.Fatal(err)
				}
				d, err := s.Retrieve(t.Context(), "f", 0)
				if test.code != 0 {
					if !client.IsCode(err, test.code) {
						t.Errorf("got %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(d)
				if closing := d.Close(); err != nil || closing != nil || string(got) != test.want {
					t.Errorf("got %q, %v, %v", got, err, closing)
				}
			})
		})
	}
}

// The wait for a 150 can be interrupted, and is no longer than Timeout.
func TestNo150AtAll(t *testing.T) {
	t.Parallel()
	text := passive + "C: ABOR\nC: NOOP\nS: 426 stopped\nS: 226 aborted\nS: 200 fine\nC: PWD\nS: 257 \"/\""
	talk(t, text, client.Options{}, func(s *client.Session) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := s.Retrieve(ctx, "f", 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("interrupted: %v", err)
		}
		pwdIs("/")(t, s)
	})
	opt := client.Options{Timeout: 1500 * time.Millisecond}
	talk(t, passive+"silence\nclose\n", opt, func(s *client.Session) {
		if _, err := s.Retrieve(t.Context(), "f", 0); !errors.As(err, new(*client.TimeoutError)) {
			t.Errorf("timed out: %v", err)
		}
	})
}
