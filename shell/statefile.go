package shell

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/natefinch/atomic"
)

// A state file has a fact on each line, and comments. Several shells share it. A line that cannot be understood is an
// error that names it: nobody knows what it said.

// Bounds of a state file.
const (
	longStateLine = 64 << 10 // a certificate of 48 kB
	longStateFile = 16 << 20
)

// readState gives the lines of a state file to take, and returns its comments. One that is not there has no lines; one
// that others could have written is an error. Unless says what is not known without a damaged line.
func readState(path, unless string, take func(text string) error) (comments []string, err error) {
	file, err := openPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, privateFolders(path) // or somebody else has taken it away
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() > longStateFile {
		return nil, errors.Join(err, &localError{path + " is too large"})
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, longStateLine)
	n := 0
	for err == nil && lines.Scan() {
		n++
		if text := strings.TrimSpace(lines.Text()); text == "" || text[0] == '#' {
			comments = append(comments, text)
		} else {
			err = take(text)
		}
	}
	if long := lines.Err(); long != nil {
		n, err = n+1, long
	}
	if err != nil {
		return nil, &localError{fmt.Sprintf("%s:%d: %v; %s: mend the line or take it out", path, n, err, unless)}
	}
	return comments, nil
}

// locked runs change, which reads a file and replaces it, while no other shell does that.
func locked(path string, change func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock := flock.New(path + ".lock")
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock()
	return change()
}

// replace puts a file of the user's own in the place of another one, so that nobody reads half of it.
func replace(path, text string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link stays one
	}
	return atomic.WriteFile(path, strings.NewReader(text))
}
