// Package private reads and writes the files that ftpsh keeps for itself, and those that decide what it does. They are
// the user's own, and nobody else may write to them; no write leaves half a file behind; and what is wrong with one is said
// with its name, and its line.
package private

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Error says what is wrong with a file.
type Error struct {
	Name string
	Line int // 0: the whole file
	Err  error
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err)
	}
	return e.Name + ": " + e.Err.Error()
}

// Unwrap returns what the system said, or nil.
func (e *Error) Unwrap() error { return e.Err }

// Damaged is the error of a line that cannot be read.
func Damaged(name string, line int, err error) error { return &Error{name, line, err} }

// refused is the error of a file that is not read.
func refused(name, format string, args ...any) error {
	return &Error{Name: name, Err: fmt.Errorf(format, args...)}
}

// said is an error of the system, about the file that it is about for the user.
func said(name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &Error{Name: name, Err: err}
}

// Read reads a file of at most so many bytes. The error of a file that is not there is fs.ErrNotExist.
func Read(name string, most int64) ([]byte, error) {
	file, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, said(name, err)
	}
	var text bytes.Buffer
	if info.Size() <= most {
		text.Grow(int(info.Size()) + bytes.MinRead)
		if _, err := text.ReadFrom(io.LimitReader(file, most+1)); err != nil {
			return nil, said(name, err)
		}
	}
	if info.Size() > most || int64(text.Len()) > most {
		return nil, refused(name, "is larger than %d MiB and is not read", most>>20)
	}
	return text.Bytes(), nil
}

// Open opens a file for reading.
func Open(name string) (*os.File, error) { return open(name, os.O_RDONLY) }

// Append opens a file to write at its end. It is made where it is missing; its folder is there (MakeFolder). A link is
// refused, as by Write.
func Append(name string) (*os.File, error) {
	if err := noLink(name); err != nil {
		return nil, err
	}
	return open(name, os.O_RDWR|os.O_CREATE|os.O_APPEND)
}

func open(name string, flag int) (*os.File, error) {
	file, err := os.OpenFile(name, flag|syscall.O_NONBLOCK, 0o600) // a FIFO is refused, not waited at
	if errors.Is(err, fs.ErrNotExist) {
		if wrong := checkFolders(name); wrong != nil { // or somebody else has taken it away
			return nil, wrong
		}
	}
	if err != nil {
		return nil, said(name, err)
	}
	info, err := file.Stat()
	if err == nil {
		err = check(name, info)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Check says what is wrong with a file, and with the folders above it. A file that is not there is not wrong.
func Check(name string) error {
	file, err := Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// check says what is wrong with a file that others could have written.
func check(name string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return refused(name, "is not a plain file")
	case ofAnother(info):
		return refused(name, "belongs to another user and is not read")
	case othersWrite(info):
		return refused(name, "can be written by others and is not read; `!chmod go-w %s` ends that", name)
	}
	return checkFolders(name)
}

// checkFolders says which folder above a file, or above what a link in its path leads to, lets others put another file in
// its place. As ssh does, it looks up to the home directory, or to the root.
func checkFolders(name string) error {
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
				return said(dir, err)
			case ofAnother(info):
				return refused(name, "is not read: %s belongs to another user", dir)
			case othersWrite(info) && info.Mode()&fs.ModeSticky == 0: // in a sticky one nobody touches what is ours
				return refused(name, "is not read: others can write in %s; `!chmod go-w %s` ends that", dir, dir)
			}
			if dir == home || dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return nil
}
