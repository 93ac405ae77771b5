package transfer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/practice"
)

// treeOn is a session with a server that has files in /tree, each with its name in it.
func treeOn(t *testing.T, names ...string) *client.Session {
	t.Helper()
	files := afero.NewMemMapFs()
	for _, name := range names {
		if err := afero.WriteFile(files, "/tree/"+name, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(practice.Options{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return loggedIn(t, server)
}

// here is what is in a folder: the contents by the names.
func here(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := os.ReadFile(name)
			rel, _ := filepath.Rel(dir, name)
			rel = filepath.ToSlash(rel)
			all[rel] = string(text)
		}
		return err
	})
	return all
}

// TestMirrorByTheRulesOfTheFolder: what the local file system does not take, or takes for one, has the name that its rules
// say, is found again by it, and is neither lost nor deleted.
func TestMirrorByTheRulesOfTheFolder(t *testing.T) {
	listed := []string{"Foo", "foo", "a:b", "x.", "plain", "D:/in", "D:/q?/deep", "d%3a/other"}
	for _, row := range []struct {
		name    string
		rules   localname.Rules
		number  bool
		refused int
		want    map[string]string // the local name, by the listed one
	}{
		{"Linux", localname.Linux, false, 0, map[string]string{"Foo": "Foo", "foo": "foo", "a:b": "a:b", "x.": "x.", "plain": "plain", "D:/in": "D:/in", "D:/q?/deep": "D:/q?/deep", "d%3a/other": "d%3a/other"}},
		{"Windows", localname.Windows, false, 2, map[string]string{"Foo": "Foo", "a:b": "a%3Ab", "x.": "x%2E", "plain": "plain", "D:/in": "D%3A/in", "D:/q?/deep": "D%3A/q%3F/deep"}},
		{"numbers", localname.Windows, true, 0, map[string]string{"Foo": "Foo", "foo": "foo (2)", "a:b": "a%3Ab", "x.": "x%2E", "plain": "plain", "D:/in": "D%3A/in", "D:/q?/deep": "D%3A/q%3F/deep", "d%3a/other": "d%3a (2)/other"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			local := t.TempDir()
			for again := range 2 {
				m := &Mirror{Remote: "/tree", Local: local, Number: row.number, Delete: true, Preserve: true, Rules: func(*os.Root) localname.Rules { return row.rules }}
				steps, err := mirrored(t, m, &Engine{Session: treeOn(t, listed...)})
				if err != nil {
					t.Fatal(err, steps)
				}
				refused := 0
				for _, step := range steps {
					switch {
					case strings.HasPrefix(step, "skip"):
						refused++
					case again > 0:
						t.Errorf("again: %s", step)
					}
				}
				if refused != row.refused {
					t.Errorf("%d are refused: %q", refused, steps)
				}
				got := here(t, local)
				for listed, name := range row.want {
					if got[filepath.FromSlash(name)] != listed {
						t.Errorf("%s holds %q, not %q", name, got[name], listed)
					}
				}
				if len(got) != len(row.want) {
					t.Errorf("got %q", got)
				}
			}
		})
	}
}

// TestMirrorFindsAnotherSpelling: a file that is there in another spelling is the copy where the folder folds; nothing is
// fetched twice, or deleted as an extra.
func TestMirrorFindsAnotherSpelling(t *testing.T) {
	for _, row := range []struct {
		rules localname.Rules
		want  []string
	}{
		{localname.MacOS, nil},
		{localname.Linux, []string{"delete FOO extra", "download Foo new"}},
	} {
		local := t.TempDir()
		tree(t, local, "FOO", "keep")
		os.WriteFile(filepath.Join(local, "FOO"), []byte("Foo"), 0o600)
		m := &Mirror{Remote: "/tree", Local: local, Delete: true, Compare: BySize, Rules: func(*os.Root) localname.Rules { return row.rules }}
		os.WriteFile(filepath.Join(local, "keep"), []byte("keep"), 0o600)
		steps, err := mirrored(t, m, &Engine{Session: treeOn(t, "Foo", "keep")})
		if err != nil || !slices.Equal(steps, row.want) {
			t.Errorf("%+v: %v %q, want %q", row.rules, err, steps, row.want)
		}
	}
}

// TestPartsOfOthers: a file that has the name of a part is neither taken for one nor replaced by one, no matter who has put it
// there, in whichever order they come.
func TestPartsOfOthers(t *testing.T) {
	names := []string{"foo", "foo.part", "foo.part.part", "foo.part.note", "FOO.part", "foo.segments"}
	for _, parallel := range []int{1, 4} {
		local := t.TempDir()
		m := &Mirror{Remote: "/tree", Local: local}
		if steps, err := mirrored(t, m, &Engine{Session: treeOn(t, names...), Parallel: parallel}); err != nil || len(steps) != len(names) {
			t.Errorf("%v %q", err, steps)
		}
		if got := here(t, local); len(got) != len(names) {
			t.Errorf("%d at once: %q", parallel, got)
		}
	}
	s := treeOn(t, names...)
	for _, resume := range []bool{false, true} {
		local := t.TempDir()
		slices.Reverse(names)
		for _, name := range names {
			task := Task{Remote: "/tree/" + name, Local: name, Within: ".", Here: Folder{Path: local}, Size: -1, Resume: resume}
			if _, err := Run(t.Context(), s, task, nil); err != nil {
				t.Errorf("resume %v: %s: %v", resume, name, err)
			}
		}
		for name, text := range here(t, local) {
			if name != text {
				t.Errorf("resume %v: %s holds %q", resume, name, text)
			}
		}
		if got := here(t, local); len(got) != len(names) {
			t.Errorf("resume %v: %q", resume, got)
		}
	}
}

// TestPartOfAnotherIsKept: what lies there is kept as it was, and its bytes are not lost when they are no part either.
func TestPartOfAnotherIsKept(t *testing.T) {
	large := strings.Repeat("another file, which is larger than a tail\n", 1000)
	s := treeOn(t, "foo")
	for _, resume := range []bool{false, true} {
		local := t.TempDir()
		if err := os.WriteFile(filepath.Join(local, "foo.part"), []byte(large), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(t.Context(), s, Task{Remote: "/tree/foo", Local: "foo", Within: ".", Here: Folder{Path: local}, Size: -1, Resume: resume}, nil); err != nil {
			t.Error(err)
		}
		if got := here(t, local); got["foo"] != "foo" || got["foo.part"] != large || len(got) != 2 {
			t.Errorf("resume %v: %.200q", resume, fmt.Sprint(got))
		}
	}
}

// TestSegmentsOfAnotherAreKept: a file that has the name of the parts is not replaced by them.
func TestSegmentsOfAnotherAreKept(t *testing.T) {
	local := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(local+SegmentSuffix, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, s := server(t, content(17<<20), practice.Options{})
	done, failed := run(t, &Engine{Session: s}, slices.Values([]Task{{Remote: "data", Local: local, Size: 17 << 20, Segments: 4}}))
	if text, _ := os.ReadFile(local + SegmentSuffix); string(text) != "mine" || done != 1 || failed == nil {
		t.Errorf("%d done, %v, and it holds %.20q", done, failed, text)
	}
}
