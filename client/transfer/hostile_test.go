//go:build unix

package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// endless answers for every directory as for /loop, however deep it is.
func endless(_ int, line string) (obey, answer string) {
	verb, name, _ := strings.Cut(line, " ")
	switch verb {
	case "MLSD":
		return "MLSD /loop", ""
	case "RETR", "SIZE", "MDTM", "MLST":
		return verb + " /loop/" + filepath.Base(name), ""
	}
	return line, ""
}

// A tree without an end is looked at up to a depth, and up to a number of
// directories.
func TestMirrorEndlessTree(t *testing.T) {
	for _, test := range []struct {
		name               string
		depth, directories int
		inside             []string
		want, said         string
		files              int
	}{
		{"deep", 0, 0, []string{"d"}, strings.Repeat("d/", DefaultDepth), "more than 64 directories inside of each other", DefaultDepth + 1},
		{"as deep as allowed", 3, 0, []string{"d"}, "d/d/d/", "more than 3 directories inside of each other", 4},
		{"wide", 60, 10, []string{"a", "b", "c", "d"}, "a/", "more than 10 directories", 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, s := server(t, nil, practice.Options{Tap: practice.Tap{Command: endless}})
			for _, name := range test.inside {
				srv.FS().MkdirAll("/loop/"+name, 0o755)
			}
			if err := afero.WriteFile(srv.FS(), "/loop/file", []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
			local := t.TempDir()
			m := &Mirror{Remote: "/loop", Local: local, Delete: true, Depth: test.depth, Directories: test.directories}
			tree(t, local, "extra")
			steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
			if !errors.Is(err, ErrUnseen) || !strings.Contains(strings.Join(steps, "\n"), test.said) {
				t.Errorf("mirror: %v: %q", err, steps)
			}
			found := contents(t, local)
			files := 0
			for name := range found {
				if filepath.Base(name) == "file" {
					files++
				}
			}
			if _, there := found[test.want]; !there || files != test.files {
				t.Errorf("%d files, %q is there: %v", files, test.want, there)
			}
			if found["extra"] == "" {
				t.Error("deleted although not all was seen")
			}
		})
	}
}

// mlsd is a listing of lines such as "file ../x".
func mlsd(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		typ, name, _ := strings.Cut(line, " ")
		if target, isLink := strings.CutPrefix(typ, "->"); isLink {
			typ = "OS.unix=slink:" + target
		}
		fmt.Fprintf(&b, `type=%s;size=5;modify=20200101000000;unix.mode=6777; %s\r\n`, typ, name)
	}
	return b.String()
}

// hostile is a server with a listing of its own, where every file holds "evil!".
func hostile(t *testing.T, listing string) *Engine {
	t.Helper()
	retrieve := func(_ int, line string) (string, string) {
		verb, _, _ := strings.Cut(line, " ")
		if slices.Contains([]string{"RETR", "SIZE", "MDTM", "MLST"}, verb) {
			return verb + " /data", ""
		}
		return line, ""
	}
	_, s := server(t, []byte("evil!"), practice.Options{Tap: practice.Tap{Command: retrieve}}, "listing:MLSD="+listing+"*1")
	return &Engine{Session: s, Parallel: 1}
}

