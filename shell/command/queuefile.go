package command

import (
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"

	"github.com/ftpsh/ftpsh/history/private"
)

// QueueFile is what a shell keeps of its queue for another day. Each shell has a file of its own, and holds the lock beside
// it while it lives.
type QueueFile struct {
	Path string
	Lock *flock.Flock
}

// OwnQueue makes the folder of a new file, and locks the file for this shell.
func OwnQueue(path string) (*QueueFile, error) {
	if err := private.MakeFolder(path); err != nil {
		return nil, err
	}
	lock, free, err := LockQueue(path)
	switch {
	case err != nil:
		return nil, err
	case !free:
		return nil, &private.Error{Name: path, Err: errors.New("another ftpsh holds it")}
	}
	return &QueueFile{Path: path, Lock: lock}, nil
}

// LockQueue locks the file of a shell, if that has gone.
func LockQueue(path string) (lock *flock.Flock, free bool, err error) {
	lock = flock.New(path+QueueLock, flock.SetPermissions(0o600))
	free, err = lock.TryLock()
	if err != nil || !free {
		lock.Close()
	}
	return lock, free, err
}

// Hold keeps a plain file for this shell, with nothing beside it. Where locks do not work everybody has it.
func Hold(name string) (release func(), free bool) {
	none := func() {}
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return none, true
	}
	lock := flock.New(name, flock.SetFlag(os.O_RDONLY))
	if free, err := lock.TryLock(); err != nil || !free {
		lock.Close()
		return none, err != nil
	}
	return func() { lock.Close() }, true
}

// QueueLock is the end of the name of a lock.
const QueueLock = ".lock"

// Remove takes the file away, and then its lock: who waits for the lock finds no file. Windows removes nothing that is open.
func (f *QueueFile) Remove() error {
	err := os.Remove(f.Path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = errors.Join(f.Lock.Close(), os.Remove(f.Lock.Path()))
	}
	return err
}
