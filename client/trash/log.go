package trash

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/ftpsh/ftpsh/client/jsonl"
)

// Log is the list of groups that can be taken back, in a file here.
type Log struct {
	Path   string // "": in memory alone
	Open   func(path string) (*os.File, error)
	Locked func(path string, change func() error) error // nobody else changes the file meanwhile
	Write  func(path string, text []byte) error         // in place of what is there, whole or not at all

	all []*Group
}

const (
	logKind = "ftpsh-undo"
	kept    = 100 // groups
)

// Groups are all groups, the oldest first.
func (l *Log) Groups() ([]*Group, error) {
	if l.Path == "" {
		return l.all, nil
	}
	file, err := l.Open(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []*Group
	err = jsonl.Read(file, l.Path, logKind, nil, func(_ int, line []byte) error {
		g := &Group{}
		all = append(all, g)
		return jsonl.Decode(line, g)
	})
	return all, err
}

// Change reads the groups, and writes what f makes of them; nobody else does that meanwhile.
func (l *Log) Change(f func([]*Group) []*Group) error {
	if l.Path == "" {
		l.all = last(f(l.all))
		return nil
	}
	return l.Locked(l.Path, func() error {
		all, err := l.Groups()
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := jsonl.Encode(&text, jsonl.NewHead(logKind)); err != nil {
			return err
		}
		for _, g := range last(f(all)) {
			if err := jsonl.Encode(&text, g); err != nil {
				return err
			}
		}
		return l.Write(l.Path, text.Bytes())
	})
}

func last(all []*Group) []*Group { return all[max(0, len(all)-kept):] }

// Undoable is the newest group that can be taken back, or nil.
func Undoable(all []*Group) *Group {
	for i := len(all) - 1; i >= 0; i-- {
		if g := all[i]; !g.Undone && g.Undoes == "" {
			return g
		}
	}
	return nil
}

// Redoable is the group that took the last one back, and that one, if nothing was changed since.
func Redoable(all []*Group) (undo, undone *Group) {
	for i := len(all) - 1; i >= 0; i-- {
		g := all[i]
		switch {
		case g.Undoes != "" && g.Undone:
		case g.Undoes == "" && g.Undone:
		case g.Undoes == "":
			return nil, nil // a change since
		default:
			for _, of := range all {
				if of.ID == g.Undoes {
					return g, of
				}
			}
			return nil, nil
		}
	}
	return nil, nil
}
