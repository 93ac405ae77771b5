package tx

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/trash"
)

// Do is what a row does.
type Do string

// What rows do.
const (
	Put    Do = "put"
	Mkdir  Do = "mkdir"
	Move   Do = "mv"
	Remove Do = "rm" // of a file, or of a tree
	Rmdir  Do = "rmdir"
	Chmod  Do = "chmod"
	Touch  Do = "touch"
)

var deeds = []Do{Put, Mkdir, Move, Remove, Rmdir, Chmod, Touch}

// Row is one change that waits. Its paths are what they will be when those before it are made.
type Row struct {
	Do      Do           `json:"do"`
	Path    jsonl.Name   `json:"path"`
	To      jsonl.Name   `json:"to,omitempty"`     // of mv
	Staged  int          `json:"staged,omitempty"` // of put: the number of the file
	Size    int64        `json:"size,omitempty"`   // of put
	Mode    string       `json:"mode,omitempty"`   // of chmod, and of a put that was given one; octal
	Time    time.Time    `json:"time,omitzero"`    // of touch
	Was     string       `json:"was,omitempty"`    // the mode before
	WasTime time.Time    `json:"was_time,omitzero"`
	Over    *facts.Facts `json:"over,omitempty"` // what is there now, and is replaced or goes
}

// Tx is a transaction: changes that wait until all of them are made.
type Tx struct {
	Head
	journal journal

	mu    sync.Mutex // for what follows; sessions share a transaction
	rows  []Row
	saw   map[string]*facts.Facts // what stood there, by names of the server as it is
	dirs  map[string]bool         // directories that are there
	begun map[string]bool         // uploads
	moded map[int]string          // modes that staged files were given
	last  int                     // number of a staged file
	progress
}

const (
	folderBegins = ".ftpsh-tx-"
	stamp        = "20060102T150405"

	// LockName is the directory that says that somebody changes what is beside it.
	LockName = ".ftpsh-lock"
)

// Errors of what is not done.
var (
	ErrBusy   = errors.New("a commit broke off: it is ended first, forward or back")
	ErrAbsent = errors.New("will not be there: this transaction moves or removes it")
)

// Begin begins a transaction: it makes the folder that uploads go into. The file gets the journal;
// nil keeps none.
func Begin(ctx context.Context, s *client.Session, h Head, file File) (*Tx, error) {
	t := &Tx{Head: h, progress: progress{phase: Staging}, journal: journal{file: file}}
	t.init()
	if err := h.check(); err != nil {
		return nil, err
	}
	if err := t.journal.begin(h); err != nil {
		return nil, err
	}
	return t, s.Aside(func() error {
		for _, dir := range []string{string(t.Folder), path.Join(string(t.Folder), "new"), path.Join(string(t.Folder), "old")} {
			if _, err := s.Mkdir(ctx, dir); err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
			if dir != string(t.Folder) {
				continue
			}
			if err := s.Chmod(ctx, 0o700, dir); err != nil && client.Refusal(err) == nil { // for nobody else, where the server can
				return err
			}
		}
		return nil
	})
}

func (t *Tx) init() {
	t.saw, t.dirs, t.begun, t.moded = map[string]*facts.Facts{}, map[string]bool{}, map[string]bool{}, map[int]string{}
}

// Rows are the changes that wait.
func (t *Tx) Rows() []Row {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.rows)
}

// Phase is how far it is.
func (t *Tx) Phase() Phase {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.phase
}

// Stage names the file that an upload goes into until the commit: the Stage of a session.
func (t *Tx) Stage(string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	return t.staged(t.last)
}

// Rollback removes what was sent. It can be called again when it fails.
func (t *Tx) Rollback(ctx context.Context, s *client.Session) error {
	switch {
	case t.Phase() != Staging:
		return ErrBusy
	case t.Differs(facts.ServerOf(s)) != "":
		return &StaleError{Why: t.Differs(facts.ServerOf(s))}
	}
	return s.Aside(func() error { return commit{t, s}.leave(ctx) })
}

// leave removes the folder and the lock.
func (c commit) leave(ctx context.Context) error {
	err := trash.Remove(ctx, c.s, string(c.Folder))
	if facts.Missing(err) {
		if _, there, failed := facts.Stands(ctx, c.s, string(c.Folder)); failed == nil && !there {
			err = nil
		}
	}
	if err == nil && c.Lock != "" {
		err = Unlock(ctx, c.s, string(c.Dir))
	}
	return err
}
