package practice

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// tree is the file system as one user may use it. It adds what a system's file system does and memory does not:
// parents must exist, directories are no files, and a full one is not removed.
type tree struct {
	afero.Fs
	readOnly     bool
	incomingOnly bool
	warn         func(text string)
}

// Incoming is where anonymous may write, if at all.
const Incoming = "/incoming"

// lineBreaks end a line of a reply or a listing, for one client or another.
const lineBreaks = "\r\n\x00"

func (t *tree) mayWrite(name string) error {
	inside := strings.HasPrefix(path.Clean(name), Incoming+"/")
	if t.readOnly || t.incomingOnly && !inside {
		return fs.ErrPermission
	}
	return nil
}

func (t *tree) mayMake(name string) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	info, err := t.Stat(path.Dir(path.Clean(name)))
	if err == nil && !info.IsDir() {
		err = syscall.ENOTDIR
	}
	return err
}

func (t *tree) Mkdir(name string, mode fs.FileMode) error {
	if err := t.mayMake(name); err != nil {
		return err
	}
	return t.Fs.Mkdir(name, mode)
}

func (t *tree) MkdirAll(name string, mode fs.FileMode) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	return t.Fs.MkdirAll(name, mode)
}

var errNotPlain = errors.New("not a plain file")

// OpenFile opens files only: a directory or a pipe would be found out after the 150.
func (t *tree) OpenFile(name string, flag int, _ fs.FileMode) (afero.File, error) {
	if flag != os.O_RDONLY {
		if err := t.mayMake(name); err != nil {
			return nil, err
		}
	}
	if info, err := t.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotPlain}
	}
	return t.Fs.OpenFile(name, flag, 0o644)
}

func (t *tree) Remove(name string) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	if info, err := t.Stat(name); err == nil && info.IsDir() {
		return &fs.PathError{Op: "remove", Path: name, Err: errors.New("is a directory")}
	}
	return t.Fs.Remove(name)
}

// RemoveDir is for RMD; the library would use Remove for it.
func (t *tree) RemoveDir(name string) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	if path.Clean(name) == "/" {
		return fs.ErrPermission
	}
	entries, err := afero.ReadDir(t.Fs, name)
	switch {
	case err != nil:
		return err
	case len(entries) > 0:
		return &fs.PathError{Op: "remove", Path: name, Err: errors.New("directory not empty")}
	}
	return t.Fs.Remove(name)
}

func (t *tree) RemoveAll(name string) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	if path.Clean(name) == "/" {
		return fs.ErrPermission
	}
	return t.Fs.RemoveAll(name)
}

func (t *tree) Rename(from, to string) error {
	if err := errors.Join(t.mayWrite(from), t.mayMake(to)); err != nil {
		return err
	}
	if strings.HasPrefix(path.Clean(to)+"/", path.Clean(from)+"/") && path.Clean(to) != path.Clean(from) {
		return errors.New("a directory cannot move into itself")
	}
	if info, err := t.Stat(to); err == nil && info.IsDir() && !t.isLink(to) {
		return fs.ErrExist
	}
	return t.Fs.Rename(from, to)
}

// isLink reports whether a name is a link itself: rename(2) replaces one, wherever it leads.
func (t *tree) isLink(name string) bool {
	links, ok := t.Fs.(afero.Lstater)
	if !ok {
		return false
	}
	info, _, err := links.LstatIfPossible(name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

func (t *tree) Chmod(name string, mode fs.FileMode) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	return t.Fs.Chmod(name, mode)
}

func (t *tree) Chown(name string, uid, gid int) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	return t.Fs.Chown(name, uid, gid)
}

func (t *tree) Chtimes(name string, atime, mtime time.Time) error {
	if err := t.mayWrite(name); err != nil {
		return err
	}
	return t.Fs.Chtimes(name, atime, mtime)
}

// ReadDir shows links as what they lead to, since the library has no form for links; those that lead nowhere, or out
// of the folder, are left out. So are names with a line break: one would look like two entries (RFC 3659, 7.2, has no
// way to quote them).
func (t *tree) ReadDir(name string) ([]fs.FileInfo, error) {
	entries, err := afero.ReadDir(t.Fs, name)
	kept := entries[:0]
	for _, e := range entries {
		if strings.ContainsAny(e.Name(), lineBreaks) {
			t.warn(fmt.Sprintf("left out of the listing of %q: %q", name, e.Name()))
			continue
		}
		if e.Mode()&fs.ModeSymlink != 0 {
			target, err := t.Stat(path.Join(name, e.Name()))
			if err != nil {
				continue
			}
			e = target
		}
		kept = append(kept, e)
	}
	return kept, err
}
