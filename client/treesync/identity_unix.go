//go:build unix

package treesync

import (
	"io/fs"
	"strconv"
	"syscall"
)

// identity is what a file is known by, whatever its name.
func identity(info fs.FileInfo) string {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return strconv.FormatUint(uint64(s.Dev), 36) + "-" + strconv.FormatUint(uint64(s.Ino), 36)
	}
	return ""
}
