//go:build unix

package history

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A FIFO in place of the file is not waited at; the lines are kept in memory.
func TestHistoryIsAFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, Options{})
	if err == nil || f == nil {
		t.Fatalf("%v, %v", f, err)
	}
	f.Add("host", "/", "ls")
	if lines := f.Recall("host"); len(lines) != 1 || lines[0] != "ls" {
		t.Errorf("it has %q", lines)
	}
}