// What a server lists stays in the tree, and is a name whatever it looks like.
func TestMirrorHostileNames(t *testing.T) {
	base := t.TempDir()
	local := filepath.Join(base, "here")
	e := hostile(t, mlsd("file ../up", "file /etc/abs", "file a/../../x", "file ..", "file ", "file .", "dir ../updir", "dir /tmp/absdir",
		"file sub/x", `file ..\\back`, "file C:x", `file nul\x00byte`, "file |touch pwned", "file -", "file -rf", "file /dev/stdout",
		`file \x1b]0;title\x07`, "file good"))
	steps, err := mirrored(t, &Mirror{Remote: "/", Local: local}, e)
	if err != nil {
		t.Error(err)
	}
	for _, name := range []string{"../up", "/etc/abs", "a/../../x", "../updir", "/tmp/absdir", "sub/x"} {
		if !strings.Contains(strings.Join(steps, "\n"), fmt.Sprintf("%q is not a name for a file", name)) {
			t.Errorf("nothing is said of %q: %q", name, steps)
		}
	}
	want := []string{"./", "here/", `here/..\back`, "here/C:x", "here/|touch pwned", "here/-", "here/-rf", "here/\x1b]0;title\a", "here/good"}
	got := contents(t, base)
	for _, name := range want {
		if _, there := got[name]; !there {
			t.Errorf("%q is missing", name)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("also there: %q", got)
	}
}

// A link and something below it, or of its name: with either order nothing is
// written where the link leads.
func TestMirrorLinkThenFile(t *testing.T) {
	for _, lines := range [][]string{
		{"->OUT x", "dir x"},
		{"dir x", "->OUT x"},
		{"->OUT/f y", "file y"},
		{"file y", "->OUT/f y"},
		{"->.. up", "->sub in", "dir sub", "file in"},
	} {
		t.Run(strings.Join(lines, ","), func(t *testing.T) {
			outside, local := t.TempDir(), t.TempDir()
			tree(t, outside, "f")
			for i := range lines {
				lines[i] = strings.ReplaceAll(lines[i], "OUT", outside)
			}
			steps, err := mirrored(t, &Mirror{Remote: "/", Local: local, Links: CopyLinks}, hostile(t, mlsd(lines...)))
			if err != nil {
				t.Errorf("%v: %q", err, steps)
			}
			if got := contents(t, outside); len(got) != 2 || got["f"] != "this is f" {
				t.Errorf("outside: %q", got)
			}
			for _, name := range []string{"x", "y", "up"} {
				if to, err := os.Readlink(filepath.Join(local, name)); err == nil {
					t.Errorf("%s is a link to %s", name, to)
				}
			}
		})
	}
}

// A name that is listed twice is fetched once.
func TestMirrorListedTwice(t *testing.T) {
	local := t.TempDir()
	steps, err := mirrored(t, &Mirror{Remote: "/", Local: local}, hostile(t, mlsd("file a", "file A", "file a", "file A")))
	want := []string{"download A new", "download a new", "skip A  is listed twice", "skip a  is listed twice"}
	if err != nil || !slices.Equal(steps, want) {
		t.Errorf("%v: %q", err, steps)
	}
}

// Of the permissions that a server lists the nine usual bits are taken, as far
// as the umask lets them.
func TestModesFromTheServer(t *testing.T) {
	for _, chmod := range []bool{false, true} {
		local := t.TempDir()
		if _, err := mirrored(t, &Mirror{Remote: "/", Local: local, Chmod: chmod}, hostile(t, mlsd("file f"))); err != nil {
			t.Fatal(err)
		}
		want := os.FileMode(0o666) &^ umask()
		if chmod {
			want = 0o777 &^ umask()
		}
		if info, err := os.Stat(filepath.Join(local, "f")); err != nil || info.Mode() != want {
			t.Errorf("chmod %v: %v, %v", chmod, info.Mode(), err)
		}
	}
}

// Whatever lies where a file is to go: a link is not followed, a device not
// opened, and the part is a new file that nobody else can read.
func TestPlantedFiles(t *testing.T) {
	link := func(to string) func(string) error { return func(name string) error { return os.Symlink(to, name) } }
	fifo := func(name string) error { return syscall.Mkfifo(name, 0o666) }
	outside := t.TempDir()
	tree(t, outside, "f")
	for _, test := range []struct {
		name, at string
		resume   bool
		plant    func(string) error
		fails    bool
	}{
		{"link as part", "data.part", false, link(outside + "/f"), false},
		{"link as part, resumed", "data.part", true, link(outside + "/f"), true},
		{"dangling link as part", "data.part", false, link(outside + "/new"), false},
		{"link as file", "data", false, link(outside + "/f"), true},
		{"link as file, resumed", "data", true, link(outside + "/f"), true},
		{"dangling link as file", "data", false, link(outside + "/new"), true},
		{"link to a device", "data", false, link("/dev/stdout"), true},
		{"FIFO as file", "data", false, fifo, true},
		{"FIFO as part", "data.part", false, fifo, false},
		{"FIFO as part, resumed", "data.part", true, fifo, true},
		{"directory as file", "data", false, func(name string) error { return os.Mkdir(name, 0o755) }, true},
	} {
		for way, known := range map[string]bool{"": false, ", in memory": true} {
			t.Run(test.name+way, func(t *testing.T) {
				_, s := server(t, []byte("evil!"), practice.Options{})
				local := t.TempDir()
				if err := test.plant(filepath.Join(local, test.at)); err != nil {
					t.Fatal(err)
				}
				task := Task{Remote: "data", Local: filepath.Join(local, "data"), Within: local, Resume: test.resume, Size: 5, Known: known}
				_, failed := run(t, &Engine{Session: s, Parallel: 1}, slices.Values([]Task{task}))
				if (failed != nil) != test.fails {
					t.Errorf("download: %v", failed)
				}
				if got := contents(t, outside); len(got) != 2 || got["f"] != "this is f" {
					t.Errorf("outside: %q", got)
				}
				info, err := os.Lstat(filepath.Join(local, "data"))
				if !test.fails && (err != nil || info.Mode() != 0o666&^umask() || string(read(t, filepath.Join(local, "data"))) != "evil!") {
					t.Errorf("the file: %v, %v", info, err)
				}
			})
		}
	}
	t.Run("directory that is a link out", func(t *testing.T) {
		_, s := server(t, []byte("evil!"), practice.Options{})
		local := t.TempDir()
		os.Symlink(outside, filepath.Join(local, "sub"))
		task := Task{Remote: "data", Local: filepath.Join(local, "sub/data"), Within: local, Size: 5}
		again := task
		again.Known = true
		if _, failed := run(t, &Engine{Session: s, Parallel: 1}, slices.Values([]Task{task, again})); len(failed) != 2 {
			t.Errorf("written through the link: %v", failed)
		}
		if got := contents(t, outside); len(got) != 2 {
			t.Errorf("outside: %q", got)
		}
	})
	t.Run("the part", func(t *testing.T) {
		_, s := server(t, content(1000), practice.Options{}, "cut=500")
		local := filepath.Join(t.TempDir(), "data")
		if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Within: filepath.Dir(local)}, nil); err == nil {
			t.Fatal("the data connection was cut and nobody noticed")
		}
		if info, err := os.Stat(local + PartSuffix); err != nil || info.Mode() != 0o600 {
			t.Errorf("the part: %v, %v", info.Mode(), err)
		}
	})
}

