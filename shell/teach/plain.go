package teach

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// maxPlain is the largest file that is read whole.
const maxPlain = 4 << 20

// ReadPlain reads a file that somebody else may have written: a plain one, and not more than a lesson
// or what a learner makes of it can have. A device has no end, and a claim of a size is not believed.
func ReadPlain(files fs.FS, name string) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return PlainText(file)
}

// PlainText is the same for a file that is open.
func PlainText(file fs.File) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: info.Name(), Err: errors.New("is not a plain file")}
	}
	text, err := io.ReadAll(io.LimitReader(file, maxPlain+1))
	if err == nil && len(text) > maxPlain {
		return nil, &fs.PathError{Op: "read", Path: info.Name(), Err: fmt.Errorf("is longer than %d MiB", maxPlain>>20)}
	}
	return text, err
}
