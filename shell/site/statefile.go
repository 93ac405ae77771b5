package site

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/history/private"
)

// A state file has a fact on each line, and comments. Several shells share it. A line that cannot be understood is an
// error that names it: nobody knows what it said.

// Bounds of a state file.
const (
	longStateLine = 64 << 10 // a certificate of 48 kB
	longStateFile = 16 << 20
)

// stateFile is a file of lines about servers, which is read when it is first asked for.
type stateFile struct {
	path   string // "": there is none
	mu     sync.Mutex
	unread bool
	said   []string // comments
	err    error    // why it cannot be trusted
}

// in is the file of that name in dir; "" means none.
func in(dir, name string) stateFile {
	if dir == "" {
		return stateFile{}
	}
	return stateFile{path: filepath.Join(dir, name), unread: true}
}

// lock holds the file, and reads it the first time.
func (f *stateFile) lock(read func() error) {
	f.mu.Lock()
	if f.unread {
		f.unread, f.err = false, read()
	}
}

// replace changes the file. Other shells may write at the same time: it is read again and replaced under a lock.
func (f *stateFile) replace(read func() error, change func(), lines func() []string) error {
	return private.Locked(f.path, func() error {
		if err := read(); err != nil {
			return err
		}
		change()
		return private.Write(f.path, []byte(strings.Join(append(slices.Concat(f.said, lines()), ""), "\n")))
	})
}

// readState gives the lines of a state file to take, and returns its comments. One that is not there has no lines. Unless
// says what is not known without a damaged line.
func readState(path, unless string, take func(text string) error) (comments []string, err error) {
	text, err := private.Read(path, longStateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		var wrong error
		switch line = strings.TrimSpace(line); {
		case len(line) > longStateLine:
			wrong = fmt.Errorf("longer than %d KiB", longStateLine>>10)
		case line == "" || line[0] == '#':
			comments = append(comments, line)
		default:
			wrong = take(line)
		}
		if wrong != nil {
			return nil, private.Damaged(path, n, fmt.Errorf("%w; %s: mend the line or take it out", wrong, unless))
		}
	}
	return comments, err
}

// LongConfig is more than anybody would write by hand.
const LongConfig = 1 << 20