// Nothing here is deleted on the word of a listing that is empty or not whole,
// or when anything else has failed.
func TestMirrorDeletesNothingAfterAFailure(t *testing.T) {
	for _, test := range []struct {
		name, fault string
		tls         practice.TLSMode
		want        error
	}{
		{"empty", `listing:MLSD=`, practice.NoTLS, ErrNothing},
		{"only itself", `listing:MLSD=type=cdir; .\r\n`, practice.NoTLS, ErrNothing},
		{"451", "refuse:MLSD=451 no", practice.NoTLS, ErrUnseen},
		{"522", "refuse:MLSD=522 no", practice.NoTLS, ErrUnseen},
		{"426", "cut:MLSD=10", practice.NoTLS, ErrUnseen},
		{"half a line", "cut-silent:MLSD=30", practice.NoTLS, ErrUnseen},
		{"without close_notify", "cut-notify:MLSD=60", practice.Explicit, ErrUnseen},
		{"nonsense", `listing:MLSD=what\r\n`, practice.NoTLS, ErrUnseen},
		{"a file fails", "refuse:RETR=550 no", practice.NoTLS, ErrFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, s := server(t, []byte("x"), practice.Options{TLS: test.tls}, test.fault)
			afero.WriteFile(srv.FS(), "/more", nil, 0o644)
			local := t.TempDir()
			tree(t, local, "extra")
			steps, err := mirrored(t, &Mirror{Remote: "/", Local: local, Delete: true}, &Engine{Session: s, Parallel: 1})
			if !errors.Is(err, test.want) || contents(t, local)["extra"] == "" {
				t.Errorf("%v: %q, left: %q", err, steps, contents(t, local))
			}
		})
	}
	t.Run("a deletion fails", func(t *testing.T) {
		srv, s := server(t, nil, practice.Options{}, "refuse:DELE=550 no")
		for i := range 100 {
			afero.WriteFile(srv.FS(), fmt.Sprintf("/old/%03d", i), nil, 0o644)
		}
		local := t.TempDir()
		tree(t, local, "keep")
		steps, err := mirrored(t, &Mirror{Up: true, Remote: "/old", Local: local, Delete: true}, &Engine{Session: s, Parallel: 1})
		if !errors.Is(err, ErrFailed) || len(steps) > 1+deletesAtOnce {
			t.Errorf("%v: %d steps", err, len(steps))
		}
	})
	t.Run("empty, and told to", func(t *testing.T) {
		_, s := server(t, nil, practice.Options{}, "listing:MLSD=")
		local := t.TempDir()
		tree(t, local, "extra")
		if _, err := mirrored(t, &Mirror{Remote: "/", Local: local, Delete: true, DeleteAll: true}, &Engine{Session: s}); err != nil || len(contents(t, local)) != 1 {
			t.Errorf("%v: left %q", err, contents(t, local))
		}
	})
}

