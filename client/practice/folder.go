package practice

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// folder serves a directory of the system through an [os.Root]: neither .. nor a link leads out of it.
type folder struct{ root *os.Root }

func openFolder(dir string) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &folder{root}, nil
}

// Close gives the directory back to the system.
func (f *folder) Close() error { return f.root.Close() }

// inside turns the path of a client, which begins with a slash, into one that os.Root takes.
func inside(name string) string {
	if rel := strings.TrimPrefix(path.Join("/", name), "/"); rel != "" {
		return rel
	}
	return "."
}

func (f *folder) Name() string { return "folder" }

func (f *folder) Create(name string) (afero.File, error) { return opened(f.root.Create(inside(name))) }

func (f *folder) Open(name string) (afero.File, error) { return opened(f.root.Open(inside(name))) }

func (f *folder) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	return opened(f.root.OpenFile(inside(name), flag, mode))
}

// opened keeps a nil *os.File from becoming an afero.File that is not nil.
func opened(file *os.File, err error) (afero.File, error) {
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *folder) Mkdir(name string, mode os.FileMode) error { return f.root.Mkdir(inside(name), mode) }

func (f *folder) MkdirAll(name string, mode os.FileMode) error {
	return f.root.MkdirAll(inside(name), mode)
}
func (f *folder) Remove(name string) error    { return f.root.Remove(inside(name)) }
func (f *folder) RemoveAll(name string) error { return f.root.RemoveAll(inside(name)) }

func (f *folder) Rename(from, to string) error              { return f.root.Rename(inside(from), inside(to)) }
func (f *folder) Stat(name string) (os.FileInfo, error)     { return f.root.Stat(inside(name)) }
func (f *folder) Chmod(name string, mode os.FileMode) error { return f.root.Chmod(inside(name), mode) }

func (f *folder) Chown(name string, uid, gid int) error { return f.root.Chown(inside(name), uid, gid) }

func (f *folder) Chtimes(name string, atime, mtime time.Time) error {
	return f.root.Chtimes(inside(name), atime, mtime)
}

// LstatIfPossible is Stat for a link itself.
func (f *folder) LstatIfPossible(name string) (os.FileInfo, bool, error) {
	info, err := f.root.Lstat(inside(name))
	return info, true, err
}

// ReadlinkIfPossible says where a link leads.
func (f *folder) ReadlinkIfPossible(name string) (string, error) {
	return f.root.Readlink(inside(name))
}

// SymlinkIfPossible makes a link, with a relative target: an absolute one would lead out of the folder.
func (f *folder) SymlinkIfPossible(target, name string) error {
	relative, err := filepath.Rel(path.Dir(path.Join("/", name)), path.Join("/", target))
	if err != nil {
		return err
	}
	return f.root.Symlink(filepath.ToSlash(relative), inside(name))
}
