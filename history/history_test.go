package history

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const writerVariable = "FTPSH_HISTORY_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		writer(path, os.Args[len(os.Args)-1])
		return
	}
	os.Exit(m.Run())
}

// writer is another shell: it adds 1,000 lines, and says after each that it did.
func writer(path, name string) {
	f, err := Open(path, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for i := range 1000 {
		if err := f.Add("host", "/", fmt.Sprintf("%s %d", name, i)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(i)
	}
}

func open(t *testing.T, path string, o Options) *File {
	t.Helper()
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func add(t *testing.T, f *File, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if err := f.Add("host", "/", line); err != nil {
			t.Fatal(err)
		}
	}
}

func recalled(f *File) []string { return f.Recall("") }

func wants(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// hasMode compares modes, except on Windows: there the folder of the user decides who may read.
func hasMode(info os.FileInfo, want os.FileMode) bool {
	return info.Mode() == want || runtime.GOOS == "windows"
}

func TestLinesComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "history")
	f := open(t, path, Options{})
	typed := []string{"ls", "get 'a b'", "ls\npwd", "put \t\\n \xff\x00 中\r", "ls"}
	add(t, f, typed...)
	wants(t, "here", recalled(f), typed...)
	wants(t, "in another session", recalled(open(t, path, Options{})), typed...)
	for name, want := range map[string]os.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Stat(name); err != nil || !hasMode(info, want) {
			t.Errorf("%s is %v, %v", name, info.Mode(), err)
		}
	}
}

func TestWhatIsNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	f := open(t, path, Options{})
	add(t, f, " ls", "\tls", "", "  ", strings.Repeat("x", longestLine+1), `alias in "user bob S3CRET"`)
	add(t, f, "user bob S3CRET", "open ftp://bob:S3CRET@host/", "set password S3CRET")
	wants(t, "kept", recalled(f), "user bob", "open ftp://bob@host/", "set password")
	f.Add("host", "/"+strings.Repeat("x", longestDir), "pwd") // a server may call anything its directory
	content, err := os.ReadFile(path)
	if err != nil || bytes.Contains(content, []byte("S3CRET")) || len(content) > longestDir {
		t.Errorf("%v; file %q", err, content)
	}
}

func TestEqualLinesInARowCountOnce(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "history"), Options{})
	add(t, f, "ls", "ls", "pwd", "ls", "ls")
	wants(t, "recalled", recalled(f), "ls", "pwd", "ls")
}

func TestShellsSeeEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	one, two := open(t, path, Options{}), open(t, path, Options{})
	add(t, one, "a")
	add(t, two, "b")
	add(t, one, "c")
	wants(t, "one", recalled(one), "a", "b", "c")
	wants(t, "two", recalled(two), "a", "b", "c")
}

func TestLinesOfThisHostComeFirst(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "history"), Options{})
	for _, r := range []Record{
		{Host: "here", Line: "a"}, {Host: "there", Line: "b"}, {Host: "here", Line: "a"}, {Line: "open here"}, {Host: "there", Line: "rm *"},
	} {
		if err := f.Add(r.Host, "/", r.Line); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, "here", f.Recall("here"), "b", "rm *", "a", "open here")
	wants(t, "there", f.Recall("there"), "a", "b", "open here", "rm *")
	wants(t, "not connected", f.Recall(""), "a", "b", "a", "open here", "rm *")
}

func TestSuggest(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "history"), Options{})
	for _, r := range []Record{
		{Host: "h", Dir: "/a", Line: "get one"},
		{Host: "h", Dir: "/b", Line: "get two"},
		{Host: "x", Dir: "/a", Line: "get three"},
		{Host: "x", Dir: "/a", Line: "put it"},
		{Line: "set type a"},
		{Host: "h", Dir: "/a", Line: "get four\nget five"},
	} {
		if err := f.Add(r.Host, r.Dir, r.Line); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct{ name, host, dir, prefix, want string }{
		{"of the directory", "h", "/a", "get ", "one"},
		{"else of the host", "h", "/c", "get ", "two"},
		{"never of another host", "y", "/", "get ", ""},
		{"nor of another port", "x:2121", "/a", "put", ""},
		{"else of none", "y", "/", "set", " type a"},
		{"nothing typed", "h", "/a", "", ""},
		{"nothing more", "h", "/a", "get one", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := f.Suggest(row.host, row.dir, row.prefix); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// TestEnds: how a line went is kept beside it, in memory and in the file, also when the file is made again, and does not
// disturb a version of the program that knows nothing of it.
func TestEnds(t *testing.T) {
	now := time.Unix(1700000000, 0)
	for _, path := range []string{"", filepath.Join(t.TempDir(), "history")} {
		o := Options{Limit: 4, Now: func() time.Time { return now }}
		f := open(t, path, o)
		add(t, f, "get a", "get a")
		f.Ended(0, 1500*time.Millisecond)
		f.Ended(9, 0) // no line waits for it
		add(t, f, " not kept")
		f.Ended(9, 0)
		now = now.Add(time.Hour)
		add(t, f, "rm x")
		f.Ended(6, time.Minute)
		check := func(f *File) {
			t.Helper()
			var got []string
			for r := range f.Lines() {
				got = append(got, fmt.Sprint(r.Line, r.Ended, r.Status, r.Took))
			}
			if want := "[get afalse 0 0s get atrue 0 1.5s rm xtrue 6 1m0s]"; fmt.Sprint(got) != want {
				t.Errorf("%q: got %v, want %s", path, got, want)
			}
		}
		check(f)
		if path == "" {
			continue
		}
		check(open(t, path, o))
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if _, err := strconv.ParseInt(strings.Split(line, "\t")[0], 10, 64); strings.HasPrefix(line, "=") == (err == nil) {
				t.Errorf("%q passes for a record", line)
			}
		}
		add(t, f, "one", "two", "three") // more than are kept: the file is made again
		if all := slices.Collect(open(t, path, o).Lines()); len(all) != 4 || !all[0].Ended || all[0].Status != 6 {
			t.Errorf("after compaction: %+v", all)
		}
	}
}

func TestRecords(t *testing.T) {
	now := time.Unix(1700000000, 0)
	f := open(t, filepath.Join(t.TempDir(), "history"), Options{Now: func() time.Time { return now }})
	add(t, f, "get One.txt", "ls", "put one.txt")
	all := slices.Collect(f.Lines())
	if len(all) != 3 || all[1] != (Record{Time: now, Host: "host", Dir: "/", Line: "ls"}) {
		t.Errorf("lines %+v", all)
	}
}

func TestFileIsCutToItsLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	one, two := open(t, path, Options{Limit: 8}), open(t, path, Options{Limit: 8})
	for i := range 100 {
		add(t, one, fmt.Sprint("one ", i))
		add(t, two, fmt.Sprint("two ", i))
	}
	got := recalled(one)
	if len(got) < 8 || len(got) > 10 || got[len(got)-1] != "two 99" || got[len(got)-2] != "one 99" {
		t.Errorf("kept %q", got)
	}
	wants(t, "two", recalled(two), got...)
	two.Keep(4)
	add(t, two, "three")
	if kept := recalled(one); len(kept) > 5 || kept[len(kept)-1] != "three" {
		t.Errorf("kept %q", kept)
	}
	info, err := os.Stat(path)
	if err != nil || !hasMode(info, 0o600) {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".new*"); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}

func TestLinkToTheFileStays(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "history"), filepath.Join(dir, "dotfiles")
	if err := os.WriteFile(target, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, Options{Limit: 4})
	for i := range 20 {
		add(t, f, fmt.Sprint("line ", i))
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v", info.Mode())
	}
	if info, err := os.Stat(target); err != nil || !hasMode(info, 0o600) || info.Size() == 0 {
		t.Errorf("target: %v, %v", info, err)
	}
}

func TestTornLineIsNoLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("1\th\t/\tls\n2\th\t/\trm -r /pub/o"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, Options{})
	wants(t, "before", recalled(f), "ls")
	add(t, f, "pwd")
	wants(t, "after", recalled(f), "ls", "pwd")
	wants(t, "for others", recalled(open(t, path, Options{})), "ls", "pwd")
}

func TestWithoutAFile(t *testing.T) {
	for _, row := range []struct {
		name, path string
		fails      bool
	}{
		{"no path", "", false},
		{"device", os.DevNull, false},
		{"directory", t.TempDir(), true},
		{"under a file", filepath.Join(os.Args[0], "history"), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, err := Open(row.path, Options{})
			if (err != nil) != row.fails || f == nil {
				t.Fatalf("%v, %v", f, err)
			}
			add(t, f, "ls", "pwd")
			wants(t, "in memory", recalled(f), "ls", "pwd")
		})
	}
}

func TestFileThatCannotBeWrittenAnyMore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	path := filepath.Join(dir, "history")
	f := open(t, path, Options{})
	add(t, f, "ls")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.Add("", "", "pwd"); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("said %v", err)
	}
	add(t, f, "cd /") // said once
	wants(t, "in memory", recalled(f), "ls", "pwd", "cd /")
}

// Two shells write 1,000 lines each, and a third is killed in the middle of it.
func TestNoLineIsLostOrDoubled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	f := open(t, path, Options{})
	start := func(name string) (*exec.Cmd, *bufio.Scanner) {
		cmd := exec.Command(os.Args[0], name)
		cmd.Env = append(os.Environ(), writerVariable+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, bufio.NewScanner(out)
	}
	one, oneSays := start("one")
	two, twoSays := start("two")
	victim, victimSays := start("victim")
	written := map[string]int{"one": 1000, "two": 1000}
	for victimSays.Scan() {
		written["victim"]++
		if written["victim"] == 300 {
			_ = victim.Process.Kill()
		}
	}
	_ = victim.Wait()
	for oneSays.Scan() {
	}
	for twoSays.Scan() {
	}
	if err := one.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := two.Wait(); err != nil {
		t.Fatal(err)
	}
	next := map[string]int{}
	for r := range f.Lines() {
		name, number, _ := strings.Cut(r.Line, " ")
		if number != fmt.Sprint(next[name]) {
			t.Fatalf("%q after %d lines", r.Line, next[name])
		}
		next[name]++
	}
	// The victim may have written a line and died before it said so.
	if next["victim"] > written["victim"] {
		next["victim"]--
	}
	for name, n := range written {
		if next[name] != n {
			t.Errorf("%s: %d of %d lines", name, next[name], n)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("1\thost\t/\tls")
	f.Add("1\ta\\tb\t\\n\tx\\\\")
	f.Fuzz(func(t *testing.T, line string) {
		r, err := decode(line)
		if err != nil || strings.Contains(line, "\n") {
			return
		}
		again, err := decode(strings.TrimSuffix(string(r.encode()), "\n"))
		if err != nil || again != r {
			t.Fatalf("%q: %+v became %+v, %v", line, r, again, err)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	f, err := Open(filepath.Join(b.TempDir(), "history"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := f.Add("host", "/", "get a.txt"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	f, err := Open("", Options{})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 10_000 {
		f.Add("host", "/", fmt.Sprint("get ", i))
	}
	for b.Loop() {
		f.Suggest("host", "/", "put")
	}
}
