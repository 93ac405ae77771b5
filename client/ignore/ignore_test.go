package ignore_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ftpsh/ftpsh/client/ignore"
)

func tree(files map[string]string) *ignore.Tree {
	return &ignore.Tree{Open: func(name string) (io.ReadCloser, error) {
		text, some := files[name]
		if !some {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

// TestIgnored: what patterns mean.
func TestIgnored(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string // a slash at the end is for a directory
	}{
		{"*.o", []string{"a.o", "d/a.o"}, []string{"a.oo", "o"}},
		{"/a", []string{"a", "a/b"}, []string{"d/a"}},
		{"a/b", []string{"a/b"}, []string{"d/a/b", "b"}},
		{"build/", []string{"build/", "d/build/", "build/x"}, []string{"build", "d/build"}},
		{"**/x", []string{"x", "a/x", "a/b/x"}, []string{"xx"}},
		{"a/**", []string{"a/x", "a/b/c"}, []string{"a", "b"}},
		{"a/**/b", []string{"a/b", "a/x/b", "a/x/y/b"}, []string{"a/xb"}},
		{"a**b", []string{"ab", "axxb"}, []string{"a/b"}},
		{"*\n!keep", []string{"a"}, []string{"keep"}},
		{"d/\n!d/keep", []string{"d/keep"}, nil},
		{"d/*\n!d/keep", []string{"d/x"}, []string{"d/keep"}},
		{`\#a`, []string{"#a"}, []string{"a"}},
		{`\!a`, []string{"!a"}, []string{"a"}},
		{"# no\n\n  \na  ", []string{"a"}, []string{"# no"}},
		{`a\ `, []string{"a "}, []string{"a"}},
		{"[a-c]?", []string{"ab", "cx"}, []string{"d1", "a"}},
		{"[!a]", []string{"b"}, []string{"a"}},
		{"[", nil, []string{"["}},
		{`a\`, nil, []string{"a", `a\`}},
		{"a\r\nb\r\n", []string{"a", "b"}, nil},
	} {
		for _, list := range []struct {
			names []string
			want  bool
		}{{c.yes, true}, {c.no, false}} {
			for _, name := range list.names {
				dir := strings.HasSuffix(name, "/")
				tree := tree(map[string]string{".ftpignore": c.pattern})
				if got := tree.Ignored(strings.TrimSuffix(name, "/"), dir); got != list.want || tree.Err() != nil {
					t.Errorf("%q: %s ignored: %v, want %v (%v)", c.pattern, name, got, list.want, tree.Err())
				}
			}
		}
	}
}

// TestDeeper: the file of an inner directory has the last word, below it only.
func TestDeeper(t *testing.T) {
	tree := tree(map[string]string{".ftpignore": "*.log\n", "d/.ftpignore": "!a.log\n/x\n"})
	for name, want := range map[string]bool{"a.log": true, "d/a.log": false, "d/b.log": true, "x": false, "d/x": true, "d/e/x": false, ".ftpignore": true} {
		if tree.Ignored(name, false) != want {
			t.Errorf("%s: ignored %v", name, !want)
		}
	}
}

// TestRefused: anything but an ignore file is refused with its line.
func TestRefused(t *testing.T) {
	for text, line := range map[string]int{
		"a\nb\x00c\n":                     2,
		"a\n" + strings.Repeat("x", 5000): 2,
		strings.Repeat("abc\n", 1<<20):    0,
	} {
		_, err := ignore.Read(strings.NewReader(text), "f")
		wrong := new(ignore.Error)
		if !errors.As(err, &wrong) || wrong.Line != line {
			t.Errorf("%.20q: %v, want an error of line %d", text, err, line)
		}
	}
}

// TestAsGit: patterns mean what they mean to git, in any combination.
func TestAsGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	repo := t.TempDir()
	if out, err := exec.Command(git, "init", "-q", repo).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names := []string{"a", "b", "ab", "a/b", "a/ab", "b/a", "a/b/a", "b/b/ab", "#a", "!a", "a b", `a\b`, "-", "]", "[", "a]"}
	for _, name := range names {
		if strings.Contains(name, "/") {
			os.MkdirAll(filepath.Join(repo, filepath.Dir(name)), 0o755)
		}
	}
	part := rapid.SampledFrom([]string{"a", "b", "*", "**", "?", "/", "/", "[ab]", "[!a]", "[^b-c]", "[]]", "[a-", "!", "#", `\`, " ", "]", "[[:alpha:]]"})
	line := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "parts"), "") })
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 1, 4).Draw(t, "lines"), "\n") + "\n"
		os.WriteFile(filepath.Join(repo, ".gitignore"), []byte(text), 0o600)
		ask := exec.Command(git, "-C", repo, "check-ignore", "--no-index", "-z", "--stdin")
		ask.Stdin = strings.NewReader(strings.Join(names, "\x00") + "\x00")
		var out bytes.Buffer
		ask.Stdout = &out
		_ = ask.Run() // 1 when nothing is ignored
		want := map[string]bool{}
		for name := range strings.SplitSeq(out.String(), "\x00") {
			want[name] = true
		}
		tree := tree(map[string]string{".ftpignore": text})
		for _, name := range names {
			info, err := os.Stat(filepath.Join(repo, name))
			if got := tree.Ignored(path.Clean(name), err == nil && info.IsDir()); got != want[name] {
				t.Fatalf("%q: %q is ignored: %v, git says %v", text, name, got, want[name])
			}
		}
	})
}

// FuzzRead: no pattern takes long, or is more than it may be.
func FuzzRead(f *testing.F) {
	f.Add("*.o\n!a/**/b\n[a-z]\\", "a/x/b")
	f.Add(strings.Repeat("*a", 60), strings.Repeat("a", 200)+"b")
	f.Fuzz(func(t *testing.T, text, name string) {
		rules, err := ignore.Read(strings.NewReader(text), "f")
		if err != nil || len(name) > 1000 || name == "" {
			return
		}
		tree := &ignore.Tree{Before: rules}
		tree.Ignored(name, false)
		tree.Ignored(name, true)
	})
}
