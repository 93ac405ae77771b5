package tx

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Hear is the funnel of a session whose changes wait. Those of the files that wait here themselves
// are made.
func (t *Tx) Hear(ctx context.Context, s *client.Session, c client.Change, do func() error) error {
	if t.Phase() != Staging {
		return ErrBusy
	}
	if c.Line != "" {
		return &UnfitError{c.Line}
	}
	h := hearing{t, s}
	path, to := facts.Absolute(s, c.Path), facts.Absolute(s, c.To)
	if n := t.number(path); n > 0 {
		return h.ofStaged(ctx, n, c, do)
	}
	if err := t.fits(c, path, to); err != nil {
		return err
	}
	switch c.Do {
	case client.Delete, client.RemoveTree:
		return h.remove(ctx, path, c.Do == client.RemoveTree)
	case client.Rmdir:
		return h.rmdir(ctx, path)
	case client.Mkdir:
		return h.mkdir(ctx, path)
	case client.Rename:
		return h.move(ctx, path, to)
	case client.Copy:
		return h.copy(ctx, path, to)
	case client.Chmod, client.SetTime:
		return h.adjust(ctx, path, c)
	}
	return &UnfitError{c.String()}
}

// fits refuses what is not about names in the directory of the transaction.
func (h *Head) fits(c client.Change, path, to string) error {
	switch {
	case c.Do == client.Mkdir && facts.Within(string(h.Dir), path):
		return &PathError{path, client.ErrThere}
	case h.leaves(path) || c.To != "" && h.leaves(to):
		return &UnfitError{fmt.Sprintf("%s is not in %s; `begin --in` chooses the directory", c, h.Dir)}
	case facts.Within(path, string(h.Folder)) || facts.Within(to, string(h.Folder)) || path == string(h.Dir):
		return &UnfitError{c.String()}
	}
	return nil
}

// hearing is what a transaction hears from one of the sessions that share it.
type hearing struct {
	*Tx
	s *client.Session
}

// ofStaged makes a change of a file that waits.
func (h hearing) ofStaged(ctx context.Context, n int, c client.Change, do func() error) error {
	switch c.Do {
	case client.Store:
		return h.store(facts.Absolute(h.s, c.Path), c, do)
	case client.Rename:
		return h.put(ctx, n, facts.Absolute(h.s, c.To))
	case client.Chmod:
		err := do()
		if err == nil {
			h.mu.Lock()
			h.moded[n] = fmt.Sprintf("%04o", c.Mode.Perm())
			h.mu.Unlock()
		}
		return err
	}
	return do()
}

// store lets an upload begin. One that is to go on in the middle of a file finds none here.
func (t *Tx) store(name string, c client.Change, do func() error) error {
	t.mu.Lock()
	again := t.begun[name]
	t.begun[name] = true
	t.mu.Unlock()
	if c.Offset > 0 && !again {
		return &UnfitError{fmt.Sprintf("an upload from byte %d on", c.Offset)}
	}
	return do()
}

