package shell

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// slowFiles are files of which a server reads no more than the first half MiB until somebody aborts.
type slowFiles struct {
	afero.Fs
	read    atomic.Int64
	aborted chan struct{}
}

type slowFile struct {
	afero.File
	of *slowFiles
}

func (s *slowFiles) Open(name string) (afero.File, error) {
	file, err := s.Fs.Open(name)
	return slowFile{file, s}, err
}

func (s *slowFiles) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	file, err := s.Fs.OpenFile(name, flag, mode)
	return slowFile{file, s}, err
}

func (f slowFile) Read(p []byte) (int, error) {
	if f.of.read.Load() >= 512<<10 {
		<-f.of.aborted
	}
	n, err := f.File.Read(p)
	f.of.read.Add(int64(n))
	return n, err
}

// TestGrepEndsEarly: `grep -m1` that finds its line at the beginning of 64 MiB reads less than one of them from a server
// that is slow, and the next command answers.
func TestGrepEndsEarly(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, []byte("first\nfound\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 64<<20); err != nil {
		t.Fatal(err)
	}
	files := &slowFiles{Fs: afero.NewBasePathFs(afero.NewOsFs(), dir), aborted: make(chan struct{})}
	abort := sync.OnceFunc(func() { close(files.aborted) })
	t.Cleanup(abort)
	server, err := practice.Start(practice.Options{FS: files, Tap: practice.Tap{Command: func(_ int, line string) (string, string) {
		if strings.HasPrefix(line, "ABOR") {
			abort()
		}
		return line, ""
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { abort(); server.Close() })
	sh, out := batchShell(t, command.Options{})
	a := site.Address{Host: server.Host(), Port: strconv.Itoa(server.Port()), User: practice.User, Password: practice.Password, HasPassword: true, Security: "off"}
	if err := OpenAddress(sh, a); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := sh.Do(command.Line{Text: "grep -a -m1 found big; size big"}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.HasPrefix(got, "2:found\n") || !strings.Contains(got, "67108864") {
		t.Errorf("got %q", got)
	}
	if n := files.read.Load(); n > 1<<20 {
		t.Errorf("%d bytes were read", n)
	}
}

// serveDir is a shell that has logged in to a server of a directory.
func serveDir(t *testing.T, dir string) (*command.Shell, *bytes.Buffer) {
	t.Helper()
	server, err := practice.Start(practice.Options{FS: afero.NewBasePathFs(afero.NewOsFs(), dir)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	sh, out := batchShell(t, command.Options{})
	a := site.Address{Host: server.Host(), Port: strconv.Itoa(server.Port()), User: practice.User, Password: practice.Password, HasPassword: true, Security: "off"}
	if err := OpenAddress(sh, a); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	return sh, out
}

// TestGrepTreesAsGrep compares `grep -rn` with grep(1) on a generated tree, byte for byte: CRLF, no end of line at the end,
// bytes that are no UTF-8, NUL, empty files, names with blanks.
func TestGrepTreesAsGrep(t *testing.T) {
	const program = "grep"
	if version, err := exec.Command(program, "--version").Output(); err != nil || !strings.Contains(string(version), "GNU grep") {
		daemon.Missing(t, errors.New("grep is not that of GNU"))
	}
	dir, random := t.TempDir(), rand.New(rand.NewPCG(3, 4))
	words := []string{"alpha", "beta", "\xff\xfe", "", "GET /index.html 404", "\r", "ä", "x:y", "\x00", "error: no"}
	var names []string
	for i := range 40 {
		name := []string{"a", "b/c", "b/d e", "f.d"}[i%4] + "/" + strconv.Itoa(100+i)
		var text strings.Builder
		for range random.IntN(60) {
			for range random.IntN(6) {
				text.WriteString(words[random.IntN(len(words))])
			}
			text.WriteString([]string{"\n", "\r\n", "\n\n"}[random.IntN(3)])
		}
		text.WriteString([]string{"", "alpha at the end"}[random.IntN(2)])
		os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	sh, out := serveDir(t, dir)
	for _, args := range [][]string{{"alpha"}, {"-i", "GET"}, {"-v", "a"}, {"-w", "error"}, {"-c", "beta"}, {"-l", "404$"}, {"-o", "[a-z]+:"}, {"-F", "x:y"}, {"-A1", "-B1", "404"}, {"nothing at all"}} {
		cmd := exec.Command(program, append(append([]string{"-E", "-n", "-a", "-H"}, args...), names...)...)
		if args[0] == "-F" {
			cmd.Args = slices.DeleteFunc(cmd.Args, func(arg string) bool { return arg == "-E" })
		}
		cmd.Dir, cmd.Env = dir, []string{"LC_ALL=C"}
		want, _ := cmd.Output()
		out.Reset()
		line := "grep -r -n -a"
		for _, arg := range args {
			if !strings.HasPrefix(arg, "-") {
				arg = syntax.Quote(arg)
			}
			line += " " + arg
		}
		if err := sh.Do(command.Line{Text: line}); (err == nil) != (len(want) > 0 || args[0] == "-c") {
			t.Errorf("%s: %v", line, err)
		}
		if got := out.String(); got != string(want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Errorf("%s: at byte %d\n%.200q\nwant\n%.200q", line, at, got[max(at-100, 0):], want[max(at-100, 0):])
		}
	}
}

// TestUnzipBounds: what a member says of its size is not believed, and no damaged archive brings more than it may.
func TestUnzipBounds(t *testing.T) {
	dir := t.TempDir()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for name, text := range map[string]string{"bomb": strings.Repeat("\x00", 8<<20), "small": "small\n", "other": "x"} {
		part, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := archive.Bytes()
	cut := slices.Concat(whole[:100], whole[200:]) // the directory at the end is there, the members are not
	for name, data := range map[string][]byte{"whole.zip": whole, "cut.zip": cut, "half.zip": whole[:len(whole)/2], "empty.zip": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sh, out := serveDir(t, dir)
	for _, row := range []struct {
		line, says string
		most       int
	}{
		{"unzip -p whole.zip small", "", 6},
		{"unzip -p --max-out 64k whole.zip bomb", "more than the bounds allow", 64 << 10},
		{"unzip -p cut.zip bomb", "", 8 << 20},
		{"unzip -l half.zip", "not a zip archive", 0},
		{"unzip -l empty.zip", "not a zip archive", 0},
		{"unzip -p whole.zip nosuch", "nosuch", 0},
	} {
		out.Reset()
		err := sh.Do(command.Line{Text: row.line})
		if row.line != "unzip -p whole.zip small" && (err == nil || !strings.Contains(err.Error(), row.says)) || out.Len() > row.most+200 { // with the error
			t.Errorf("%s: %d bytes, %v", row.line, out.Len(), err)
		}
		if row.line == "unzip -p whole.zip small" && (err != nil || out.String() != "small\n") {
			t.Errorf("%s: %q, %v", row.line, out, err)
		}
	}
	out.Reset()
	if err := sh.Do(command.Line{Text: "unzip -l whole.zip; pwd"}); err != nil || !strings.HasSuffix(out.String(), "\n/\n") {
		t.Errorf("%q, %v", out, err)
	}
}
