package site

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/history/private"
)

// A state file has a fact on each line, and comments. Several shells share it. A line that cannot be understood is an
// error that names it: nobody knows what it said.

// Bounds of a state file.
const (
	longStateLine = 64 << 10 // a certificate of 48 kB
	longStateFile = 16 << 20
)

// fact is what a line says about a key, such as a server.
type fact[K comparable] interface {
	Line(K) string
	until() time.Time // the zero time: for good
}

// stateFile is a file of facts, which is read when it is first asked for. Where there is none the facts last as long as
// the program.
type stateFile[K comparable, F fact[K]] struct {
	path   string // "": there is none
	parse  func(line string) (K, F, error)
	unless string // what is not known without a damaged line
	most   int    // facts at most: those that end first go; 0: any number
	mu     sync.Mutex
	unread bool
	facts  map[K]F
	said   []string // comments
	err    error    // why it cannot be trusted
}

// at gives the file its place in dir; "" means none.
func (f *stateFile[K, F]) at(dir, name string) {
	f.facts = map[K]F{}
	if dir != "" {
		f.path, f.unread = filepath.Join(dir, name), true
	}
}

// lock holds the file, and reads it the first time.
func (f *stateFile[K, F]) lock() {
	f.mu.Lock()
	if f.unread {
		f.unread, f.err = false, f.read()
	}
}

// Err says why the file cannot be trusted.
func (f *stateFile[K, F]) Err() error {
	f.lock()
	defer f.mu.Unlock()
	return f.err
}

// get is what is known of a key.
func (f *stateFile[K, F]) get(key K) (found F, known bool) {
	f.lock()
	defer f.mu.Unlock()
	found, known = f.facts[key]
	return found, known
}

// read takes in the file, but for what has ended.
func (f *stateFile[K, F]) read() error {
	facts := map[K]F{}
	said, err := readState(f.path, f.unless, func(text string) error {
		key, one, err := f.parse(text)
		if end := one.until(); end.IsZero() || time.Now().Before(end) {
			facts[key] = one
		}
		return err
	})
	if err == nil {
		f.facts, f.said = facts, said
	}
	return err
}

// change changes the facts. Other shells may write at the same time: the file is read again and replaced under a lock.
func (f *stateFile[K, F]) change(do func(facts map[K]F)) error {
	f.lock()
	defer f.mu.Unlock()
	if f.path == "" {
		do(f.facts)
		return nil
	}
	return private.Locked(f.path, func() error {
		if err := f.read(); err != nil {
			return err
		}
		do(f.facts)
		return private.Write(f.path, []byte(strings.Join(append(slices.Concat(f.said, f.lines()), ""), "\n")))
	})
}

// lines are those of the facts that the file has room for.
func (f *stateFile[K, F]) lines() (lines []string) {
	keys := slices.SortedFunc(maps.Keys(f.facts), func(a, b K) int { return f.facts[b].until().Compare(f.facts[a].until()) })
	if f.most > 0 {
		for _, key := range keys[min(len(keys), f.most):] {
			delete(f.facts, key)
		}
	}
	for key, one := range f.facts {
		lines = append(lines, one.Line(key))
	}
	slices.Sort(lines)
	return lines
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
