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
	Limit int              // lines kept; 0: 10,000. The file may hold a quarter more for a while
	Now   func() time.Time // nil: time.Now
}

const (
	defaultLimit = 10_000
	longestLine  = 64 << 10
)

// A File is a history. Its methods may be used from any goroutine.
type File struct {
	path  string // "" when lines are kept in memory only
	limit int
	now   func() time.Time

	mu         sync.Mutex
	all        View
	records    []Record
	generation int // how often records started anew
	offset     int64
	seen       os.FileInfo
	sure       bool // the lock is held
}

// Open reads a history, and makes the file (0600, in a directory of 0700) when there is none. When that fails it returns
// the reason beside a File that works in memory. An empty path is a history in memory.
func Open(path string, o Options) (*File, error) {
	f := &File{limit: o.Limit, now: o.Now}
	if f.limit <= 0 {
		f.limit = defaultLimit
	}
	if f.now == nil {
		f.now = time.Now
	}
	f.all = View{f: f}
	if path == "" {
		return f, nil
	}
	real, err := create(path)
	if err != nil {
		return f, explain(path, err)
	}
	f.path = real
	if f.path == "" {
		return f, nil
	}
	if err := f.read(); err != nil {
		f.path = ""
		return f, explain(path, err)
	}
	return f, f.compact()
}

// Add keeps a line typed for a host in a directory, without its secrets. Empty lines, lines that start with a blank and
// lines whose secrets cannot be told from the rest are not kept. When the file cannot be written the line is kept for
// this session, and the reason returned.
func (f *File) Add(host, dir, line string) error {
	line, keep := Redact(line)
	if !keep || strings.TrimSpace(line) == "" || line[0] == ' ' || line[0] == '\t' || len(line) > longestLine {
		return nil
	}
	r := Record{f.now(), host, dir, line}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path == "" {
		f.records = append(f.records, r)
		return nil
	}
	err := f.locked(func() error { return f.write(r.encode()) })
	if err == nil {
		err = f.read()
	}
	if err != nil {
		path := f.path
		f.path = ""
		f.records = append(f.records, r)
		return explain(path, err)
	}
	return f.compact()
}

// refresh takes in what other shells have added. A file that has gone is no reason to forget.
func (f *File) refresh() {
	if f.path != "" {
		_ = f.read()
	}
}

// Len is the number of lines to recall: equal lines in a row count once. It looks for lines of other shells.
func (f *File) Len() int { return f.all.Len() }

// At is line i, the newest last; "" when there is none.
func (f *File) At(i int) string { return f.all.At(i) }

// Host is the history as typed for one host.
func (f *File) Host(host string) *View { return &View{f: f, host: host, filtered: true} }

// A View is a part of a history to recall from. It lives as the history does.
type View struct {
	f          *File
	host       string
	filtered   bool
	lines      []string
	taken      int // records looked at
	generation int
}

// Len is File.Len for the view.
func (v *View) Len() int {
	v.f.mu.Lock()
	defer v.f.mu.Unlock()
	v.f.refresh()
	if v.generation != v.f.generation {
		v.generation, v.lines, v.taken = v.f.generation, nil, 0
	}
	for _, r := range v.f.records[v.taken:] {
		repeated := len(v.lines) > 0 && v.lines[len(v.lines)-1] == r.Line
		if !repeated && (!v.filtered || r.Host == v.host) {
			v.lines = append(v.lines, r.Line)
		}
	}
	v.taken = len(v.f.records)
	return len(v.lines)
}

// At is File.At for the view.
func (v *View) At(i int) string {
	v.f.mu.Lock()
	defer v.f.mu.Unlock()
	if i < 0 || i >= len(v.lines) {
		return ""
	}
	return v.lines[i]
}

// Lines yields all records, the oldest first.
func (f *File) Lines() iter.Seq[Record] { return slices.Values(f.snapshot()) }

// Search yields the records whose line holds text, the newest first. Capitals count only when text has some.
func (f *File) Search(text string) iter.Seq[Record] {
	records, fold := f.snapshot(), text == strings.ToLower(text)
	return func(yield func(Record) bool) {
		for _, r := range slices.Backward(records) {
			line := r.Line
			if fold {
				line = strings.ToLower(line)
			}
			if strings.Contains(line, text) && !yield(r) {
				return
			}
		}
	}
}

func (f *File) snapshot() []Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refresh()
	return slices.Clip(f.records)
}

// Suggest gives what may follow prefix: the rest of the newest line that starts with it, best of this directory, else
// of this host, else of any. "" for nothing, or for no prefix.
func (f *File) Suggest(host, dir, prefix string) string {
	if prefix == "" {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	best, bestRank := "", 0
	for _, r := range slices.Backward(f.records) {
		rank := 1
		if r.Host == host {
			rank = 2
			if r.Dir == dir {
				rank = 3
			}
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

// Close is there for what keeps a history open; no file is held between the calls.
func (f *File) Close() error { return nil }
