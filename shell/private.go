package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
		return &fs.PathError{Op: "read", Path: name, Err: errors.New("is no plain file")}
	case ofAnother(info):
		return &localError{name + " belongs to another user and is not read"}
	case othersWrite(info):
		return &localError{fmt.Sprintf("%s can be written by others and is not read; `!chmod go-w %s` ends that", name, name)}
	}
	return nil
}
