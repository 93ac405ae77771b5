//go:build unix

package transfer

import (
	"os"
	"sync"
	"syscall"
)

// umask reads the process's mask once: it can only be read by setting it.
var umask = sync.OnceValue(func() os.FileMode {
	mask := syscall.Umask(0o077)
	syscall.Umask(mask)
	return os.FileMode(mask)
})
