//go:build unix

package transfer

import (
	"errors"
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

// lock keeps a part for this transfer until it is closed. The lock goes with
// the process, so a crash leaves none; a file system without locks has none.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errBusy
	}
	return nil
}

// handOver gives the part its final name and closes it, in this order: the lock
// is held until the name is gone. NFS tells at a close what it could not write.
func (p *part) handOver() error {
	if again, err := syscall.Dup(int(p.Fd())); err == nil {
		if err := syscall.Close(again); err != nil {
			return err
		}
	}
	if err := p.to.dir.Rename(p.to.part(), p.to.name); err != nil {
		return err
	}
	return p.Close()
}

// renameOpen gives a file that is open and locked another name.
func (d *destination) renameOpen(file *os.File, from, to string) (*os.File, error) {
	return file, d.dir.Rename(from, to)
}
