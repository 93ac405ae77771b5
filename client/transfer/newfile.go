package transfer

import (
	"cmp"
	"context"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
)

// NewFile is a local file that is written under a temporary name, short enough for every file system,
// and gets its own with Close: until then what stood under that name is untouched.
type NewFile struct {
	*os.File
	dir        *os.Root // nil: it is written in place, as a device or a FIFO is
	temp, name string
	shown      string
}

// Create begins a file with a name that the user typed. A link of that name is written through, and
// a file that is there keeps its permissions.
func (f Folder) Create(ctx context.Context, name string, mode fs.FileMode) (*NewFile, error) {
	inPlace := func(flag int) (*NewFile, error) {
		file, err := f.Open(ctx, name, os.O_WRONLY|flag, mode)
		return &NewFile{File: file}, err
	}
	old, missing := f.Stat(name)
	switch {
	case missing == nil && !old.Mode().IsRegular():
		return inPlace(0) // not every device can be emptied
	case f.Instead != nil:
		return inPlace(os.O_CREATE | os.O_TRUNC)
	}
	target := f.Name(name)
	if real, err := filepath.EvalSymlinks(target); err == nil && f.Root == nil {
		target = real
	}
	dir, base := filepath.Split(target)
	root, err := f.OpenRoot(cmp.Or(dir, "."))
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: reason(err)}
	}
	n := &NewFile{dir: root, temp: ".ftpsh-" + rand.Text(), name: base, shown: name}
	if n.File, err = root.OpenFile(n.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode); err != nil {
		root.Close()
		if missing == nil { // the file may be written to, and its directory not
			return inPlace(os.O_TRUNC)
		}
		return nil, n.failed(err)
	}
	if missing == nil {
		_ = n.Chmod(old.Mode().Perm())
	}
	return n, nil
}

func (n *NewFile) failed(err error) error {
	return &fs.PathError{Op: "write", Path: n.shown, Err: reason(err)}
}

// Close gives the file its name.
func (n *NewFile) Close() error {
	if n.dir == nil {
		return n.File.Close()
	}
	err := n.File.Close()
	if err == nil {
		err = rename(n.dir, n.temp, n.name)
	}
	if err != nil {
		_ = remove(n.dir, n.temp)
		err = n.failed(err)
	}
	n.dir.Close()
	return err
}

// Discard leaves what stood there as it was.
func (n *NewFile) Discard() {
	n.File.Close()
	if n.dir != nil {
		_ = remove(n.dir, n.temp)
		n.dir.Close()
	}
}
