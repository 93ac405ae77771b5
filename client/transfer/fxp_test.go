package transfer

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// What the other server has is gone on with only when it is the beginning of the
// file.
func TestBetweenServersGoesOn(t *testing.T) {
	data := content(20_000)
	other := append(content(9_000), "and something else"...)
	for _, test := range []struct {
		name        string
		there       []byte
		deaf        bool // to REST
		bytes, from int64
		note        string
	}{
		{"the beginning", data[:10_000], false, 10_000, 10_000, ""},
		{"a short beginning", data[:10], false, 19_990, 10, ""},
		{"all of it", data, false, 0, 20_000, ""},
		{"nothing", nil, false, 20_000, 0, ""},
		{"another file", other, false, 20_000, 0, "what is there is no part of it: copied again"},
		{"a longer file", content(30_000), false, 20_000, 0, "what is there is no part of it: copied again"},
		{"the beginning, but no REST", data[:10], true, 20_000, 0, "the servers cannot begin in the middle: copied again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tap := practice.Tap{}
			if test.deaf {
				tap.Command = func(_ int, line string) (obey, answer string) {
					if strings.HasPrefix(line, "REST") {
						return "", "502 what"
					}
					return line, ""
				}
			}
			_, from := server(t, data, practice.Options{})
			srv, to := server(t, nil, practice.Options{Tap: tap})
			if test.there != nil {
				afero.WriteFile(srv.FS(), "/copy", test.there, 0o644)
			}
			task := Task{Op: BetweenServers, Remote: "data", There: to, Local: "copy", Resume: true}
			r, err := Run(t.Context(), from, task, nil)
			if err != nil || r.Bytes != test.bytes || r.Resumed != test.from || r.Note != test.note {
				t.Errorf("%d bytes behind %d, note %q, %v", r.Bytes, r.Resumed, r.Note, err)
			}
			if got, _ := afero.ReadFile(srv.FS(), "/copy"); !bytes.Equal(got, data) {
				t.Errorf("the copy is another file of %d bytes", len(got))
			}
			pwd(t, from)
			pwd(t, to)
		})
	}
}

// Two servers that only say that they have begun would be waited for for ever.
func TestBetweenServersIsBounded(t *testing.T) {
	_, from := server(t, content(20_000), practice.Options{}, "stall:RETR=1000")
	_, to := server(t, nil, practice.Options{})
	task := Task{Op: BetweenServers, Remote: "data", There: to, Local: "copy", Bounds: Bounds{Time: 300 * time.Millisecond}}
	if _, err := Run(t.Context(), from, task, nil); !errors.As(err, new(*SlowError)) {
		t.Error(err)
	}
}

// A target that tells no size is believed, and a word says so.
func TestBetweenServersUnchecked(t *testing.T) {
	tap := practice.Tap{Reply: func(_ int, verb, reply string) string {
		if verb == "SIZE" || verb == "MLST" || verb == "MDTM" {
			return "550 hidden\r\n"
		}
		return reply
	}}
	_, from := server(t, content(20_000), practice.Options{})
	_, to := server(t, nil, practice.Options{Tap: tap})
	r, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", There: to, Local: "copy"}, nil)
	if err != nil || r.Note != "not checked, since the servers do not say its size" {
		t.Errorf("note %q, %v", r.Note, err)
	}
}

// A cut or empty copy does not stay under the name of the whole one; a file that the servers
// never came to is as it was.
func TestBetweenServersLeavesNothing(t *testing.T) {
	refuse := practice.Tap{Command: func(_ int, line string) (obey, answer string) {
		if strings.HasPrefix(line, "PORT") || strings.HasPrefix(line, "EPRT") || strings.HasPrefix(line, "PASV") || strings.HasPrefix(line, "EPSV") {
			return "", "502 not here"
		}
		return line, ""
	}}
	for _, test := range []struct {
		name  string
		tap   practice.Tap
		old   []byte
		stays bool
	}{
		{"cut", practice.Tap{}, nil, false},
		{"cut, over an older file", practice.Tap{}, content(30_000), false},
		{"refused", refuse, content(500), true},
		{"refused, and nothing there", refuse, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, from := server(t, content(20_000), practice.Options{}, "cut:RETR=1000*99")
			srv, to := server(t, nil, practice.Options{Tap: test.tap})
			if test.old != nil {
				afero.WriteFile(srv.FS(), "/copy", test.old, 0o644)
			}
			_, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", There: to, Local: "copy"}, nil)
			if err == nil {
				t.Fatal("it worked")
			}
			got, _ := afero.ReadFile(srv.FS(), "/copy")
			if there, _ := afero.Exists(srv.FS(), "/copy"); there != test.stays || test.stays && !bytes.Equal(got, test.old) {
				t.Errorf("a file of %d bytes is there after %v", len(got), err)
			}
			pwd(t, to)
		})
	}
}