// look looks what will be under names, and notes what is there now. The rows do not change while it
// asks: a command makes one change after the other for a name.
func (h hearing) look(ctx context.Context, names ...string) ([]*facts.Facts, error) {
	h.mu.Lock()
	spots := make([]spot, len(names))
	var ask []string
	for i, name := range names {
		if spots[i] = h.place(h.rows, name); spots[i].at != "" {
			ask = append(ask, spots[i].at)
		}
	}
	h.mu.Unlock()
	found, err := facts.Each(ctx, h.s, ask...)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*facts.Facts, len(names))
	for i, one := range spots {
		switch all[i] = found[one.at]; {
		case one.made:
			all[i] = &facts.Facts{Type: listing.Dir.String(), Size: -1}
		case one.at == "":
			all[i] = facts.None()
		case h.number(one.at) == 0:
			if err := h.sees(one.at, all[i]); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// sees notes what stands under a name of the server.
func (t *Tx) sees(name string, f *facts.Facts) error {
	if facts.Within(name, string(t.Folder)) {
		return nil
	}
	if before := t.saw[name]; before != nil && *before == *f {
		return nil
	}
	t.saw[name] = f
	return t.journal.add(note{Saw: jsonl.Name(name), Facts: f}, false)
}

// inside sees that a name will be in a directory.
func (h hearing) inside(ctx context.Context, name string) error {
	dir := path.Dir(name)
	h.mu.Lock()
	at := h.place(h.rows, dir)
	known := at.made || h.dirs[at.at] || dir == string(h.Dir)
	h.mu.Unlock()
	if known {
		return nil
	}
	if at.at == "" {
		return &PathError{dir, ErrAbsent}
	}
	e, there, err := facts.Stands(ctx, h.s, at.at)
	switch {
	case err != nil:
		return err
	case !there:
		return &PathError{dir, errors.New("is not there")}
	case e.Type != listing.Dir && e.Type != listing.Link:
		return &PathError{dir, errors.New("is not a directory")}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dirs[at.at] = true
	return nil
}

// absent is the error of a name that is not there: in the words of the server, where it knows.
func (h hearing) absent(ctx context.Context, name string) error {
	h.mu.Lock()
	at := h.place(h.rows, name)
	h.mu.Unlock()
	if at.at != "" {
		if _, err := h.s.Stat(ctx, at.at); err != nil {
			return err
		}
	}
	return &PathError{name, ErrAbsent}
}

// add adds a row.
func (t *Tx) add(r Row) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r)
	return t.journal.add(note{Row: &r}, false)
}

// own is the put that a name comes from, if nothing after it is about that name; -1: none.
func (t *Tx) own(name string) int {
	for i, r := range slices.Backward(t.rows) {
		p := string(r.Path)
		if r.Do == Put && p == name {
			return i
		}
		for _, one := range []string{p, string(r.To)} {
			if one != "" && (facts.Within(one, name) || facts.Within(name, one)) && (r.Do != Mkdir || one == name) {
				return -1
			}
		}
	}
	return -1
}

// put takes an upload that is whole.
func (h hearing) put(ctx context.Context, n int, to string) error {
	if h.leaves(to) || facts.Within(to, string(h.Folder)) || to == string(h.Dir) {
		return &UnfitError{fmt.Sprintf("%s is not in %s; `begin --in` chooses the directory", to, h.Dir)}
	}
	if err := h.inside(ctx, to); err != nil {
		return err
	}
	e, there, err := facts.Stands(ctx, h.s, h.staged(n))
	if err != nil || !there {
		return errors.Join(&PathError{h.staged(n), errors.New("is not there any more")}, err)
	}
	h.mu.Lock()
	r := Row{Do: Put, Path: jsonl.Name(to), Staged: n, Size: max(e.Size, 0), Mode: h.moded[n]}
	h.mu.Unlock()
	return h.stage(ctx, r)
}

// stage adds a put, in place of one of the same name.
func (h hearing) stage(ctx context.Context, r Row) error {
	name := string(r.Path)
	h.mu.Lock()
	if i := h.own(name); i >= 0 {
		before, under := h.rows[i], h.place(h.rows[:i], name).at
		h.mu.Unlock()
		return h.restage(ctx, i, r, before, under)
	}
	h.mu.Unlock()
	now, err := h.look(ctx, name)
	switch {
	case err != nil:
		return err
	case now[0].IsDir():
		return &PathError{name, errors.New("is a directory")}
	case now[0].There():
		r.Over = now[0]
	}
	return h.add(r)
}

// restage puts a row in the place of one of the same name. What stands there is looked at again: who
// puts a file once more has seen it.
func (h hearing) restage(ctx context.Context, i int, r, before Row, under string) error {
	now := map[string]*facts.Facts{}
	if under != "" && h.number(under) == 0 {
		var err error
		if now, err = facts.Each(ctx, h.s, under); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r.Over = before.Over
	if f := now[under]; f != nil {
		if err := h.sees(under, f); err != nil {
			return err
		}
		if r.Over = nil; f.There() {
			r.Over = f
		}
	}
	h.rows[i] = r
	err := h.journal.add(note{Row: &r, At: i + 1}, false)
	if err == nil {
		_ = h.s.Remove(ctx, h.staged(before.Staged)) // else the end does it
	}
	return err
}

// drop takes a row away.
func (t *Tx) drop(i int) error {
	t.rows = slices.Delete(t.rows, i, i+1)
	return t.journal.add(note{Drop: i + 1}, false)
}

func (h hearing) remove(ctx context.Context, name string, tree bool) error {
	now, err := h.look(ctx, name)
	switch {
	case err != nil:
		return err
	case !now[0].There():
		return h.absent(ctx, name)
	case now[0].IsDir() && !tree:
		return &PathError{name, errors.New("is a directory")}
	}
	h.mu.Lock()
	if i := h.own(name); i >= 0 {
		before := h.rows[i]
		err := h.drop(i)
		over := h.place(h.rows, name)
		h.mu.Unlock()
		if err == nil {
			_ = h.s.Remove(ctx, h.staged(before.Staged))
		}
		if err != nil || before.Over == nil || over.at == "" {
			return err
		}
		return h.add(Row{Do: Remove, Path: jsonl.Name(name), Over: before.Over})
	}
	h.mu.Unlock()
	return h.add(Row{Do: Remove, Path: jsonl.Name(name), Over: now[0]})
}

func (h hearing) rmdir(ctx context.Context, name string) error {
	now, err := h.look(ctx, name)
	switch {
	case err != nil:
		return err
	case !now[0].There():
		return h.absent(ctx, name)
	case !now[0].IsDir():
		return &PathError{name, errors.New("is not a directory")}
	}
	h.mu.Lock()
	if last := len(h.rows) - 1; last >= 0 && h.rows[last].Do == Mkdir && string(h.rows[last].Path) == name {
		defer h.mu.Unlock()
		return h.drop(last)
	}
	h.mu.Unlock()
	return h.add(Row{Do: Rmdir, Path: jsonl.Name(name), Over: now[0]})
}

func (h hearing) mkdir(ctx context.Context, name string) error {
	if err := h.inside(ctx, name); err != nil {
		return err
	}
	now, err := h.look(ctx, name)
	switch {
	case err != nil:
		return err
	case now[0].There():
		return &PathError{name, client.ErrThere}
	}
	return h.add(Row{Do: Mkdir, Path: jsonl.Name(name)})
}

func (h hearing) move(ctx context.Context, from, to string) error {
	if err := h.inside(ctx, to); err != nil {
		return err
	}
	now, err := h.look(ctx, from, to)
	switch {
	case err != nil:
		return err
	case !now[0].There():
		return h.absent(ctx, from)
	case now[1].IsDir():
		return &PathError{to, client.ErrThere}
	case facts.Within(to, from):
		return &PathError{to, errors.New("is the same, or inside of it")}
	}
	r := Row{Do: Move, Path: jsonl.Name(from), To: jsonl.Name(to)}
	if now[1].There() {
		r.Over = now[1]
	}
	h.mu.Lock()
	i := h.own(from)
	if i < 0 || h.rows[i].Over != nil {
		h.mu.Unlock()
		return h.add(r)
	}
	put := h.rows[i]
	err = h.drop(i)
	h.mu.Unlock()
	if err != nil {
		return err
	}
	put.Path = jsonl.Name(to)
	return h.stage(ctx, put)
}

// copy copies into a file that waits.
func (h hearing) copy(ctx context.Context, from, to string) error {
	h.mu.Lock()
	at := h.place(h.rows, from)
	h.mu.Unlock()
	if at.at == "" {
		return h.absent(ctx, from)
	}
	staged := h.Stage(to)
	if err := h.s.Copy(ctx, at.at, staged); err != nil {
		return err
	}
	return h.put(ctx, h.number(staged), to)
}

// adjust changes mode or time: of a file that waits at once, of another one when it is known what
// it was, so that there is a way back.
func (h hearing) adjust(ctx context.Context, name string, c client.Change) error {
	now, err := h.look(ctx, name)
	if err != nil {
		return err
	}
	if !now[0].There() {
		return h.absent(ctx, name)
	}
	r := Row{Do: Chmod, Path: jsonl.Name(name), Mode: fmt.Sprintf("%04o", c.Mode.Perm()), Was: now[0].Mode}
	if c.Do == client.SetTime {
		r = Row{Do: Touch, Path: jsonl.Name(name), Time: c.Time.UTC(), WasTime: now[0].Time}
	}
	h.mu.Lock()
	i, at := h.own(name), h.place(h.rows, name)
	h.mu.Unlock()
	switch {
	case i >= 0 && r.Do == Touch:
		return h.s.SetModTime(ctx, at.at, c.Time)
	case i >= 0:
		if err := h.s.Chmod(ctx, c.Mode, at.at); err != nil {
			return err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		put := h.rows[i]
		put.Mode = r.Mode
		h.rows[i] = put
		return h.journal.add(note{Row: &put, At: i + 1}, false)
	case r.Do == Chmod && r.Was == "" && at.at != "":
		if r.Was, err = facts.Mode(ctx, h.s, at.at); err != nil {
			return err
		}
	}
	if r.Do == Chmod && r.Was == "" && !at.made || r.Do == Touch && r.WasTime.IsZero() {
		return &UnfitError{c.String() + ": the server does not say what it is now, so it could not be taken back"}
	}
	return h.add(r)
}

// mode reads an octal number.
func mode(text string) uint64 {
	n, _ := strconv.ParseUint(text, 8, 12)
	return n
}
