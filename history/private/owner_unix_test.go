//go:build unix

package private

import (
	"io/fs"
	"os"
	"syscall"
	"testing"
)

// TestOfAnother: files are ours or root's, who can do anything anyway.
func TestOfAnother(t *testing.T) {
	us := uint32(os.Getuid())
	for uid, want := range map[uint32]bool{us: false, 0: false, us + 1: true} {
		if got := ofAnother(owned{uid: uid}); got != want {
			t.Errorf("%d is of another: %v, want %v", uid, got, want)
		}
	}
}

// owned is a file of a user.
type owned struct {
	fs.FileInfo
	uid uint32
}

func (f owned) Sys() any { return &syscall.Stat_t{Uid: f.uid} }
