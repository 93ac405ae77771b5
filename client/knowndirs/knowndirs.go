// Package knowndirs keeps listings of the directories of a server between runs, so that one whose time
// is the same as then need not be listed again.
//
// The time of a directory changes when a name in it is made, deleted or renamed, and not when a file
// is overwritten in place, nor when something changes deeper down.
package knowndirs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/localname"
)

// Dirs are listings of one server. It may be used by several goroutines. Its file is of no worth to
// anybody else, and one that is not sound is refused as a whole.
type Dirs struct {
	Server facts.Server // a certificate may be a new one

	mu    sync.Mutex
	known map[string]*row
}

// row is a line of the file: a directory, and what was listed in it.
type row struct {
	Dir    jsonl.Name `json:"dir"` // from the root
	Time   time.Time  `json:"time"`
	Unique string     `json:"unique,omitempty"`
	When   time.Time  `json:"when"` // it was listed
	Names  []name     `json:"names"`
}

type name struct {
	Name      jsonl.Name        `json:"name"`
	Type      string            `json:"type"`
	Size      int64             `json:"size"`
	Time      time.Time         `json:"time,omitzero"`
	Precision listing.Precision `json:"precision,omitempty"`
}

type head struct {
	jsonl.Head
	Host string `json:"host"`
	Port string `json:"port"`
	User string `json:"user"`
}

const kind = "ftpsh-dirs"

// What is kept: of directories that are very long nothing, of very many those that were listed last.
const (
	mostNames = 5_000
	mostDirs  = 100_000
	mostAll   = 2_000_000 // names, of all directories
)

// types are those that a listing is kept of; with others it is not.
var types = map[string]listing.Type{"file": listing.File, "dir": listing.Dir, "link": listing.Link, "other": listing.Other}

// New are those of a server of which nothing is known.
func New(of facts.Server) *Dirs { return &Dirs{Server: of, known: map[string]*row{}} }

// Read reads the file of a server.
func Read(r io.Reader, file string, of facts.Server) (*Dirs, error) {
	d := New(of)
	var h head
	err := jsonl.Read(r, file, kind, &h, func(_ int, line []byte) error {
		var one row
		if err := jsonl.Decode(line, &one); err != nil {
			return err
		}
		if err := one.check(); err != nil {
			return fmt.Errorf("%q: %w", one.Dir, err)
		}
		d.known[string(one.Dir)] = &one
		return nil
	})
	if err != nil {
		return nil, err
	}
	was := facts.Server{Host: h.Host, Port: h.Port, User: h.User, Certificate: of.Certificate}
	if why := was.Differs(of); why != "" {
		return nil, &jsonl.Error{Name: file, Line: 1, Err: errors.New(why)}
	}
	return d, nil
}

// check refuses what no run has kept.
func (r row) check() error {
	if !strings.HasPrefix(string(r.Dir), "/") || !facts.Settled(r.Time, r.When) || len(r.Names) > mostNames {
		return errors.New("this is nothing that was kept")
	}
	for _, n := range r.Names {
		if _, known := types[n.Type]; !known || localname.LeadsElsewhere(string(n.Name)) || n.Size < -1 {
			return fmt.Errorf("%q is no name that was kept", n.Name)
		}
	}
	return nil
}

// Write writes what is known.
func (d *Dirs) Write(w io.Writer) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	rows := make([]*row, 0, len(d.known))
	for _, r := range d.known {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *row) int { return b.When.Compare(a.When) })
	names := 0
	for i, r := range rows {
		if names += len(r.Names); i == mostDirs || names > mostAll {
			rows = rows[:i]
			break
		}
	}
	slices.SortFunc(rows, func(a, b *row) int { return strings.Compare(string(a.Dir), string(b.Dir)) })
	if err := jsonl.Encode(w, head{jsonl.NewHead(kind), d.Server.Host, d.Server.Port, d.Server.User}); err != nil {
		return err
	}
	for _, r := range rows {
		if err := jsonl.Encode(w, r); err != nil {
			return err
		}
	}
	return nil
}

// Add takes over what another one knows.
func (d *Dirs) Add(other *Dirs) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for dir, r := range other.known {
		if old := d.known[dir]; old == nil || r.When.After(old.When) {
			d.known[dir] = r
		}
	}
}

// Find is what was listed in a directory that has the time now that it had then.
func (d *Dirs) Find(dir string, now listing.Entry) (entries []listing.Entry, found bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, found := d.known[dir]
	if !found || !exact(now) || !r.Time.Equal(now.Time.Truncate(time.Second)) || r.Unique != now.Unique {
		return nil, false
	}
	for _, n := range r.Names {
		entries = append(entries, listing.Entry{Name: string(n.Name), Type: types[n.Type], Size: n.Size, Time: n.Time, Precision: n.Precision})
	}
	return entries, true
}

// Keep takes what was listed in a directory at a moment, of which this was known before. One that
// changed so shortly before that another change could have the same time is not kept.
func (d *Dirs) Keep(dir string, was listing.Entry, entries []listing.Entry, when time.Time) {
	r := row{Dir: jsonl.Name(dir), Time: was.Time.UTC().Truncate(time.Second), Unique: was.Unique, When: when.UTC(), Names: []name{}}
	for _, e := range entries {
		if e.SizeApprox {
			return
		}
		r.Names = append(r.Names, name{jsonl.Name(e.Name), e.Type.String(), e.Size, e.Time.UTC(), e.Precision})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !exact(was) || r.check() != nil {
		delete(d.known, dir)
		return
	}
	d.known[dir] = &r
}

// exact reports whether the time of a directory tells of a change.
func exact(e listing.Entry) bool { return e.Type == listing.Dir && e.Precision >= listing.Second }
