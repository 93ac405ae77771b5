package tx

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
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

// Head is whose transaction it is.
type Head struct {
	jsonl.Head
	ID    string    `json:"id"`
	Begun time.Time `json:"begun"`
	facts.Server
	Dir    jsonl.Name `json:"dir"`    // that all names are in
	Folder jsonl.Name `json:"folder"` // for what was sent, and what is replaced
	Lock   jsonl.Name `json:"lock,omitempty"`
}

// Phase is how far a transaction is.
type Phase string

// The phases.
const (
	Staging Phase = "staging" // nothing is visible yet
	Forward Phase = "forward" // the commit is on its way
	Back    Phase = "back"    // it is being taken back
	Tidying Phase = "tidying" // all is done, but for what was replaced
)

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

	phase   Phase
	steps   []Step
	done    []bool // which steps are in effect
	batches [][]int
	tried   int // the batch that was sent last
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

// UnfitError is of a change that no transaction can hold.
type UnfitError struct{ What string }

func (e *UnfitError) Error() string { return "a transaction cannot hold this: " + e.What }

// PathError is of a change that could not be made.
type PathError struct {
	Path string
	Err  error
}

func (e *PathError) Error() string { return e.Path + " " + e.Err.Error() }
func (e *PathError) Unwrap() error { return e.Err }

// NewHead is the head of a transaction that begins now, for what is in a directory.
func NewHead(s *client.Session, dir string, now time.Time) Head {
	var id [4]byte
	rand.Read(id[:])
	h := Head{Head: jsonl.NewHead(kind), ID: hex.EncodeToString(id[:]), Begun: now.UTC().Truncate(time.Second), Server: facts.ServerOf(s), Dir: jsonl.Name(dir)}
	h.Folder = jsonl.Name(path.Join(dir, folderBegins+h.Begun.Format(stamp)+"-"+h.ID))
	return h
}

// Begin begins a transaction: it makes the folder that uploads go into. The file gets the journal;
// nil keeps none.
func Begin(ctx context.Context, s *client.Session, h Head, file File) (*Tx, error) {
	t := &Tx{Head: h, phase: Staging, journal: journal{file: file}}
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

func (t *Tx) staged(n int) string   { return fmt.Sprintf("%s/new/n%04d", t.Folder, n) }
func (t *Tx) replaced(n int) string { return fmt.Sprintf("%s/old/o%04d", t.Folder, n) }

// number is that of a staged file; 0: it is none.
func (t *Tx) number(name string) (n int) {
	rest, is := strings.CutPrefix(name, string(t.Folder)+"/new/n")
	if is {
		_, _ = fmt.Sscanf(rest, "%d", &n)
	}
	return n
}

// Rollback removes what was sent. It can be called again when it fails.
func (t *Tx) Rollback(ctx context.Context, s *client.Session) error {
	switch {
	case t.Phase() != Staging:
		return ErrBusy
	case t.Differs(facts.ServerOf(s)) != "":
		return &StaleError{Why: t.Differs(facts.ServerOf(s))}
	}
	return s.Aside(func() error { return t.leave(ctx, s) })
}

// leave removes the folder and the lock.
func (t *Tx) leave(ctx context.Context, s *client.Session) error {
	err := trash.Remove(ctx, s, string(t.Folder))
	if facts.Missing(err) {
		if _, there, failed := facts.Stands(ctx, s, string(t.Folder)); failed == nil && !there {
			err = nil
		}
	}
	if err == nil && t.Lock != "" {
		err = Unlock(ctx, s, string(t.Dir))
	}
	return err
}
