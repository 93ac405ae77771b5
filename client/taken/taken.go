// Package taken remembers which files of a server were fetched, so that none is fetched twice,
// wherever its copy is by now.
package taken

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// File is where a journal is kept. It is read from its beginning and written at its end.
type File interface {
	io.ReadWriteCloser
	Truncate(size int64) error
}

// Journal knows the files that were taken, by their paths from the root. Several programs may add to
// its file.
type Journal struct {
	mu   sync.Mutex // for what follows: files arrive side by side
	file File       // nil: in memory alone
	rows map[string]row
}

type head struct {
	jsonl.Head
	Host string `json:"host"`
	Port string `json:"port"`
	User string `json:"user"`
}

// row is a file that was taken, as it was then; or with Forget it says that what is below the path
// may be taken again.
type row struct {
	Path      jsonl.Name        `json:"path"`
	Size      int64             `json:"size"` // -1: unknown
	Time      time.Time         `json:"time,omitzero"`
	Precision listing.Precision `json:"precision,omitempty"` // of Time
	Forget    bool              `json:"forget,omitempty"`
}

const kind = "ftpsh-taken"

// mostBytes is how much of a journal is read.
const mostBytes = 256 << 20

// Open reads the journal of a server; with nil it begins one in memory. A line that was cut as this
// computer stopped is taken off; anything else that is wrong is an error with its line.
func Open(file File, name string, of facts.Server) (*Journal, error) {
	j := &Journal{file: file, rows: map[string]row{}}
	if file == nil {
		return j, nil
	}
	text, err := readAll(file)
	if err != nil {
		return nil, err
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	switch {
	case text == nil:
		return nil, &jsonl.Error{Name: name, Line: 1, Err: fmt.Errorf("the file has more than %d bytes", mostBytes)}
	case len(text) == 0:
		return j, jsonl.Encode(file, head{jsonl.NewHead(kind), of.Host, of.Port, of.User})
	case whole == 0:
		return nil, &jsonl.Error{Name: name, Line: 1, Err: errors.New("this is no list of files that were fetched")}
	}
	err = j.read(text[:whole], name, of)
	if err == nil && whole < len(text) {
		err = file.Truncate(int64(whole))
	}
	return j, err
}

// readAll reads a file; nil if it is too large.
func readAll(file File) ([]byte, error) {
	if f, is := file.(fs.File); is {
		if info, err := f.Stat(); err != nil || info.Size() > mostBytes {
			return nil, err
		}
	}
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if len(text) > mostBytes {
		text = nil
	}
	return text, err
}

func (j *Journal) read(text []byte, name string, of facts.Server) error {
	var h head
	err := jsonl.Read(bytes.NewReader(text), name, kind, &h, func(_ int, line []byte) error {
		var r row
		if err := jsonl.Decode(line, &r); err != nil {
			return err
		}
		if p := string(r.Path); !strings.HasPrefix(p, "/") || path.Clean(p) != p || r.Size < -1 || r.Precision > listing.Subsecond {
			return errors.New("this is no file that was taken")
		}
		j.take(r)
		return nil
	})
	if err != nil {
		return err
	}
	if why := (facts.Server{Host: h.Host, Port: h.Port, User: h.User, Certificate: of.Certificate}).Differs(of); why != "" {
		return &jsonl.Error{Name: name, Line: 1, Err: errors.New(why)}
	}
	return nil
}

func (j *Journal) take(r row) {
	if !r.Forget {
		j.rows[string(r.Path)] = r
		return
	}
	for p := range j.rows {
		if facts.Within(p, string(r.Path)) {
			delete(j.rows, p)
		}
	}
}

// Forget lets everything below a directory be taken again.
func (j *Journal) Forget(dir string) error {
	return j.add(row{Path: jsonl.Name(dir), Size: -1, Forget: true})
}

func (j *Journal) add(r row) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.take(r)
	if j.file == nil {
		return nil
	}
	return jsonl.Encode(j.file, r)
}

// Close closes the file, if there is one.
func (j *Journal) Close() error {
	if j == nil || j.file == nil {
		return nil
	}
	return j.file.Close()
}

// Tree is the part of a journal that is about a directory.
type Tree struct {
	Journal *Journal
	Dir     string // from the root
}

// Has reports whether a file was taken and is as it was then, as far as its size and time tell.
func (t Tree) Has(name string, e listing.Entry) bool {
	t.Journal.mu.Lock()
	defer t.Journal.mu.Unlock()
	r, known := t.Journal.rows[path.Join(t.Dir, name)]
	was := listing.Entry{Time: r.Time, Precision: r.Precision}
	return known && (r.Size < 0 || e.Size < 0 || e.SizeApprox || r.Size == e.Size) && transfer.SameTime(was, e)
}

// Add takes note of a file that is here. The same is noted once.
func (t Tree) Add(name string, e listing.Entry) error {
	if t.Has(name, e) {
		return nil
	}
	r := row{Path: jsonl.Name(path.Join(t.Dir, name)), Size: max(e.Size, -1)}
	if e.SizeApprox {
		r.Size = -1
	}
	if e.Precision > listing.NoTime && !e.Time.IsZero() {
		r.Time, r.Precision = e.Time.UTC(), e.Precision
	}
	return t.Journal.add(r)
}
