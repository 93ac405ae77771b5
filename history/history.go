// Package history remembers the lines typed at the prompt, in one file that several shells share. A line is in the
// file, and in the other shells, as soon as it was added; a process that is killed loses none. Secrets are taken out
// of a line before it is kept anywhere.
package history

import (
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options describe a history. The zero value works.
type Options struct {
	Limit int              // lines kept; 0: UsualLimit. The file may hold a quarter more for a while
	Now   func() time.Time // nil: time.Now
}

// UsualLimit is how many lines are kept unless somebody says otherwise.
const UsualLimit = 10_000

const (
	longestLine = 64 << 10
	longestDir  = 4 << 10 // what most systems take for a path
)

// A File is a history. Its methods may be used from any goroutine.
type File struct {
	path  string // "" when lines are kept in memory only
	limit int
	now   func() time.Time

	mu      sync.Mutex
	records []Record
	offset  int64
	seen    os.FileInfo
	damaged int64  // where the first line begins that is not a record; -1: none
	sure    bool   // the lock is held
	added   Record // the newest of ours
}

// Open reads a history, and makes the file (0600, in a directory of 0700) when there is none. When that fails it returns
// the reason beside a File that works in memory. A line that is not a record is named, stays where it is, and nothing else
// comes of it. An empty path is a history in memory.
func Open(path string, o Options) (*File, error) {
	f := &File{limit: o.Limit, now: o.Now, damaged: -1}
	if f.limit <= 0 {
		f.limit = UsualLimit
	}
	if f.now == nil {
		f.now = time.Now
	}
	if path == "" {
		return f, nil
	}
	real, err := create(path)
	if err != nil {
		return f, explain(err)
	}
	f.path = real
	if f.path == "" {
		return f, nil
	}
	if err := f.read(); err != nil {
		f.path = ""
		return f, explain(err)
	}
	return f, f.damage() // it is not cut yet: Keep may allow more
}

// Add keeps a line typed for a host in a directory, without its secrets. Empty lines, lines that start with a blank and
// lines whose secrets cannot be told from the rest are not kept. When the file cannot be written the line is kept for
// this session, and the reason returned.
func (f *File) Add(host, dir, line string) error {
	line, keep := Redact(line)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.added = Record{}
	if !keep || strings.TrimSpace(line) == "" || line[0] == ' ' || line[0] == '\t' || len(line) > longestLine {
		return nil
	}
	if len(dir) > longestDir { // the server chose it, and each line would hold it again
		dir = ""
	}
	r := Record{Time: f.now(), Host: host, Dir: dir, Line: line}
	f.added = r
	if f.path == "" {
		f.records = append(f.records, r)
		return nil
	}
	err := f.locked(func() error { return f.write(r.encode()) })
	if err == nil {
		err = f.read()
	}
	if err != nil {
		f.path = ""
		f.records = append(f.records, r)
		return explain(err)
	}
	return f.compact()
}

// Ended notes how the line went that was added last. That it cannot be written is no reason to complain a second time.
func (f *File) Ended(status int, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.added
	f.added = Record{}
	if r.Line == "" {
		return
	}
	r.Status, r.Took = status, took
	if f.path == "" {
		f.records = slices.Clone(f.records) // others may be reading them
		end(f.records, strings.TrimSuffix(r.encodeEnd(), "\n"))
		return
	}
	if f.locked(func() error { return f.write([]byte(r.encodeEnd())) }) == nil {
		_ = f.read()
	}
}

// Keep changes how many lines are kept, from the next one on.
func (f *File) Keep(lines int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = lines
}

// refresh takes in what other shells have added. A file that has gone is no reason to forget.
func (f *File) refresh() {
	if f.path != "" {
		_ = f.read()
	}
}

// Recall is what Up and a search bring back, the newest last: after all lines of other hosts come those that were typed for
// host, or for none. Without a host all are in the order of time. Equal lines in a row count once. It looks for lines of
// other shells.
func (f *File) Recall(host string) []string {
	records := f.snapshot()
	lines := make([]string, 0, len(records))
	add := func(here bool) {
		for _, r := range records {
			isHere := host == "" || r.Host == host || r.Host == ""
			if isHere == here && (len(lines) == 0 || lines[len(lines)-1] != r.Line) {
				lines = append(lines, r.Line)
			}
		}
	}
	add(false)
	add(true)
	return lines
}

// Lines yields all records, the oldest first.
func (f *File) Lines() iter.Seq[Record] { return slices.Values(f.snapshot()) }

func (f *File) snapshot() []Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refresh()
	return slices.Clip(f.records)
}

// Suggest gives what may follow prefix: the rest of the newest line that starts with it, best of this directory, else
// of this host, else of those typed for none: the names of another server are of no use here. "" for nothing, or for no
// prefix.
func (f *File) Suggest(host, dir, prefix string) string {
	if prefix == "" {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	best, bestRank := "", 0
	for _, r := range slices.Backward(f.records) {
		rank := 0
		switch {
		case r.Host == host && r.Dir == dir:
			rank = 3
		case r.Host == host:
			rank = 2
		case r.Host == "":
			rank = 1
		}
		if rank > bestRank && len(r.Line) > len(prefix) && strings.HasPrefix(r.Line, prefix) && !strings.Contains(r.Line, "\n") {
			best, bestRank = r.Line[len(prefix):], rank
			if rank == 3 {
				break
			}
		}
	}
	return best
}
