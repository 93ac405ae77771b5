//go:build unix

package shell

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOwnFilesOfOthers: a file that somebody else has written, or could write, is named, and neither read nor changed.
func TestOwnFilesOfOthers(t *testing.T) {
	allow := func(mode os.FileMode) func(*testing.T, ownFile, string) {
		return func(t *testing.T, f ownFile, path string) {
			writeOwn(t, path, f.sound)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := []damage{
		{"the group writes", allow(0o620), false, false},
		{"all write", allow(0o602), false, false},
		{"all write in the folder", func(t *testing.T, f ownFile, path string) {
			writeOwn(t, path, f.sound)
			if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
		}, false, false},
		{"a link to such a folder", func(t *testing.T, f ownFile, path string) {
			there := t.TempDir()
			writeOwn(t, filepath.Join(there, "x"), f.sound)
			if err := os.Symlink(filepath.Join(there, "x"), path); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(there, 0o777); err != nil {
				t.Fatal(err)
			}
		}, false, false},
		{"a FIFO", func(t *testing.T, _ ownFile, path string) {
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Fatal(err)
			}
		}, false, false},
	}
	if os.Getuid() == 0 { // nobody else can give files away
		all = append(all, damage{"of another user", func(t *testing.T, f ownFile, path string) {
			writeOwn(t, path, f.sound)
			if err := os.Chown(path, 12345, 12345); err != nil {
				t.Fatal(err)
			}
		}, false, false})
	}
	eachOwnFile(t, all)
}