// With links followed, a circle of them ends where it began.
func TestMirrorLinksInACircle(t *testing.T) {
	for _, name := range []string{"vsftpd", "proftpd", "pyftpdlib"} {
		t.Run(name, func(t *testing.T) {
			srv := daemon.Start(t, name, daemon.Options{})
			s := login(t, srv)
			srv.Put("pub/a/file", []byte("x"))
			srv.Put("pub/b/other", []byte("x"))
			for link, to := range map[string]string{"pub/a/self": ".", "pub/a/up": "..", "pub/b/back": "../a"} {
				if err := os.Symlink(to, filepath.Join(srv.Root, link)); err != nil {
					t.Fatal(err)
				}
			}
			local := t.TempDir()
			m := &Mirror{Remote: "pub", Local: local, Links: FollowLinks, Directories: 100}
			steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
			if text := strings.Join(steps, "\n"); err != nil || strings.Contains(text, " not read ") || !strings.Contains(text, "a circle of links") {
				t.Errorf("%v: %.2000s", err, text)
			}
			if got := contents(t, local); got["b/other"] == "" || got["a/file"] == "" {
				t.Errorf("%d files", len(got))
			}
		})
	}
}

// A data connection that ends without close_notify may have been cut. Only the
// size of the file can say that it was not, and then it is said.
func TestTruncatedTLS(t *testing.T) {
	claim := func(_ int, verb, reply string) string {
		if verb == "MLST" {
			return strings.Replace(reply, "size=300000", "size=100000", 1)
		}
		return strings.Replace(reply, "213 300000", "213 100000", 1)
	}
	for _, test := range []struct {
		name string
		tap  practice.Tap
		ok   bool
	}{
		{"shorter than its size", practice.Tap{}, false},
		{"as long as its size", practice.Tap{Reply: claim}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, s := server(t, content(300_000), practice.Options{TLS: practice.Explicit, Tap: test.tap}, "cut-notify:RETR=100000")
			local := filepath.Join(t.TempDir(), "data")
			r, err := Run(t.Context(), s, Task{Remote: "data", Local: local}, nil)
			if test.ok && (err != nil || !strings.Contains(r.Note, "without close_notify")) || !test.ok && !errors.Is(err, client.ErrTruncated) {
				t.Errorf("%v, note %q", err, r.Note)
			}
			if _, err := os.Stat(local); (err == nil) != test.ok {
				t.Errorf("the file: %v", err)
			}
		})
	}
	t.Run("size unknown", func(t *testing.T) {
		_, s := server(t, content(300_000), practice.Options{TLS: practice.Explicit}, "cut-notify:RETR=100000", "refuse:MLST=502 no", "refuse:SIZE=502 no", "refuse:MDTM=502 no")
		local := filepath.Join(t.TempDir(), "data")
		if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local}, nil); !errors.Is(err, client.ErrTruncated) {
			t.Error(err)
		}
		if got := len(read(t, local+PartSuffix)); got != 100_000 {
			t.Errorf("the part has %d bytes", got)
		}
	})
}

