package private

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/ftpsh/ftpsh/client/syserror"
)

// Write gives a file a new text in one step: whatever happens, the old text is there, or all of the new one. Only the user
// may read it. A link is refused: what it leads to may be anybody's file.
func Write(name string, text []byte) error {
	if err := MakeFolder(name); err != nil {
		return err
	}
	if err := noLink(name); err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // 0600
	if err != nil {
		return said(name, err)
	}
	_, err = next.Write(text)
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = syserror.WhileInUse(func() error { return os.Rename(next.Name(), name) })
	}
	if err != nil {
		os.Remove(next.Name())
		return said(name, err)
	}
	syncFolder(filepath.Dir(name))
	return nil
}

// noLink refuses a link.
func noLink(name string) error {
	if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return refused(name, "is a link and is not written")
	}
	return nil
}

// Target is the file that a name leads to, for files that people keep elsewhere, with their other settings: what is given to
// Write and Append then is no link.
func Target(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name
}

// syncFolder lets a new name outlive a loss of power. Not every system can do that, and the text is safe without it.
func syncFolder(name string) {
	if dir, err := os.Open(name); err == nil {
		_ = dir.Sync()
		dir.Close()
	}
}

const (
	lockTime  = 5 * time.Second // a process that is stopped while it holds the lock may not keep others for ever
	lockRetry = 2 * time.Millisecond
)

// Locked runs change, which reads a file again and writes it, while no other process does that. The lock is a file beside it.
func Locked(name string, change func() error) error {
	if err := MakeFolder(name); err != nil {
		return err
	}
	if err := noLink(name + ".lock"); err != nil {
		return err
	}
	release, err := Lock(name, lockTime)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("another ftpsh holds it")
	}
	if err != nil {
		return said(name, err)
	}
	defer release()
	return change()
}

// Lock waits so long for the lock of a file whose folder is there.
func Lock(name string, patience time.Duration) (release func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	lock := flock.New(name+".lock", flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
		lock.Close()
		return nil, err
	}
	return func() { lock.Close() }, nil
}

// MakeFolder makes the folder of a file, and sees that nobody else can write there.
func MakeFolder(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return said(name, err)
	}
	return checkFolders(name)
}
