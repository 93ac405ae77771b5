package transfer

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/windows"
)

func umask() os.FileMode { return 0 }

// lock keeps a part for this transfer until it is closed: Go opens files so that others can open, write and remove them.
// A lock keeps others from the bytes, too, so it is on the last one that a file could have.
func lock(file *os.File) error {
	last := windows.Overlapped{Offset: math.MaxUint32, OffsetHigh: math.MaxInt32}
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &last)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errBusy
	}
	return nil
}

// handOver closes the part and gives it its final name: an open file has none
// to give.
func (p *part) handOver() error {
	if err := p.Close(); err != nil {
		return err
	}
	return rename(p.to.dir, p.to.part(), p.to.name)
}

// renameOpen gives a file that is open and locked another name: it is closed meanwhile, as for handOver.
func (d *destination) renameOpen(file *os.File, from, to string) (*os.File, error) {
	if err := file.Close(); err != nil {
		return nil, err
	}
	if err := rename(d.dir, from, to); err != nil {
		return nil, err
	}
	file, err := d.dir.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
