package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
)

// fastTree is a shell on a server with three directories whose times are long ago, and their copy here.
type fastTree struct {
	t      *testing.T
	sh     *command.Shell
	out    func() string
	files  afero.Fs
	server *practice.Server
	state  string
}

func newFastTree(t *testing.T) *fastTree {
	t.Helper()
	t.Chdir(t.TempDir())
	f := &fastTree{t: t, files: afero.NewMemMapFs(), state: t.TempDir()}
	for _, name := range []string{"/in/a/1", "/in/b/2", "/in/c/3"} {
		f.write(name, "old")
	}
	f.age("/in/a", "/in/b", "/in/c", "/in")
	var err error
	if f.server, err = practice.Start(practice.Options{FS: f.files}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.server.Close() })
	sh, out := batchShell(t, command.Options{StateDir: f.state, Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"})
	f.sh, f.out = sh, out.String
	f.do("open ftp://" + practice.User + "@" + f.server.Addr())
	f.do("set parallel 1")
	return f
}

func (f *fastTree) write(name, text string) {
	f.t.Helper()
	if err := afero.WriteFile(f.files, name, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
	f.age(name)
}

// age gives names the time of long ago, as if nothing had happened since.
func (f *fastTree) age(names ...string) {
	f.date(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), names...)
}

func (f *fastTree) date(at time.Time, names ...string) {
	f.t.Helper()
	for _, name := range names {
		if err := f.files.Chtimes(name, at, at); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fastTree) do(line string) {
	f.t.Helper()
	if err := f.sh.Do(command.Line{Text: line}); err != nil {
		f.t.Fatalf("%s: %v\n%s", line, err, f.out())
	}
}

// listed are the directories that the server was asked for since the last call, by line.
func (f *fastTree) listed(line string) (dirs []string) {
	f.t.Helper()
	before := len(f.server.Commands())
	f.do(line)
	for _, sent := range f.server.Commands()[before:] {
		if dir, is := strings.CutPrefix(sent, "MLSD "); is {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

func (f *fastTree) lists(line string, want ...string) {
	f.t.Helper()
	if got := f.listed(line); !slices.Equal(got, want) {
		f.t.Errorf("%s listed %q, want %q\n%s", line, got, want, f.out())
	}
}

func (f *fastTree) holds(name, want string) {
	f.t.Helper()
	if got, err := os.ReadFile(filepath.FromSlash(name)); err != nil || string(got) != want {
		f.t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
	}
}

// TestMirrorFast: a directory whose time is the same as in the last run is not listed; one that got a file is, and one that
// may get another within the same second, too.
func TestMirrorFast(t *testing.T) {
	f := newFastTree(t)
	f.lists("mirror --fast in", "in", "in/a", "in/b", "in/c")
	f.lists("mirror --fast in", "in")
	f.write("/in/b/new", "new")
	f.date(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), "/in/b")
	f.lists("mirror --fast in", "in", "in/b")
	f.holds("in/b/new", "new")
	if err := os.Remove("in/a/1"); err != nil {
		t.Fatal(err)
	}
	f.lists("mirror --fast in", "in", "in/a")
	f.holds("in/a/1", "old")
	f.date(time.Now(), "/in/c")
	f.lists("mirror --fast in", "in", "in/c")
	f.lists("mirror --fast in", "in", "in/c")
}

// TestMirrorFastTakesNewFiles: --fast leaves what the copy has; --trust-dirs replaces it where the directory was listed, and not where
// a file was overwritten in a directory that has kept its time. Both obey a change here.
func TestMirrorFastTakesNewFiles(t *testing.T) {
	f := newFastTree(t)
	f.do("mirror --trust-dirs in")
	f.do("mirror --trust-dirs in")
	f.write("/in/a/1", "longer")
	f.age("/in/a")
	f.lists("mirror --trust-dirs in", "in")
	f.holds("in/a/1", "old")
	f.do("mirror --fast in")
	f.holds("in/a/1", "old")
	if err := os.WriteFile("in/b/2", []byte("mine, and longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.lists("mirror --trust-dirs in", "in", "in/b")
	f.holds("in/b/2", "old")
	f.do("mirror in")
	f.holds("in/a/1", "longer")
}

// TestMirrorFastUp: the same for what goes up: a file that was changed here is sent, though its directory is not listed first.
func TestMirrorFastUp(t *testing.T) {
	f := newFastTree(t)
	f.do("mirror in")
	f.lists("mirror -R --trust-dirs in", "in", "in/a", "in/b", "in/c")
	f.lists("mirror -R --trust-dirs in", "in")
	if err := os.WriteFile("in/b/2", []byte("mine, and longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.lists("mirror -R --trust-dirs in", "in", "in/b")
	if got, err := afero.ReadFile(f.files, "/in/b/2"); err != nil || string(got) != "mine, and longer" {
		t.Errorf("the server has %q, %v", got, err)
	}
	f.do("mirror -R --trust-dirs --delete in")
	if err := os.Remove("in/c/3"); err != nil {
		t.Fatal(err)
	}
	f.do("mirror -R --trust-dirs --delete in")
	if there, _ := afero.Exists(f.files, "/in/c/3"); there {
		t.Error("what was deleted here is on the server")
	}
}

// TestMirrorFastDamaged: listings that are cut, or of another server, or that say what no run has kept, are refused with one
// note, and everything is listed.
func TestMirrorFastDamaged(t *testing.T) {
	f := newFastTree(t)
	f.do("mirror --fast in")
	f.do("mirror --fast in")
	found, _ := filepath.Glob(filepath.Join(f.state, "dirs", "*.jsonl"))
	if len(found) != 1 {
		t.Fatalf("kept: %q", found)
	}
	whole, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(string) string{
		"cut":            func(s string) string { return s[:len(s)-20] },
		"empty":          func(string) string { return "" },
		"another server": func(s string) string { return strings.Replace(s, `"host":"`, `"host":"x`, 1) },
		"leads out":      func(s string) string { return strings.Replace(s, `"name":"1"`, `"name":"../1"`, 1) },
		"not settled":    func(s string) string { return strings.Replace(s, `"time":"2020-`, `"time":"2999-`, 1) },
		"relative":       func(s string) string { return strings.Replace(s, `"dir":"/in/a"`, `"dir":"in/a"`, 1) },
	} {
		text := damage(string(whole))
		if text == string(whole) {
			t.Fatalf("%s: nothing is damaged in %s", name, whole)
		}
		if err := os.WriteFile(found[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		before := len(f.out())
		f.lists("mirror --fast in", "in", "in/a", "in/b", "in/c")
		if said := f.out()[before:]; strings.Count(said, "every directory is listed") != 1 {
			t.Errorf("%s: %s", name, said)
		}
	}
}