// Sizes that a server claims are compared with what came, and never cut or
// fill it up; what is no size is unknown.
func TestSizesThatLie(t *testing.T) {
	data := content(300_000)
	for _, test := range []struct {
		name, size, opening string // in place of what SIZE, MLST and the 150 say
		fails               bool
	}{
		{"right", "300000", "(300000 bytes)", false},
		{"more", "300001", "(300001 bytes)", true},
		{"less", "299999", "(299999 bytes)", true},
		{"nothing", "0", "(0 bytes)", false},
		{"negative", "-1", "(-1 bytes)", false},
		{"2^63", "9223372036854775808", "(9223372036854775808 bytes)", false},
		{"text", "many", "(many bytes)", false},
		{"text that holds a number", "many\x1b[2J", "(many bytes)", false},
		{"only the 150 is wrong", "300000", "(5 bytes)", false},
		{"only the 150 is there, and right", "?", "(300000 bytes)", false},
		{"only the 150 is there, and says more", "?", "(300001 bytes)", true},
		{"only the 150 is there, and says less", "?", "(5 bytes)", false},
	} {
		for _, mlst := range []string{"", "502 what\r\n", "250 what\r\n"} { // and where SIZE is asked instead
			t.Run(test.name+mlst, func(t *testing.T) {
				tap := practice.Tap{Reply: func(_ int, verb, reply string) string {
					switch {
					case verb == "RETR" && strings.HasPrefix(reply, "150"):
						return "150 here it comes " + test.opening + "\r\n"
					case test.size == "?" && (verb == "SIZE" || verb == "MLST"):
						return "502 what\r\n"
					case verb == "MLST" && mlst != "":
						return mlst
					case verb == "SIZE":
						return "213 " + test.size + "\r\n"
					}
					return strings.Replace(reply, "size=300000", "size="+test.size, 1)
				}}
				_, s := server(t, data, practice.Options{Tap: tap})
				local := filepath.Join(t.TempDir(), "data")
				_, err := Run(t.Context(), s, Task{Remote: "data", Local: local}, nil)
				var short *VerifyError
				if test.fails != errors.As(err, &short) || !test.fails && err != nil {
					t.Errorf("%v", err)
				}
				whole := read(t, local)
				if test.fails && len(whole) > 0 || !test.fails && !slices.Equal(whole, data) {
					t.Errorf("%d bytes under the final name", len(whole))
				}
				if test.fails && !slices.Equal(read(t, local+PartSuffix), data) {
					t.Error("not all that was sent is kept")
				}
			})
		}
	}
}

