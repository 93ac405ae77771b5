//go:build unix

package transfer

import (
	"os"
	"sync"
	"syscall"
)

// openNoFollow refuses a symbolic link as last part of a name.
const openNoFollow = syscall.O_NOFOLLOW

// umask reads the process's mask once: it can only be read by setting it.
var umask = sync.OnceValue(func() os.FileMode {
	mask := syscall.Umask(0o077)
	syscall.Umask(mask)
	return os.FileMode(mask)
})
