package transfer

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"golang.org/x/text/unicode/norm"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice"
)

// respells is a server that stores one name by another. It knows both, or does not say what it
// has under one that it does not list.
func respells(name, stored string, says bool) practice.Tap {
	return practice.Tap{Command: func(_ int, line string) (string, string) {
		switch verb, _, _ := strings.Cut(line, " "); {
		case verb == "DELE":
			return line, ""
		case !says && (verb == "MLST" || verb == "SIZE" || verb == "MDTM") && strings.HasSuffix(line, "/"+name):
			return "", "550 no"
		}
		return strings.ReplaceAll(line, "/"+name, "/"+stored), ""
	}}
}

// What a server stores by another name is never deleted for it: where it is known by what was
// written, too, that is no failure, and the next run finds nothing to do. Where the spelling is
// unknown nothing is deleted at all.
func TestMirrorDeletesNothingItWrote(t *testing.T) {
	for _, test := range []struct {
		name, local, stored string
		says                bool // the server knows the name that was written, too
		unknown             bool // the spelling is none of those that are known
		same                bool // content and time are those of the old file
		first, second       []string
	}{
		{name: "case", local: "index.html", stored: "Index.html", says: true, first: []string{"delete extra extra", "upload index.html size"}},
		{name: "case, the same file", local: "index.html", stored: "Index.html", says: true, same: true, first: []string{"delete extra extra"}},
		{name: "NFD", local: "café", stored: norm.NFD.String("café"), says: true, same: true, first: []string{"delete extra extra"}},
		{name: "trimmed dot", local: "name.", stored: "name", says: true, same: true, first: []string{"delete extra extra"}},
		{name: "a directory", local: "docs/file", stored: "Docs/file", says: true, first: []string{"delete extra extra", "upload docs/file size"}},
		{
			name: "case, and it does not say", local: "index.html", stored: "Index.html",
			first:  []string{"delete extra extra", "skip Index.html written kept: index.html is stored under this name", "upload index.html new"},
			second: []string{"skip Index.html written kept: index.html is stored under this name", "upload index.html new"},
		},
		{
			name: "another letter", local: "a:b", stored: "a_b", says: true, unknown: true, same: true, first: []string{"skip a_b changed", "skip extra changed", "upload a:b new"},
			second: []string{"skip a_b changed", "skip extra changed", "upload a:b new"},
		},
		{
			name: "shortened", local: "a-long-name", stored: "A-LON~1", says: true, unknown: true, same: true, first: []string{"skip A-LON~1 changed", "skip extra changed", "upload a-long-name new"},
			second: []string{"skip A-LON~1 changed", "skip extra changed", "upload a-long-name new"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv, s := server(t, nil, practice.Options{Tap: respells(strings.TrimSuffix(test.local, "/file"), strings.TrimSuffix(test.stored, "/file"), test.says)})
			here := t.TempDir()
			at := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
			tree(t, here, "keep", "more", test.local)
			old := "old"
			if test.same {
				old = "this is " + test.local
			}
			for _, name := range []string{"keep", "more", test.local} {
				os.Chtimes(filepath.Join(here, name), at, at)
			}
			for name, text := range map[string]string{"/copy/keep": "this is keep", "/copy/more": "this is more", "/copy/" + test.stored: old, "/copy/extra": "x"} {
				if err := afero.WriteFile(srv.FS(), name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				srv.FS().Chtimes(name, at, at)
			}
			for i, want := range [][]string{test.first, test.second} {
				steps, err := mirrored(t, &Mirror{Up: true, Local: here, Remote: "/copy", Delete: true, Preserve: true}, &Engine{Session: s, Parallel: 1})
				if err != nil || len(steps) != len(want) {
					t.Errorf("run %d: %v: %q", i+1, err, steps)
				}
				for i := range min(len(steps), len(want)) {
					if !strings.HasPrefix(steps[i], want[i]) {
						t.Errorf("run %d: %q, want %q", i+1, steps[i], want[i])
					}
				}
				if got, _ := afero.ReadFile(srv.FS(), "/copy/"+test.stored); string(got) != "this is "+test.local {
					t.Errorf("run %d: what was uploaded is %q: %q", i+1, got, steps)
				}
			}
			if there, _ := afero.Exists(srv.FS(), "/copy/extra"); there != test.unknown {
				t.Errorf("what is in the copy only is there: %v", there)
			}
		})
	}
}

// Two names of the original that are one file in the copy are not written over each other.
func TestMirrorSpelledAlike(t *testing.T) {
	for _, stored := range []string{"README", "readme"} {
		srv, s := server(t, nil, practice.Options{Tap: practice.Tap{Command: func(_ int, line string) (string, string) {
			return strings.ReplaceAll(strings.ReplaceAll(line, "/README", "/"+stored), "/readme", "/"+stored), ""
		}}})
		here := t.TempDir()
		tree(t, here, "README", "readme")
		afero.WriteFile(srv.FS(), "/copy/"+stored, []byte("old"), 0o644)
		steps, err := mirrored(t, &Mirror{Up: true, Local: here, Remote: "/copy", Delete: true}, &Engine{Session: s, Parallel: 1})
		other := map[string]string{"README": "readme", "readme": "README"}[stored]
		want := []string{"skip " + other + "  is the same file there as \"" + stored + "\"", "upload " + stored + " size"}
		if err != nil || !slices.Equal(steps, want) {
			t.Errorf("%v: %q, want %q", err, steps, want)
		}
		if got, _ := afero.ReadFile(srv.FS(), "/copy/"+stored); string(got) != "this is "+stored {
			t.Errorf("%s is %q", stored, got)
		}
	}
}

// What has changed since it was listed stays, in both directions; so does a directory into
// which something has come. What is gone already is no failure.
func TestMirrorDeletesOnlyWhatItSaw(t *testing.T) {
	for _, up := range []bool{true, false} {
		t.Run(map[bool]string{true: "up", false: "down"}[up], func(t *testing.T) {
			t.Parallel()
			dir, here := t.TempDir(), t.TempDir()
			copied, original := filepath.Join(dir, "tree"), here
			if !up {
				copied, original = here, filepath.Join(dir, "tree")
			}
			tree(t, dir, "tree/")
			tree(t, original, "file", "sub/file")
			tree(t, copied, "file", "same", "longer", "touched", "gone", "full/old", "empty/", "sub/old", "now-a-dir")
			changes := func() {
				os.WriteFile(filepath.Join(copied, "longer"), []byte("this is longer, and longer"), 0o644)
				later := time.Now().Add(-24 * time.Hour)
				os.Chtimes(filepath.Join(copied, "touched"), later, later)
				os.Remove(filepath.Join(copied, "gone"))
				os.Remove(filepath.Join(copied, "now-a-dir"))
				tree(t, copied, "full/new", "now-a-dir/")
			}
			changed := false
			tap := practice.Tap{Command: func(_ int, line string) (string, string) {
				if verb, _, _ := strings.Cut(line, " "); !changed && (verb == "STOR" || verb == "RETR") {
					changed = true
					changes()
				}
				return line, ""
			}}
			_, s := server(t, nil, practice.Options{Dir: dir, Tap: tap})
			m := &Mirror{Up: up, Local: here, Remote: "/tree", Delete: true, DeleteAll: true}
			steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
			if err != nil || !changed {
				t.Errorf("%v: %q", err, steps)
			}
			got := contents(t, copied)
			for name, stays := range map[string]bool{
				"file": true, "same": false, "longer": true, "touched": true, "full/": true, "full/new": true,
				"full/old": false, "empty/": false, "sub/file": true, "sub/old": false, "now-a-dir/": true,
			} {
				if _, there := got[name]; there != stays {
					t.Errorf("%s is there: %v", name, there)
				}
			}
			for _, name := range []string{"longer", "touched", "full", "now-a-dir"} {
				if !slices.ContainsFunc(steps, func(step string) bool { return strings.HasPrefix(step, "skip "+name+" changed was not deleted") }) {
					t.Errorf("%s is not named: %q", name, steps)
				}
			}
		})
	}
}

// Where a directory cannot be listed again, to its end, nothing more is deleted.
func TestMirrorDeletesNothingUnlisted(t *testing.T) {
	listings := 0
	tap := practice.Tap{Command: func(_ int, line string) (string, string) {
		if strings.HasPrefix(line, "MLSD") {
			if listings++; listings > 1 {
				return "", "451 not now"
			}
		}
		return line, ""
	}}
	srv, s := server(t, nil, practice.Options{Tap: tap})
	afero.WriteFile(srv.FS(), "/copy/extra", []byte("x"), 0o644)
	here := t.TempDir()
	steps, err := mirrored(t, &Mirror{Up: true, Local: here, Remote: "/copy", Delete: true, DeleteAll: true}, &Engine{Session: s, Parallel: 1})
	if err == nil || !strings.Contains(err.Error(), "451 not now") {
		t.Errorf("%v: %q", err, steps)
	}
	if there, _ := afero.Exists(srv.FS(), "/copy/extra"); !there {
		t.Error("it was deleted")
	}
}

// An extra directory that holds what the user left out stays without a word.
func TestMirrorKeepsWhatHoldsTheExcluded(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	for _, name := range []string{"/copy/d/kept", "/copy/d/extra"} {
		afero.WriteFile(srv.FS(), name, []byte("x"), 0o644)
	}
	here := t.TempDir()
	tree(t, here, "file")
	m := &Mirror{Up: true, Local: here, Remote: "/copy", Delete: true, Filter: func(p string, _ *listing.Entry) bool { return !strings.HasSuffix(p, "kept") }}
	steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
	if want := []string{"delete d/extra extra", "skip d something in it stays", "upload file new"}; err != nil || !slices.Equal(steps, want) {
		t.Errorf("%v: %q", err, steps)
	}
}

// An original is deleted only while it is still what was copied.
func TestRemoveSourceLooksAgain(t *testing.T) {
	for _, op := range []Op{Download, Upload} {
		for _, change := range []string{"longer", "touched", ""} {
			for _, small := range []bool{true, false} {
				t.Run(map[Op]string{Download: "down ", Upload: "up "}[op]+change, func(t *testing.T) {
					t.Parallel()
					data := content(map[bool]int{true: 3000, false: big}[small])
					dir, here := t.TempDir(), t.TempDir()
					original := filepath.Join(dir, "data")
					task := Task{Op: op, Remote: "data", Local: filepath.Join(here, "data"), RemoveSource: true}
					if op == Upload {
						task.Remote = "copy"
						original = task.Local
						os.WriteFile(original, data, 0o600)
					}
					tap := practice.Tap{Reply: func(_ int, verb, text string) string {
						if (verb == "RETR" || verb == "STOR") && strings.HasPrefix(text, "226") {
							switch change {
							case "longer":
								os.WriteFile(original, append(slices.Clone(data), "more"...), 0o600)
							case "touched":
								at := time.Now().Add(-time.Hour)
								os.Chtimes(original, at, at)
							}
						}
						return text
					}}
					_, s := server(t, data, practice.Options{Dir: dir, Tap: tap})
					_, failed := run(t, &Engine{Session: s, Parallel: 1}, slices.Values([]Task{task}))
					_, gone := os.Stat(original)
					if change == "" && (failed != nil || !errors.Is(gone, os.ErrNotExist)) {
						t.Errorf("%v, %v", failed, gone)
					}
					if change != "" && (len(failed) != 1 || !errors.As(failed[0], new(*ChangedError)) || gone != nil) {
						t.Errorf("%v, %v", failed, gone)
					}
				})
			}
		}
	}
}

// Directories are made where something goes into them, or the original is as empty.
func TestMirrorMakesNoEmptyDirectories(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(*Mirror)
		want []string
	}{
		{"all", func(*Mirror) {}, []string{"./", "a/", "a/b/", "a/b/c", "empty/", "x/", "x/y/", "x/y/z"}},
		{"some", only("a/b/c"), []string{"./", "a/", "a/b/", "a/b/c", "empty/"}},
		{"none", only("nothing"), []string{"./", "empty/"}},
		{"none, but directories", func(m *Mirror) { only("nothing")(m); m.EmptyDirs = true }, []string{"./", "a/", "a/b/", "empty/", "x/", "x/y/"}},
		{"not there", func(m *Mirror) { m.Remote, m.Local = "/nosuch", m.Local+"/new" }, []string{"./"}},
	} {
		for _, up := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				dir, here := t.TempDir(), t.TempDir()
				original, copied := filepath.Join(dir, "tree"), filepath.Join(here, "new")
				m := &Mirror{Up: up, Remote: "/tree", Local: copied}
				if test.name == "not there" {
					m.Local, copied = here, here
				}
				if up {
					original, copied = filepath.Join(here, "tree"), filepath.Join(dir, "new")
					m.Remote, m.Local = "/new", original
				}
				if test.name != "not there" {
					tree(t, original, "a/b/c", "x/y/z", "empty/")
				}
				test.set(m)
				_, s := server(t, nil, practice.Options{Dir: dir})
				steps, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
				if test.name == "not there" && up {
					if _, there := os.Stat(copied); err == nil || there == nil {
						t.Errorf("%v, %v", err, there)
					}
					return
				}
				var got []string
				for name := range contents(t, copied) {
					got = append(got, name)
				}
				slices.Sort(got)
				if err != nil || !slices.Equal(got, test.want) {
					t.Errorf("up %v: %v: %q\ngot  %q\nwant %q", up, err, steps, got, test.want)
				}
			})
		}
	}
}

// only wants one file, and all directories.
func only(name string) func(*Mirror) {
	return func(m *Mirror) {
		m.Filter = func(p string, e *listing.Entry) bool { return e.Type == listing.Dir || p == name }
	}
}

// OnlyNewer leaves what is newer in the copy, whatever its size.
func TestMirrorOnlyNewer(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	here := t.TempDir()
	now := time.Now().Truncate(time.Second)
	for name, age := range map[string]time.Duration{"older": time.Hour, "newer": -time.Hour, "same": 0} {
		afero.WriteFile(srv.FS(), "/pub/"+name, []byte("of the server"), 0o644)
		srv.FS().Chtimes("/pub/"+name, now.Add(-age), now.Add(-age))
		os.WriteFile(filepath.Join(here, name), []byte("mine"), 0o644)
		os.Chtimes(filepath.Join(here, name), now, now)
	}
	steps, err := mirrored(t, &Mirror{Remote: "/pub", Local: here, OnlyNewer: true}, &Engine{Session: s, Parallel: 1})
	if want := []string{"download newer size", "download same size"}; err != nil || !slices.Equal(steps, want) {
		t.Errorf("%v: %q", err, steps)
	}
}

// A listing whose last line has no end may be cut: nothing is deleted for what it lacks.
func TestMirrorDeletesNothingAfterHalfALine(t *testing.T) {
	const rows = `type=file;size=1;modify=20200101000000; a\r\ntype=file;size=1;modify=20200101000000; b`
	for end, whole := range map[string]bool{"": false, `\r\n`: true} {
		_, s := server(t, nil, practice.Options{}, "listing:MLSD="+rows+end+"*9")
		here := t.TempDir()
		tree(t, here, "a", "b", "b1", "c")
		for _, name := range []string{"a", "b"} {
			os.WriteFile(filepath.Join(here, name), []byte("1"), 0o644)
		}
		m := &Mirror{Local: here, Remote: "/", Delete: true}
		_, err := mirrored(t, m, &Engine{Session: s, Parallel: 1})
		if errors.Is(err, ErrUnseen) == whole || whole && err != nil {
			t.Errorf("%q: %v", end, err)
		}
		for _, name := range []string{"b1", "c"} {
			if _, err := os.Stat(filepath.Join(here, name)); (err == nil) == whole {
				t.Errorf("%q: %s is here: %v", end, name, err == nil)
			}
		}
	}
}
