package transfer

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/syserror"
)

// Folder is where local names are, and what may be done with them: every local file that a
// command names is reached through one. The zero value is the current directory of the process,
// at the moment of each call.
type Folder struct {
	Path string // that relative names are in; "": the current directory

	// Root, when set, is what no name leads out of, whatever links it goes through.
	Root *os.Root

	// Instead hears of a change in place of its being made, and what is written to a file goes
	// nowhere; nil: changes are made.
	Instead func(action string, names ...string) error
}

// ErrOutside is of a name that leads out of the Root of a Folder.
var ErrOutside = errors.New("leads out of the folder that may be used")

// ErrNotWritten is of a change that a Folder with Instead does not make and cannot tell of.
var ErrNotWritten = errors.New("nothing is written here")

// Name is the path of a name. /dev/null is the null device on Windows, too: scripts and fingers know it by that name.
func (f Folder) Name(name string) string {
	switch {
	case name == "/dev/null":
		return os.DevNull
	case f.Path == "" || filepath.IsAbs(name):
		return name
	}
	return filepath.Join(f.Path, name)
}

// within is a name as Root knows it.
func (f Folder) within(op, name string) (string, error) {
	inside, err := filepath.Rel(f.Root.Name(), f.Name(name))
	if err != nil || !filepath.IsLocal(inside) {
		return "", &fs.PathError{Op: op, Path: name, Err: ErrOutside}
	}
	return inside, nil
}

// at calls one of two functions: that of the system, or that of Root.
func at[T any](f Folder, op, name string, anywhere, inside func(string) (T, error)) (T, error) {
	if f.Root == nil {
		return anywhere(f.Name(name))
	}
	rel, err := f.within(op, name)
	if err != nil {
		var none T
		return none, err
	}
	return inside(rel)
}

// Stat is os.Stat.
func (f Folder) Stat(name string) (fs.FileInfo, error) {
	return at(f, "stat", name, os.Stat, func(rel string) (fs.FileInfo, error) { return f.Root.Stat(rel) })
}

// Lstat is os.Lstat.
func (f Folder) Lstat(name string) (fs.FileInfo, error) {
	return at(f, "lstat", name, os.Lstat, func(rel string) (fs.FileInfo, error) { return f.Root.Lstat(rel) })
}

// IsDir reports whether there is a directory of a name.
func (f Folder) IsDir(name string) bool {
	info, err := f.Stat(name)
	return err == nil && info.IsDir()
}

// ReadDir is os.ReadDir.
func (f Folder) ReadDir(name string) ([]fs.DirEntry, error) {
	return at(f, "open", name, os.ReadDir, func(rel string) ([]fs.DirEntry, error) {
		dir, err := f.Root.Open(rel)
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		return dir.ReadDir(-1)
	})
}

// Open is Open, for a name in the folder.
func (f Folder) Open(ctx context.Context, name string, flag int, mode fs.FileMode) (*os.File, error) {
	if f.Instead != nil && flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0 {
		if err := f.Instead("write", name); err != nil {
			return nil, err
		}
		return os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	}
	return at(f, "open", name, func(full string) (*os.File, error) { return Open(ctx, full, flag, mode) },
		func(rel string) (*os.File, error) { return f.Root.OpenFile(rel, flag, mode) })
}

// OpenRoot is os.OpenRoot.
func (f Folder) OpenRoot(name string) (*os.Root, error) {
	if name == "" {
		name = "."
	}
	return at(f, "open", name, os.OpenRoot, func(rel string) (*os.Root, error) { return f.Root.OpenRoot(rel) })
}

// change makes a change, unless that is only to be told.
func (f Folder) change(action, name string, anywhere, inside func(string) error) error {
	if f.Instead != nil {
		return f.Instead(action, name)
	}
	with := func(do func(string) error) func(string) (struct{}, error) {
		return func(name string) (struct{}, error) { return struct{}{}, do(name) }
	}
	_, err := at(f, action, name, with(anywhere), with(inside))
	return err
}

// Mkdir is os.Mkdir with the permissions of the umask.
func (f Folder) Mkdir(name string) error {
	return f.change("mkdir", name, func(name string) error { return os.Mkdir(name, 0o777) },
		func(rel string) error { return f.Root.Mkdir(rel, 0o777) })
}

// MkdirAll is os.MkdirAll with the permissions of the umask.
func (f Folder) MkdirAll(name string) error {
	return f.change("mkdir", name, func(name string) error { return os.MkdirAll(name, 0o777) },
		func(rel string) error { return f.Root.MkdirAll(rel, 0o777) })
}

// Remove is os.Remove.
func (f Folder) Remove(name string) error {
	return f.change("remove", name, os.Remove, func(rel string) error { return remove(f.Root, rel) })
}

// RemoveAll is os.RemoveAll.
func (f Folder) RemoveAll(name string) error {
	return f.change("remove", name, os.RemoveAll, func(rel string) error { return f.Root.RemoveAll(rel) })
}

// Rename is os.Rename.
func (f Folder) Rename(name, to string) error {
	switch {
	case f.Instead != nil:
		return f.Instead("rename", name, to)
	case f.Root == nil:
		return syserror.WhileInUse(func() error { return os.Rename(f.Name(name), f.Name(to)) })
	}
	from, err := f.within("rename", name)
	if err != nil {
		return err
	}
	next, err := f.within("rename", to)
	if err != nil {
		return err
	}
	return rename(f.Root, from, next)
}

func rename(dir *os.Root, from, to string) error {
	return syserror.WhileInUse(func() error { return dir.Rename(from, to) })
}

func remove(dir *os.Root, name string) error {
	return syserror.WhileInUse(func() error { return dir.Remove(name) })
}
