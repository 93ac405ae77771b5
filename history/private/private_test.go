package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestWrite: the whole text is there, for the user alone, and nothing lies beside it. A link is refused; one that is followed
// on purpose stays one.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "new", "link.lock"), filepath.Join(dir, "target")
	if err := Write(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, target); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(target, 0o644); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"write": Write(path, []byte("two")), "lock": Locked(strings.TrimSuffix(path, ".lock"), func() error { return nil }),
	} {
		if err == nil || !strings.Contains(err.Error(), "is a link") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if file, err := Append(path); err == nil || !strings.Contains(err.Error(), "is a link") {
		t.Errorf("append: %v", err)
		file.Close()
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "one" {
		t.Errorf("a link was written through: %q, %v", text, err)
	}
	if err := Write(Target(path), []byte("two")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(target)
	if err != nil || string(text) != "two" {
		t.Errorf("got %q, %v", text, err)
	}
	if info, err := os.Stat(target); err != nil || os.PathSeparator == '/' && info.Mode() != 0o600 {
		t.Errorf("it is %v, %v", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if more, _ := filepath.Glob(filepath.Join(dir, "new", ".*")); len(left)+len(more) > 0 {
		t.Errorf("left %q %q", left, more)
	}
}

// TestWriteFails: what was there stays, and the error has the name.
func TestWriteFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("two")); err == nil || !strings.Contains(err.Error(), path+": ") || !errors.As(err, new(*Error)) {
		t.Errorf("got %v", err)
	}
	if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 1 {
		t.Errorf("left %v, %v", names, err)
	}
}

// TestLocked: no change is lost where many make one at once.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			err := Locked(path, func() error {
				old, err := Read(path, 1<<20)
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
				return Write(path, fmt.Appendf(old, "%d\n", i))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	text, err := Read(path, 1<<20)
	if err != nil || strings.Count(string(text), "\n") != 20 {
		t.Errorf("got %q, %v", text, err)
	}
	if _, err := Read(path, 3); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file that is too large: %v", err)
	}
}

// TestMissing: a file that is not there is fs.ErrNotExist, and nothing else is.
func TestMissing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "x"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if err := Check(filepath.Join(dir, "x")); err != nil {
		t.Errorf("got %v", err)
	}
	if _, err := Append(filepath.Join(dir, "no", "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
