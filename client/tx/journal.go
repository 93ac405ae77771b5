package tx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
)

// File is where a journal is kept. It is read from its beginning and written at its end.
type File interface {
	io.Reader
	io.Writer
	Sync() error
	Truncate(size int64) error
}

const kind = "ftpsh-tx"

// note is one line of a journal: one of its fields says what happened.
type note struct {
	Row     *Row         `json:"row,omitempty"`  // a row came
	At      int          `json:"at,omitempty"`   // in place of the row of this number
	Drop    int          `json:"drop,omitempty"` // the row of this number went
	Saw     jsonl.Name   `json:"saw,omitempty"`  // what stood under a name
	Facts   *facts.Facts `json:"facts,omitempty"`
	Step    *Step        `json:"step,omitempty"`   // a step of the commit
	Phase   Phase        `json:"phase,omitempty"`  // what the transaction does from here on
	Try     int          `json:"try,omitempty"`    // the batch of this number is sent now
	Done    []int        `json:"done,omitempty"`   // steps that have been taken
	Undone  []int        `json:"undone,omitempty"` // steps that have been taken back
	Checked bool         `json:"checked,omitempty"`
}

// line is a note with the checksum of all that the file has up to it.
type line struct {
	Sum  string          `json:"sum"`
	Note json.RawMessage `json:"note"`
}

// JournalError is of a journal that cannot be written: nothing more is done then.
type JournalError struct{ Err error }

func (e *JournalError) Error() string { return "the journal of the transaction: " + e.Err.Error() }
func (e *JournalError) Unwrap() error { return e.Err }

// journal writes notes. Without a file it keeps none.
type journal struct {
	file File
	sum  []byte
}

// add writes a note; with sync it is on the disk when add returns.
func (j *journal) add(n note, sync bool) error {
	if j.file == nil {
		return nil
	}
	text, err := json.Marshal(n)
	if err == nil {
		j.sum = chained(j.sum, text)
		err = jsonl.Encode(j.file, line{hex.EncodeToString(j.sum), text})
	}
	if err == nil && sync {
		err = j.file.Sync()
	}
	if err != nil {
		return &JournalError{err}
	}
	return nil
}

// chained is the checksum of a line and of all before it.
func chained(before, text []byte) []byte {
	sum := sha256.New()
	sum.Write(before)
	sum.Write(text)
	return sum.Sum(nil)[:16]
}

// begin writes the head.
func (j *journal) begin(h Head) error {
	if j.file == nil {
		return nil
	}
	text, err := json.Marshal(h)
	if err == nil {
		j.sum = chained(nil, text)
		err = jsonl.Encode(j.file, h)
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return &JournalError{err}
	}
	return nil
}

// mostBytes is how much of a journal is read.
const mostBytes = 1 << 30

// Open reads the journal of a transaction that was begun and has not ended. A line that was cut as
// this computer stopped is left out, and taken off the file: what it says was never done. Anything
// else that is wrong is an error with its line, and the file stays as it is.
func Open(file File, name string) (*Tx, error) {
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err != nil {
		return nil, err
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	t, err := read(text[:whole], name)
	if err != nil {
		return nil, err
	}
	if whole < len(text) {
		if err := file.Truncate(int64(whole)); err != nil {
			return nil, &JournalError{err}
		}
	}
	t.journal.file = file
	return t, nil
}

func read(text []byte, name string) (*Tx, error) {
	if len(text) > mostBytes {
		return nil, &jsonl.Error{Name: name, Err: fmt.Errorf("more than %d bytes", mostBytes)}
	}
	t := &Tx{progress: progress{phase: Staging}}
	t.init()
	err := jsonl.Read(bytes.NewReader(text), name, kind, &t.Head, func(n int, text []byte) error {
		if n == 2 {
			if err := t.Head.check(); err != nil {
				return fmt.Errorf("line 1: %w", err)
			}
			t.journal.start(t.Head)
		}
		one, err := t.journal.read(text)
		if err != nil {
			return err
		}
		return t.replay(one)
	})
	if err != nil {
		return nil, err
	}
	if err := t.Head.check(); err != nil {
		return nil, &jsonl.Error{Name: name, Line: 1, Err: err}
	}
	if t.journal.sum == nil {
		t.journal.start(t.Head)
	}
	return t, nil
}

// start begins the checksum of a journal that is read.
func (j *journal) start(h Head) {
	head, _ := json.Marshal(h)
	j.sum = chained(nil, head)
}

// read reads a line that has not been changed.
func (j *journal) read(text []byte) (n note, err error) {
	var l line
	if err := jsonl.Decode(text, &l); err != nil {
		return n, err
	}
	if j.sum = chained(j.sum, l.Note); hex.EncodeToString(j.sum) != l.Sum {
		return n, errors.New("the journal was changed: its checksum is another one here")
	}
	return n, jsonl.Decode(l.Note, &n)
}

// ReadHead reads the first line of a journal: whose it is.
func ReadHead(r io.Reader, name string) (Head, error) {
	var h Head
	err := jsonl.Read(io.LimitReader(r, 1<<16), name, kind, &h, func(int, []byte) error { return errHead })
	if errors.Is(err, errHead) {
		err = nil
	}
	if err == nil {
		if wrong := h.check(); wrong != nil {
			err = &jsonl.Error{Name: name, Line: 1, Err: wrong}
		}
	}
	return h, err
}

var errHead = errors.New("only the head is read")

// replay does to the transaction what a line says.
func (t *Tx) replay(n note) error {
	switch {
	case n.Row != nil:
		return t.replayRow(*n.Row, n.At)
	case n.Drop != 0:
		if n.Drop < 1 || n.Drop > len(t.rows) {
			return fmt.Errorf("row %d does not exist", n.Drop)
		}
		t.rows = slices.Delete(t.rows, n.Drop-1, n.Drop)
	case n.Saw != "":
		if n.Facts == nil || t.leaves(string(n.Saw)) {
			return fmt.Errorf("%q is not in %q", n.Saw, t.Dir)
		}
		t.saw[string(n.Saw)] = n.Facts
	case n.Step != nil:
		if t.phase != Staging {
			return errors.New("a step comes after the first that was taken")
		}
		if err := t.checkStep(*n.Step); err != nil {
			return err
		}
		t.steps = append(t.steps, *n.Step)
	case n.Phase != "":
		return t.enter(n.Phase)
	case n.Try != 0:
		if n.Try < 1 || n.Try > len(t.batches) {
			return fmt.Errorf("there is no batch %d", n.Try)
		}
		t.tried = n.Try
	case n.Checked:
	default:
		return t.mark(n)
	}
	return nil
}

// replayRow adds a row, or puts it in the place of the row of a number.
func (t *Tx) replayRow(r Row, at int) error {
	if at < 0 || at > len(t.rows) {
		return fmt.Errorf("row %d does not exist", at)
	}
	if err := t.checkRow(r); err != nil {
		return err
	}
	if at == 0 {
		t.rows = append(t.rows, r)
	} else {
		t.rows[at-1] = r
	}
	t.last = max(t.last, r.Staged)
	return nil
}