// A server that stores a file and does not say its size is believed, but where
// it refuses what it knows that is told. The rest of a broken upload cannot be
// sent to one: all of it is.
func TestUploadsOfNoSize(t *testing.T) {
	for _, test := range []struct{ name, size, note string }{
		{"negative", "213 -5", ""},
		{"no number", "213 soon", ""},
		{"not known", "502 what", ""},
		{"an inbox", "550 hidden", "not checked, since the server does not say its size: 550 hidden"},
		{"busy", "450 busy", "not checked, since the server does not say its size: 450 busy"},
	} {
		for _, faults := range [][]string{nil, {"cut-reset:STOR=100000*1"}} {
			t.Run(test.name+strings.Join(faults, ""), func(t *testing.T) {
				tap := practice.Tap{Reply: func(_ int, verb, reply string) string {
					if verb == "SIZE" {
						return test.size + "\r\n"
					}
					return reply
				}}
				srv, s := server(t, content(300_000), practice.Options{Tap: tap}, faults...)
				local := filepath.Join(t.TempDir(), "up")
				if err := os.WriteFile(local, content(300_000), 0o600); err != nil {
					t.Fatal(err)
				}
				r, err := Run(t.Context(), s, Task{Op: Upload, Local: local, Remote: "up", Retry: Retry{Most: 1}}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if faults == nil && r.Note != test.note {
					t.Errorf("the note is %q, want %q", r.Note, test.note)
				}
				if got, _ := afero.ReadFile(srv.FS(), "/up"); !slices.Equal(got, content(300_000)) {
					t.Errorf("the server has %d other bytes", len(got))
				}
			})
		}
	}
}

// What was added to a file is counted, by what it had before: a server that keeps less of it has lost some.
func TestAppendIsProved(t *testing.T) {
	for _, test := range []struct {
		name, before, after string // what SIZE answers; "": the truth
		err                 bool
		note                string
	}{
		{"right", "", "", false, ""},
		{"less", "", "213 250000", true, ""},
		{"somebody else adds, too", "", "213 300009", false, "somebody else writes to it, too: it has 300009 bytes, not 300004"},
		{"unknown before", "450 busy", "", false, "not checked, since the server did not say what it had before"},
		{"unknown after", "", "450 busy", false, "not checked, since the server does not say its size: 450 busy"},
		{"no SIZE", "502 what", "502 what", false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			added := false
			srv, s := server(t, nil, practice.Options{Tap: practice.Tap{Reply: func(_ int, verb, reply string) string {
				answer := test.before
				if added {
					answer = test.after
				}
				added = added || verb == "APPE"
				if verb == "SIZE" && answer != "" {
					return answer + "\r\n"
				}
				return reply
			}}})
			afero.WriteFile(srv.FS(), "/log", []byte("log\n"), 0o644)
			local := filepath.Join(t.TempDir(), "up")
			if err := os.WriteFile(local, content(300_000), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Run(t.Context(), s, Task{Op: Append, Local: local, Remote: "log", Retry: quick}, nil)
			if errors.As(err, new(*VerifyError)) != test.err || !test.err && err != nil || err == nil && r.Note != test.note {
				t.Errorf("%v, %q", err, r.Note)
			}
			if got, _ := afero.ReadFile(srv.FS(), "/log"); len(got) != 300_004 {
				t.Errorf("the server has %d bytes", len(got))
			}
		})
	}
}

// Upwards too: what a link leads to goes up once, and never into itself.
func TestMirrorLinksHereInACircle(t *testing.T) {
	_, s := server(t, nil, practice.Options{})
	here := t.TempDir()
	tree(t, here, "a/file", "b/other", "c/third")
	for _, from := range []string{"a", "b", "c"} {
		for link, to := range map[string]string{"self": ".", "up": "..", "to-a": "../a", "to-b": "../b", "to-c": "../c"} {
			if err := os.Symlink(to, filepath.Join(here, from, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := &Mirror{Up: true, Local: here, Remote: "copy", Links: FollowLinks, Directories: 30}
	steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
	text := strings.Join(steps, "\n")
	if err != nil || strings.Contains(text, " not read ") || !strings.Contains(text, "a circle of links") {
		t.Errorf("%v: %.2000s", err, text)
	}
	for _, name := range []string{"a/file", "b/other", "c/third"} {
		if !strings.Contains(text, "upload "+name) {
			t.Errorf("%s did not go up: %.2000s", name, text)
		}
	}
	if made := strings.Count(text, "mkdir "); made > 10 {
		t.Errorf("%d directories: %.2000s", made, text)
	}
}

// What lies in the place of the parts, or of a note, is neither followed, waited at, nor read to its end.
func TestPlantedParts(t *testing.T) {
	data := content(5 << 20)
	fetch := func(t *testing.T, plant func(dir string) error, task Task) (dir string, failed []error) {
		_, s := server(t, data, practice.Options{})
		dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "mine"), []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := plant(dir); err != nil {
			t.Fatal(err)
		}
		task.Remote, task.Local, task.Within, task.Size, task.Resume = "data", filepath.Join(dir, "data"), dir, int64(len(data)), true
		_, failed = run(t, &Engine{Session: s, Parallel: 4}, slices.Values([]Task{task}))
		if got := string(read(t, filepath.Join(dir, "mine"))); got != "precious" {
			t.Errorf("the other file holds %d bytes", len(got))
		}
		return dir, failed
	}
	t.Run("a link as parts", func(t *testing.T) {
		_, failed := fetch(t, func(dir string) error { return os.Symlink("mine", filepath.Join(dir, "data"+SegmentSuffix)) }, Task{Segments: 4})
		if len(failed) != 1 || !strings.Contains(failed[0].Error(), "data"+SegmentSuffix) {
			t.Errorf("got %v", failed)
		}
	})
	for name, plant := range map[string]func(note string) error{
		"a FIFO as note":   func(note string) error { return syscall.Mkfifo(note, 0o600) },
		"a link as note":   func(note string) error { return os.Symlink("mine", note) },
		"1 TiB as a note":  func(note string) error { return errors.Join(os.WriteFile(note, nil, 0o600), os.Truncate(note, 1<<40)) },
		"another's a note": func(note string) error { return os.WriteFile(note, []byte("size 1\n"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, failed := fetch(t, func(dir string) error {
				part := filepath.Join(dir, "data"+PartSuffix)
				return errors.Join(os.WriteFile(part, make([]byte, 1<<20), 0o600), plant(part+NoteSuffix))
			}, Task{})
			if got := read(t, filepath.Join(dir, "data")); failed != nil || !bytes.Equal(got, data) {
				t.Errorf("%v, %d bytes", failed, len(got))
			}
		})
	}
}
