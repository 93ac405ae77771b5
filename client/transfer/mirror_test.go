package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// mirrored runs a mirror and returns its steps as text, sorted.
func mirrored(t *testing.T, m *Mirror, e *Engine) ([]string, error) {
	t.Helper()
	var steps []string
	m.OnStep = func(s Step) {
		text := fmt.Sprintf("%s %s %s", s.Action, s.Path, s.Why)
		if s.Err != nil {
			text += " " + s.Err.Error()
		}
		if s.Action == ActSkip && s.Result.Note != "" {
			text += " " + s.Result.Note
		}
		steps = append(steps, text)
	}
	err := m.Run(t.Context(), e)
	e.Wait()
	slices.Sort(steps)
	return steps, err
}

// tree makes files; a name with a slash at its end is an empty directory.
func tree(t *testing.T, root string, names ...string) {
	t.Helper()
	for _, name := range names {
		full := filepath.Join(root, name)
		if strings.HasSuffix(name, "/") {
			os.MkdirAll(full, 0o755)
			continue
		}
		os.MkdirAll(filepath.Dir(full), 0o755)
		if err := os.WriteFile(full, []byte("this is "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// contents are the files of a tree.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			found[rel+"/"] = ""
		default:
			data, err := os.ReadFile(name)
			found[rel] = string(data)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func sameTree(t *testing.T, got, want string) {
	t.Helper()
	g, w := contents(t, got), contents(t, want)
	for name, text := range w {
		if have, ok := g[name]; !ok || have != text {
			t.Errorf("%s: %q, want %q", name, have, text)
		}
		delete(g, name)
	}
	if len(g) > 0 {
		t.Errorf("there is more: %v", g)
	}
}

var sampleTree = []string{"one", "two", "a/three", "a/b/four", "a/b/c/", "empty/", "sp ace/ä ö", ".dot"}

// A tree goes up to every server and comes down again the same, with its times;
// a second run has nothing to do.
func TestMirrorOnServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := login(t, srv)
		up, down := t.TempDir(), t.TempDir()
		tree(t, up, sampleTree...)
		old := time.Date(2020, 3, 4, 5, 6, 7, 0, time.UTC)
		os.Chtimes(filepath.Join(up, "a/b/four"), old, old)
		steps, err := mirrored(t, &Mirror{Up: true, Local: up, Remote: "copy/here", Preserve: true, Delete: true}, &Engine{Session: s, Parallel: 2})
		if err != nil {
			t.Errorf("up: %v: %q", err, steps)
		}
		steps, err = mirrored(t, &Mirror{Up: true, Local: up, Remote: "copy/here", Preserve: true, Delete: true}, &Engine{Session: s})
		if err != nil || len(steps) > 0 {
			t.Errorf("up again: %v: %q", err, steps)
		}
		for range 2 {
			steps, err = mirrored(t, &Mirror{Local: down, Remote: "copy/here", Preserve: true, Delete: true}, &Engine{Session: s, Parallel: 2})
			if err != nil {
				t.Errorf("down: %v: %q", err, steps)
			}
		}
		if len(steps) > 0 {
			t.Errorf("down again: %q", steps)
		}
		sameTree(t, down, up)
		os.RemoveAll(filepath.Join(up, "a"))
		steps, err = mirrored(t, &Mirror{Up: true, Local: up, Remote: "copy/here", Delete: true}, &Engine{Session: s})
		if err != nil || len(steps) != 5 {
			t.Errorf("deleted: %v: %q", err, steps)
		}
		if _, err := s.Stat(t.Context(), "copy/here/a/three"); err == nil {
			t.Error("a is still there")
		}
	})
}

func TestMirrorDecides(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	fsys := srv.FS()
	put := func(name, text string, at time.Time) {
		file, err := fsys.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		file.WriteString(text)
		file.Close()
		fsys.Chtimes(name, at, at)
	}
	now := time.Now().Truncate(time.Second)
	fsys.MkdirAll("/pub/sub", 0o755)
	put("/pub/same", "same", now)
	put("/pub/older", "older", now.Add(-time.Hour))
	put("/pub/newer", "newer", now)
	put("/pub/longer", "longer", now.Add(-time.Hour))
	put("/pub/sub/new", "new", now)
	for _, test := range []struct {
		name string
		set  func(*Mirror)
		want []string
	}{
		{"by size and time", func(m *Mirror) {}, []string{"download longer size", "download newer newer", "download sub/new new", "mkdir sub new"}},
		{"by size", func(m *Mirror) { m.Compare = BySize }, []string{"download longer size", "download sub/new new", "mkdir sub new"}},
		{"by hash", func(m *Mirror) { m.Compare = ByHash }, []string{"download longer size", "download newer hash", "download older hash", "download sub/new new", "mkdir sub new"}},
		{"flat", func(m *Mirror) { m.Flat, m.Compare = true, BySize }, []string{"download longer size"}},
		{
			"chosen", func(m *Mirror) {
				m.Filter = func(p string, e *listing.Entry) bool { return e.Type == listing.Dir || p == "sub/new" }
			},
			[]string{"download sub/new new", "mkdir sub new"},
		},
		{
			"delete", func(m *Mirror) { m.Delete, m.Compare = true, BySize },
			[]string{"delete extra extra", "delete gone/x extra", "download longer size", "download sub/new new", "mkdir sub new", "rmdir gone extra"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			local := t.TempDir()
			for name, text := range map[string]string{"same": "same", "older": "OLDER", "newer": "NEWER", "longer": "l", "extra": "x"} {
				os.WriteFile(filepath.Join(local, name), []byte(text), 0o644)
				os.Chtimes(filepath.Join(local, name), now.Add(-time.Minute), now.Add(-time.Minute))
			}
			os.Chtimes(filepath.Join(local, "same"), now, now)
			tree(t, local, "gone/x")
			for _, dry := range []bool{true, false} {
				m := &Mirror{Remote: "/pub", Local: local, DryRun: dry}
				test.set(m)
				before := contents(t, local)
				steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
				if err != nil || !slices.Equal(steps, test.want) {
					t.Errorf("dry %v: %v\ngot  %q\nwant %q", dry, err, steps, test.want)
				}
				if dry && len(contents(t, local)) != len(before) {
					t.Error("a dry run changed something")
				}
			}
		})
	}
}

// Nothing is deleted when a directory of the original could not be read.
func TestMirrorDeletesNothingUnseen(t *testing.T) {
	for _, name := range []string{"proftpd", "vsftpd", "pure-ftpd", "inetutils-ftpd"} {
		for _, mode := range []os.FileMode{0, 0o111} {
			t.Run(fmt.Sprintf("%s/%03o", name, mode), func(t *testing.T) {
				srv := daemon.Start(t, name, daemon.Options{})
				s := login(t, srv)
				srv.Put("pub/sub/keep", nil)
				if err := os.Chmod(filepath.Join(srv.Root, "pub/sub"), mode); err != nil {
					t.Fatal(err)
				}
				local := t.TempDir()
				tree(t, local, "extra", "sub/keep")
				steps, err := mirrored(t, &Mirror{Remote: "pub", Local: local, Delete: true}, &Engine{Session: s, Parallel: 1})
				if !errors.Is(err, ErrUnseen) {
					t.Errorf("mirror: %v, %q", err, steps)
				}
				if got := contents(t, local); got["extra"] == "" || got["sub/keep"] == "" {
					t.Errorf("left: %v", got)
				}
			})
		}
	}
}

// Who may delete is asked, with the numbers and the names in the order in which they go: by name, and directories
// after what is in them.
func TestMirrorAsksBeforeDeleting(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	srv.FS().MkdirAll("/pub", 0o755)
	local := t.TempDir()
	tree(t, local, "one", "two", "d/three", "d/four", "d.txt")
	no := errors.New("no")
	m := &Mirror{Remote: "/pub", Local: local, Delete: true, DeleteAll: true, MayDelete: func(doomed []Step, kept int) error {
		var paths []string
		for _, step := range doomed {
			paths = append(paths, step.Path)
		}
		if want := []string{"d/four", "d/three", "d", "d.txt", "one", "two"}; !slices.Equal(paths, want) || kept != 0 {
			t.Errorf("asked about %v and %d", paths, kept)
		}
		return no
	}}
	if _, err := mirrored(t, m, &Engine{Session: s, Parallel: 1}); !errors.Is(err, no) {
		t.Errorf("mirror: %v", err)
	}
	m = &Mirror{Remote: "/pub", Local: local, Delete: true, DeleteAll: true, MayDelete: func([]Step, int) error { return ErrKeep }}
	if _, err := mirrored(t, m, &Engine{Session: s, Parallel: 1}); err != nil {
		t.Errorf("the user keeps all: %v", err)
	}
	if len(contents(t, local)) != 7 {
		t.Error("something is gone")
	}
}

// A link that lies here is neither followed nor written through.
func TestMirrorDoesNotFollowLinksHere(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	srv.FS().MkdirAll("/pub/dir", 0o755)
	for _, name := range []string{"/pub/dir/file", "/pub/name"} {
		f, _ := srv.FS().Create(name)
		f.WriteString("theirs")
		f.Close()
	}
	outside, local := t.TempDir(), t.TempDir()
	tree(t, outside, "file")
	os.Symlink(outside, filepath.Join(local, "dir"))
	os.Symlink(filepath.Join(outside, "file"), filepath.Join(local, "name"))
	steps, err := mirrored(t, &Mirror{Remote: "/pub", Local: local}, &Engine{Session: s, Parallel: 1})
	if err != nil || len(steps) != 2 {
		t.Errorf("%v: %q", err, steps)
	}
	if got := read(t, filepath.Join(outside, "file")); !bytes.Equal(got, []byte("this is file")) {
		t.Errorf("written through: %q", got)
	}
}

// A server that cannot describe a file gets the directory of a copy made all
// the same; one that does not want it says so, about the directory.
func TestMirrorUpToABareServer(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		tap := practice.Tap{Command: func(_ int, line string) (obey, answer string) {
			switch verb, _, _ := strings.Cut(line, " "); {
			case verb == "MLST", verb == "SIZE", verb == "MDTM", verb == "FEAT":
				return "", "502 what"
			case verb == "MKD" && refuses:
				return "", "550 no room"
			}
			return line, ""
		}}
		srv, s := server(t, nil, practice.Options{Tap: tap})
		here := t.TempDir()
		tree(t, here, "one", "sub/two")
		steps, err := mirrored(t, &Mirror{Up: true, Local: here, Remote: "copy"}, &Engine{Session: s})
		if err != nil || refuses && !slices.Equal(steps, []string{"mkdir  new 550 no room"}) {
			t.Errorf("refuses %t: %v, %q", refuses, err, steps)
		}
		if got, _ := afero.ReadFile(srv.FS(), "/copy/sub/two"); !refuses && string(got) != "this is sub/two" {
			t.Errorf("the copy holds %q", got)
		}
	}
}

