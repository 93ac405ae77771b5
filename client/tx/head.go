package tx

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
)

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

// NewHead is the head of a transaction that begins now, for what is in a directory.
func NewHead(s *client.Session, dir string, now time.Time) Head {
	var id [4]byte
	rand.Read(id[:])
	h := Head{Head: jsonl.NewHead(kind), ID: hex.EncodeToString(id[:]), Begun: now.UTC().Truncate(time.Second), Server: facts.ServerOf(s), Dir: jsonl.Name(dir)}
	h.Folder = jsonl.Name(path.Join(dir, folderBegins+h.Begun.Format(stamp)+"-"+h.ID))
	return h
}

func (h *Head) staged(n int) string   { return fmt.Sprintf("%s/new/n%04d", h.Folder, n) }
func (h *Head) replaced(n int) string { return fmt.Sprintf("%s/old/o%04d", h.Folder, n) }

// number is that of a staged file; 0: it is none.
func (h *Head) number(name string) (n int) {
	rest, is := strings.CutPrefix(name, string(h.Folder)+"/new/n")
	if is {
		_, _ = fmt.Sscanf(rest, "%d", &n)
	}
	return n
}

// spot is where something is now that will have a name.
type spot struct {
	at   string // "": nothing will be there, unless it is made
	made bool   // a directory that is to be made
}

// place is the spot of a name after some rows.
func (h *Head) place(rows []Row, name string) spot {
	for _, r := range slices.Backward(rows) {
		p := string(r.Path)
		switch r.Do {
		case Put, Mkdir:
			if !facts.Within(name, p) {
				continue
			}
			switch {
			case name != p:
				return spot{}
			case r.Do == Mkdir:
				return spot{made: true}
			}
			return spot{at: h.staged(r.Staged)}
		case Move:
			if facts.Within(name, string(r.To)) {
				name = p + name[len(r.To):]
			} else if facts.Within(name, p) {
				return spot{}
			}
		case Remove, Rmdir:
			if facts.Within(name, p) {
				return spot{}
			}
		}
	}
	return spot{at: name}
}

// check refuses a head that leads elsewhere.
func (h Head) check() error {
	switch dir, staging := string(h.Dir), string(h.Folder); {
	case !path.IsAbs(dir) || path.Clean(dir) != dir:
		return fmt.Errorf("%q is not a directory from the root", dir)
	case path.Clean(staging) != staging || path.Dir(staging) != dir || !strings.HasPrefix(path.Base(staging), folderBegins):
		return fmt.Errorf("%q is not a folder for a transaction in %q", staging, dir)
	case h.Lock != "" && string(h.Lock) != path.Join(dir, LockName):
		return fmt.Errorf("%q is not a lock of %q", h.Lock, dir)
	}
	return nil
}

// leaves reports whether a name is not in the directory of the transaction.
func (h *Head) leaves(name string) bool {
	return path.Clean(name) != name || !facts.Within(name, string(h.Dir))
}

// checkRow refuses a row that this program does not know, or that leads elsewhere.
func (h *Head) checkRow(r Row) error {
	switch {
	case !slices.Contains(deeds, r.Do):
		return fmt.Errorf("%q is nothing that this program does", r.Do)
	case h.leaves(string(r.Path)) || r.To != "" && h.leaves(string(r.To)):
		return fmt.Errorf("%q is not in %q", r.Path+r.To, h.Dir)
	case (r.Do == Move) != (r.To != "") || (r.Do == Put) != (r.Staged > 0) || r.Size < 0:
		return fmt.Errorf("%s does not fit the rest of its row", r.Do)
	}
	return nil
}

// checkStep does the same for a step.
func (h *Head) checkStep(s Step) error {
	switch {
	case !slices.Contains([]Do{Move, Mkdir, Rmdir, Chmod, Touch}, s.Do):
		return fmt.Errorf("%q is not a step", s.Do)
	case h.leaves(string(s.From)) || s.To != "" && h.leaves(string(s.To)) || (s.Do == Move) != (s.To != ""):
		return fmt.Errorf("%q is not in %q", s.From+s.To, h.Dir)
	case s.Do == Move && s.Is == nil:
		return errors.New("the step does not say what is moved")
	case s.Over != nil && (s.Do != Move || h.number(string(s.From)) == 0):
		return errors.New("only what was uploaded replaces a file at once")
	}
	return nil
}
