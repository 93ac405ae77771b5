//go:build unix

package private

import (
	"io/fs"
	"os"
	"syscall"
)

// ofAnother reports whether a file belongs to somebody else, but for root, who
// can do anything anyway.
func ofAnother(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Uid != 0 && int(s.Uid) != os.Getuid()
}

func othersWrite(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }
