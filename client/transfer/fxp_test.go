package transfer

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// What the other server has is resumed only when it is the beginning of the
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
		{"another file", other, false, 20_000, 0, "what is there is not a part of it: copied again"},
		{"a longer file", content(30_000), false, 20_000, 0, "what is there is not a part of it: copied again"},
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
			task := Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy", Resume: true}
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
	task := Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy", Bounds: Bounds{Time: 300 * time.Millisecond}}
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
	r, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy"}, nil)
	if err != nil || r.Note != "not checked, since the servers do not say its size" {
		t.Errorf("note %q, %v", r.Note, err)
	}
}

// A copy takes the place of an older file when it is whole, and in no other case is that file
// touched, or anything beside it left.
func TestBetweenServersReplaces(t *testing.T) {
	data, old := content(20_000), content(500)
	refuse := func(refused ...string) practice.Tap {
		return practice.Tap{Command: func(_ int, line string) (obey, answer string) {
			verb, name, _ := strings.Cut(line, " ")
			for _, one := range refused {
				v, n, _ := strings.Cut(one, " ")
				if v == verb && (n == "" || n == name || n == "*-old" && strings.HasSuffix(name, "-old")) {
					return "", "550 no " + verb
				}
			}
			return line, ""
		}}
	}
	overExisting := func(there func(string) bool, more ...string) practice.Tap {
		also, tap := refuse(more...), practice.Tap{}
		tap.Command = func(n int, line string) (string, string) {
			if name, found := strings.CutPrefix(line, "RNTO "); found && there(name) {
				return "", "553 exists"
			}
			return also.Command(n, line)
		}
		return tap
	}
	for _, test := range []struct {
		name   string
		fault  string
		tap    func(there func(string) bool) practice.Tap
		is     []byte // at the end
		says   string // "": it works
		beside int    // files that stay, beside the target
	}{
		{"whole", "", nil, data, "", 0},
		{"cut", "cut:RETR=1000*99", nil, old, "426", 0},
		{"cut in silence", "cut-silent:RETR=1000*99", nil, old, "cut short between the servers", 0},
		{"refused by the source", "refuse:RETR=550 no*99", nil, old, "550 no", 0},
		{"the target cannot rename", "", func(func(string) bool) practice.Tap { return refuse("RNFR") }, old, "copy stays as it was", 0},
		{"it does not rename over a file", "", func(there func(string) bool) practice.Tap { return overExisting(there) }, data, "", 0},
		{"nor that file", "", func(there func(string) bool) practice.Tap { return overExisting(there, "RNFR copy") }, old, "553 exists", 0},
		{"nor to that name", "", func(func(string) bool) practice.Tap { return refuse("RNTO copy") }, nil, "the old file is copy.part-", 1},
		{"it does not delete", "", func(there func(string) bool) practice.Tap { return overExisting(there, "DELE *-old") }, data, "the copy is there; the old file is copy.part-", 1},
		{"it deletes nothing, and the copy was cut", "cut:RETR=1000*99", func(func(string) bool) practice.Tap { return refuse("DELE") }, old, "a part is left on 127.0.0.1, as copy.part-", 1},
		{"the connection is lost in the middle", "drop:RETR*99", nil, old, "control connection", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var srv *practice.Server
			opt := practice.Options{}
			if test.tap != nil {
				opt.Tap = test.tap(func(name string) bool { there, _ := afero.Exists(srv.FS(), "/"+name); return there })
			}
			var faults []string
			if test.fault != "" {
				faults = append(faults, test.fault)
			}
			_, from := server(t, data, practice.Options{}, faults...)
			srv, to := server(t, nil, opt)
			srv.FS().Remove("/data")
			afero.WriteFile(srv.FS(), "/copy", old, 0o640)
			_, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy"}, nil)
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v, want %q", err, test.says)
			}
			if got, _ := afero.ReadFile(srv.FS(), "/copy"); !bytes.Equal(got, test.is) {
				t.Errorf("the target has %d bytes, want %d", len(got), len(test.is))
			}
			others, want := list(t, srv, "/"), test.beside
			if test.is != nil {
				want++
			}
			if len(others) != want {
				t.Errorf("there are %q", others)
			}
			pwd(t, to)
		})
	}
}

// An interrupted copy leaves the older file, and nothing else; of a new one what has come can be
// gone on with.
func TestBetweenServersInterrupted(t *testing.T) {
	for name, old := range map[string][]byte{"over an older file": content(500), "new": nil} {
		t.Run(name, func(t *testing.T) {
			begun, stop := context.WithCancel(t.Context())
			defer stop()
			tap := practice.Tap{Reply: func(_ int, verb, reply string) string {
				if verb == "STOR" && strings.HasPrefix(reply, "150") {
					stop()
				}
				return reply
			}}
			_, from := server(t, content(20_000), practice.Options{}, "stall:RETR=1000")
			srv, to := server(t, nil, practice.Options{Tap: tap})
			srv.FS().Remove("/data")
			if old != nil {
				afero.WriteFile(srv.FS(), "/copy", old, 0o644)
			}
			_, err := Run(begun, from, Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy"}, nil)
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			got, _ := afero.ReadFile(srv.FS(), "/copy")
			if there := list(t, srv, "/"); len(there) != 1 || there[0] != "copy" || old != nil && !bytes.Equal(got, old) {
				t.Errorf("there are %q, and %d bytes", there, len(got))
			}
		})
	}
}

// list returns the names in a directory of a server.
func list(t *testing.T, srv *practice.Server, dir string) (names []string) {
	all, err := afero.ReadDir(srv.FS(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		names = append(names, one.Name())
	}
	return names
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
		{"cut, over an older file", practice.Tap{}, content(30_000), true},
		{"refused", refuse, content(500), true},
		{"refused, and nothing there", refuse, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, from := server(t, content(20_000), practice.Options{}, "cut:RETR=1000*99")
			srv, to := server(t, nil, practice.Options{Tap: test.tap})
			if test.old != nil {
				afero.WriteFile(srv.FS(), "/copy", test.old, 0o644)
			}
			_, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy"}, nil)
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

// What one server adds to a file of another one is counted, too.
func TestBetweenServersAppendIsProved(t *testing.T) {
	for _, after := range []string{"", "213 12000"} {
		stored := false
		_, from := server(t, content(20_000), practice.Options{})
		srv, to := server(t, nil, practice.Options{Tap: practice.Tap{Reply: func(_ int, verb, reply string) string {
			stored = stored || verb == "APPE"
			if stored && verb == "SIZE" && after != "" {
				return after + "\r\n"
			}
			return reply
		}}})
		afero.WriteFile(srv.FS(), "/copy", []byte("log\n"), 0o644)
		_, err := Run(t.Context(), from, Task{Op: BetweenServers, Remote: "data", Target: to, Local: "copy", Append: true, InClear: true}, nil)
		if errors.As(err, new(*VerifyError)) != (after != "") || after == "" && err != nil {
			t.Errorf("%q: %v", after, err)
		}
		if got, _ := afero.ReadFile(srv.FS(), "/copy"); len(got) != 20_004 {
			t.Errorf("the copy has %d bytes", len(got))
		}
	}
}
