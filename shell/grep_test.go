package shell

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/site"
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