// What is in the copy is looked at, also where the server says of its directory that it is not there.
func TestMirrorUpToADirectoryThatIsDenied(t *testing.T) {
	for _, refusal := range []string{"450 busy", "550 no"} {
		tap := practice.Tap{Command: func(_ int, line string) (obey, answer string) {
			if line == "MLST copy" {
				return "", refusal
			}
			return line, ""
		}}
		srv, s := server(t, nil, practice.Options{Tap: tap})
		srv.FS().MkdirAll("/copy", 0o755)
		afero.WriteFile(srv.FS(), "/copy/old", []byte("old"), 0o644)
		here := t.TempDir()
		tree(t, here, "one", "two")
		m := &Mirror{Up: true, Local: here, Remote: "copy", Delete: true, MayDelete: func([]Step, int) error { return nil }}
		steps, err := mirrored(t, m, &Engine{Session: s})
		if there, _ := afero.Exists(srv.FS(), "/copy/old"); err != nil || there {
			t.Errorf("%s: %v, %q, and the old file is there: %t", refusal, err, steps, there)
		}
	}
}

// TestOwnFolders: trashes and locks stay where they are, on both sides, and keep the directory they are in.
func TestOwnFolders(t *testing.T) {
	local := t.TempDir()
	tree(t, local, "a", ".ftpsh-trash/x")
	root := t.TempDir()
	srv, err := practice.Start(practice.Options{FS: afero.NewBasePathFs(afero.NewOsFs(), root)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	s := loggedIn(t, srv)
	tree(t, root, "copy/.ftpsh-trash/y", "copy/old/.ftpsh-trash/z", "copy/old/gone")
	steps, err := mirrored(t, &Mirror{Up: true, Local: local, Remote: "copy", Delete: true}, &Engine{Session: s})
	if err != nil {
		t.Fatal(err)
	}
	got := contents(t, filepath.Join(root, "copy"))
	for name, there := range map[string]bool{".ftpsh-trash/y": true, "old/.ftpsh-trash/z": true, "a": true, "old/gone": false, ".ftpsh-trash/x": false} {
		if _, is := got[name]; is != there {
			t.Errorf("%s is there: %v; steps %q", name, is, steps)
		}
	}
}

// TestTwoMakeOneDirectory: a directory that another client makes at the same moment is there, and
// what goes into it arrives.
func TestTwoMakeOneDirectory(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		local := t.TempDir()
		tree(t, local, "a/b/c", "a/d")
		s, other := login(t, srv), login(t, srv)
		s.Tune(func(o *client.Options) {
			o.Funnel = func(ctx context.Context, _ *client.Session, c client.Change, do func() error) error {
				if c.Do == client.Mkdir {
					if _, err := other.Mkdir(ctx, c.Path); err != nil {
						t.Error(err)
					}
				}
				return do()
			}
		})
		steps, err := mirrored(t, &Mirror{Up: true, Local: local, Remote: "copy"}, &Engine{Session: s, Parallel: 1})
		if err != nil {
			t.Error(err)
		}
		for _, step := range steps {
			if strings.Contains(step, "550") || strings.Contains(step, "521") {
				t.Error(step)
			}
		}
		if got := contents(t, filepath.Join(srv.Root, "copy")); got["a/b/c"] == "" || got["a/d"] == "" {
			t.Errorf("arrived: %v", got)
		}
	})
}
