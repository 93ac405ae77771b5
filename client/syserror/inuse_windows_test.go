package syserror

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWhileInUse: a file that somebody has open for a moment is renamed all the same.
func TestWhileInUse(t *testing.T) {
	from := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(from, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.UTF16PtrFromString(from)
	if err != nil {
		t.Fatal(err)
	}
	held, err := syscall.CreateFile(name, syscall.GENERIC_READ, 0 /* shared with nobody */, nil, syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	tries := 0
	err = WhileInUse(func() error {
		tries++
		err := os.Rename(from, from+"b")
		if tries == 1 {
			if !InUse(err) {
				t.Errorf("got %v", err)
			}
			_ = syscall.CloseHandle(held)
		}
		return err
	})
	if err != nil || tries != 2 {
		t.Errorf("%d tries, and then %v", tries, err)
	}
}
