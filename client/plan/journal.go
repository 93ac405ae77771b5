package plan

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/ftpsh/ftpsh/client/jsonl"
)

// Journal is what was done of a plan, in a file beside it: a row is noted before it is begun, and
// when it is done.
type Journal struct {
	mu    sync.Mutex // for what follows: rows are done side by side
	file  *os.File   // nil: in memory alone
	begun map[int]bool
	done  map[int]bool
}

type journalHead struct {
	jsonl.Head
	ID string `json:"id"` // of the plan
}

type journalRow struct {
	N    int  `json:"n"`
	Done bool `json:"done"`
}

const journalKind = "ftpsh-plan-done"

// JournalError is of a journal that cannot be written: nothing more is done then.
type JournalError struct{ Err error }

func (e *JournalError) Error() string { return "the journal of the plan: " + e.Err.Error() }
func (e *JournalError) Unwrap() error { return e.Err }

// OpenJournal opens the journal of a plan; "" keeps it in memory. One of another plan is refused.
func OpenJournal(path string, p *Plan) (*Journal, error) {
	j := &Journal{begun: map[int]bool{}, done: map[int]bool{}}
	if path == "" {
		return j, nil
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() { // nor a link, which may lead anywhere
		return nil, &jsonl.Error{Name: path, Err: errors.New("is not a plain file")}
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	whole, err := j.read(file, path, p)
	if err == nil && whole == 0 {
		err = jsonl.Encode(file, journalHead{jsonl.NewHead(journalKind), p.ID})
	} else if err == nil {
		err = file.Truncate(whole) // a line that was cut as the computer stopped
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	j.file = file
	return j, nil
}

// read takes in the journal, and returns how much of it is whole lines.
func (j *Journal) read(file *os.File, path string, p *Plan) (whole int64, err error) {
	text, err := io.ReadAll(io.LimitReader(file, mostBytes))
	if err != nil {
		return 0, err
	}
	for whole = int64(len(text)); whole > 0 && text[whole-1] != '\n'; whole-- {
	}
	switch {
	case whole == 0 && len(text) > 0:
		return 0, &jsonl.Error{Name: path, Line: 1, Err: errors.New("it is not the journal of a plan")}
	case whole == 0:
		return 0, nil
	}
	var head journalHead
	err = jsonl.Read(io.NewSectionReader(file, 0, whole), path, journalKind, &head, func(_ int, line []byte) error {
		if head.ID != p.ID {
			return errors.New("it is the journal of another plan")
		}
		var row journalRow
		if err := jsonl.Decode(line, &row); err != nil {
			return err
		}
		if row.N < 1 || row.N > len(p.Rows) {
			return fmt.Errorf("the plan has no row %d", row.N)
		}
		j.begun[row.N], j.done[row.N] = true, j.done[row.N] || row.Done
		return nil
	})
	if err == nil && head.ID != p.ID {
		err = &jsonl.Error{Name: path, Line: 1, Err: errors.New("it is the journal of another plan")}
	}
	return whole, err
}

// Exists reports whether a plan has been begun.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Done reports whether a row was done.
func (j *Journal) Done(n int) bool { return j.done[n] }

// Begun reports whether a row was begun.
func (j *Journal) Begun(n int) bool { return j.begun[n] }

func (j *Journal) note(n int, done bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.begun[n], j.done[n] = true, done
	if j.file == nil {
		return nil
	}
	if err := jsonl.Encode(j.file, journalRow{n, done}); err != nil {
		return &JournalError{err}
	}
	return nil
}

// Whole reports whether all rows were done.
func (j *Journal) Whole(p *Plan) bool {
	return !slices.ContainsFunc(p.Rows, func(r Row) bool { return !j.done[r.N] })
}

// Close closes the file. One of a plan that was not begun does not stay.
func (j *Journal) Close() error {
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	if len(j.begun) == 0 {
		err = errors.Join(err, os.Remove(j.file.Name()))
	}
	return err
}
