package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ReadPrivate reads a file that decides what ftpsh does: it must be the user's
// own, and nobody else may write to it. The error of a file that is not there is
// fs.ErrNotExist.
func ReadPrivate(name string) ([]byte, error) {
	file, err := openPrivate(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxPrivate+1))
	if err == nil && len(text) > maxPrivate {
		err = &localError{name + " is too large"}
	}
	return text, err
}

// maxPrivate is more than anybody would write by hand.
const maxPrivate = 1 << 20

func openPrivate(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a FIFO is refused, not waited at
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = private(name, info)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// private says what is wrong with a file that others could have written.
func private(name string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "read", Path: name, Err: errors.New("is not a plain file")}
	case ofAnother(info):
		return &localError{name + " belongs to another user and is not read"}
	case othersWrite(info):
		return &localError{fmt.Sprintf("%s can be written by others and is not read; `!chmod go-w %s` ends that", name, name)}
	}
	return privateFolders(name)
}

// privateFolders says which folder above a file, or above what a link in its path leads to, lets others put another file
// in its place. As ssh does, it looks up to the home directory, or to the root.
func privateFolders(name string) error {
	path, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	home, _ := os.UserHomeDir()
	paths := []string{path}
	if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
		paths = append(paths, real)
	}
	for _, path := range paths {
		for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
			info, err := os.Stat(dir)
			switch {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				return err
			case ofAnother(info):
				return &localError{fmt.Sprintf("%s is not read: %s belongs to another user", name, dir)}
			case othersWrite(info) && info.Mode()&fs.ModeSticky == 0: // in a sticky one nobody touches what is ours
				return &localError{fmt.Sprintf("%s is not read: others can write in %s; `!chmod go-w %s` ends that", name, dir, dir)}
			}
			if dir == home || dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return nil
}

// CheckPrivate says what is wrong with a file that only the user may write, and with the folders above it. A file that is
// not there is not wrong.
func CheckPrivate(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return privateFolders(name)
	}
	if err != nil {
		return err
	}
	return private(name, info)
}
