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
	path, to := facts.Absolute(s, c.Path), facts.Absolute(s, c.To)
	n := t.number(path)
	switch {
	case c.Line != "":
		return &UnfitError{c.Line}
	case c.Do == client.Store && n > 0:
		return t.store(path, c, do)
	case c.Do == client.Rename && n > 0:
		return t.put(ctx, s, n, to)
	case n > 0 && c.Do == client.Chmod:
		err := do()
		if err == nil {
			t.mu.Lock()
			t.moded[n] = fmt.Sprintf("%04o", c.Mode.Perm())
			t.mu.Unlock()
		}
		return err
	case n > 0:
		return do()
	case c.Do == client.Mkdir && facts.Within(string(t.Dir), path):
		return &PathError{path, client.ErrThere}
	case t.leaves(path) || c.To != "" && t.leaves(to):
		return &UnfitError{fmt.Sprintf("%s is not in %s; `begin --in` chooses the directory", c, t.Dir)}
	case facts.Within(path, string(t.Folder)) || facts.Within(to, string(t.Folder)) || path == string(t.Dir):
		return &UnfitError{c.String()}
	}
	switch c.Do {
	case client.Delete, client.RemoveTree:
		return t.remove(ctx, s, path, c.Do == client.RemoveTree)
	case client.Rmdir:
		return t.rmdir(ctx, s, path)
	case client.Mkdir:
		return t.mkdir(ctx, s, path)
	case client.Rename:
		return t.move(ctx, s, path, to)
	case client.Copy:
		return t.copy(ctx, s, path, to)
	case client.Chmod, client.SetTime:
		return t.adjust(ctx, s, path, c)
	}
	return &UnfitError{c.String()}
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

// spot is where something is now that will have a name.
type spot struct {
	at   string // "": nothing will be there, unless it is made
	made bool   // a directory that is to be made
}

// place is the spot of a name after some rows.
func (t *Tx) place(rows []Row, name string) spot {
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
			return spot{at: t.staged(r.Staged)}
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

// look looks what will be under names, and notes what is there now. The rows do not change while it
// asks: a command makes one change after the other for a name.
func (t *Tx) look(ctx context.Context, s *client.Session, names ...string) ([]*facts.Facts, error) {
	t.mu.Lock()
	spots := make([]spot, len(names))
	var ask []string
	for i, name := range names {
		if spots[i] = t.place(t.rows, name); spots[i].at != "" {
			ask = append(ask, spots[i].at)
		}
	}
	t.mu.Unlock()
	found, err := facts.Each(ctx, s, ask...)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]*facts.Facts, len(names))
	for i, one := range spots {
		switch all[i] = found[one.at]; {
		case one.made:
			all[i] = &facts.Facts{Type: listing.Dir.String(), Size: -1}
		case one.at == "":
			all[i] = facts.None()
		case t.number(one.at) == 0:
			if err := t.sees(one.at, all[i]); err != nil {
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
func (t *Tx) inside(ctx context.Context, s *client.Session, name string) error {
	dir := path.Dir(name)
	t.mu.Lock()
	at := t.place(t.rows, dir)
	known := at.made || t.dirs[at.at] || dir == string(t.Dir)
	t.mu.Unlock()
	if known {
		return nil
	}
	if at.at == "" {
		return &PathError{dir, ErrAbsent}
	}
	e, there, err := facts.Stands(ctx, s, at.at)
	switch {
	case err != nil:
		return err
	case !there:
		return &PathError{dir, errors.New("is not there")}
	case e.Type != listing.Dir && e.Type != listing.Link:
		return &PathError{dir, errors.New("is not a directory")}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirs[at.at] = true
	return nil
}

// absent is the error of a name that is not there: in the words of the server, where it knows.
func (t *Tx) absent(ctx context.Context, s *client.Session, name string) error {
	t.mu.Lock()
	at := t.place(t.rows, name)
	t.mu.Unlock()
	if at.at != "" {
		if _, err := s.Stat(ctx, at.at); err != nil {
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
func (t *Tx) put(ctx context.Context, s *client.Session, n int, to string) error {
	if t.leaves(to) || facts.Within(to, string(t.Folder)) || to == string(t.Dir) {
		return &UnfitError{fmt.Sprintf("%s is not in %s; `begin --in` chooses the directory", to, t.Dir)}
	}
	if err := t.inside(ctx, s, to); err != nil {
		return err
	}
	e, there, err := facts.Stands(ctx, s, t.staged(n))
	if err != nil || !there {
		return errors.Join(&PathError{t.staged(n), errors.New("is not there any more")}, err)
	}
	t.mu.Lock()
	r := Row{Do: Put, Path: jsonl.Name(to), Staged: n, Size: max(e.Size, 0), Mode: t.moded[n]}
	t.mu.Unlock()
	return t.stage(ctx, s, r)
}

// stage adds a put, in place of one of the same name.
func (t *Tx) stage(ctx context.Context, s *client.Session, r Row) error {
	name := string(r.Path)
	t.mu.Lock()
	if i := t.own(name); i >= 0 {
		before, under := t.rows[i], t.place(t.rows[:i], name).at
		t.mu.Unlock()
		return t.restage(ctx, s, i, r, before, under)
	}
	t.mu.Unlock()
	now, err := t.look(ctx, s, name)
	switch {
	case err != nil:
		return err
	case now[0].IsDir():
		return &PathError{name, errors.New("is a directory")}
	case now[0].There():
		r.Over = now[0]
	}
	return t.add(r)
}

// restage puts a row in the place of one of the same name. What stands there is looked at again: who
// puts a file once more has seen it.
func (t *Tx) restage(ctx context.Context, s *client.Session, i int, r, before Row, under string) error {
	now := map[string]*facts.Facts{}
	if under != "" && t.number(under) == 0 {
		var err error
		if now, err = facts.Each(ctx, s, under); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Over = before.Over
	if f := now[under]; f != nil {
		if err := t.sees(under, f); err != nil {
			return err
		}
		if r.Over = nil; f.There() {
			r.Over = f
		}
	}
	t.rows[i] = r
	err := t.journal.add(note{Row: &r, At: i + 1}, false)
	if err == nil {
		_ = s.Remove(ctx, t.staged(before.Staged)) // else the end does it
	}
	return err
}

// drop takes a row away.
func (t *Tx) drop(i int) error {
	t.rows = slices.Delete(t.rows, i, i+1)
	return t.journal.add(note{Drop: i + 1}, false)
}

func (t *Tx) remove(ctx context.Context, s *client.Session, name string, tree bool) error {
	now, err := t.look(ctx, s, name)
	switch {
	case err != nil:
		return err
	case !now[0].There():
		return t.absent(ctx, s, name)
	case now[0].IsDir() && !tree:
		return &PathError{name, errors.New("is a directory")}
	}
	t.mu.Lock()
	if i := t.own(name); i >= 0 {
		before := t.rows[i]
		err := t.drop(i)
		over := t.place(t.rows, name)
		t.mu.Unlock()
		if err == nil {
			_ = s.Remove(ctx, t.staged(before.Staged))
		}
		if err != nil || before.Over == nil || over.at == "" {
			return err
		}
		return t.add(Row{Do: Remove, Path: jsonl.Name(name), Over: before.Over})
	}
	t.mu.Unlock()
	return t.add(Row{Do: Remove, Path: jsonl.Name(name), Over: now[0]})
}

func (t *Tx) rmdir(ctx context.Context, s *client.Session, name string) error {
	now, err := t.look(ctx, s, name)
	switch {
	case err != nil:
		return err
	case !now[0].There():
		return t.absent(ctx, s, name)
	case !now[0].IsDir():
		return &PathError{name, errors.New("is not a directory")}
	}
	t.mu.Lock()
	if last := len(t.rows) - 1; last >= 0 && t.rows[last].Do == Mkdir && string(t.rows[last].Path) == name {
		defer t.mu.Unlock()
		return t.drop(last)
	}
	t.mu.Unlock()
	return t.add(Row{Do: Rmdir, Path: jsonl.Name(name), Over: now[0]})
}

func (t *Tx) mkdir(ctx context.Context, s *client.Session, name string) error {
	if err := t.inside(ctx, s, name); err != nil {
		return err
	}
	now, err := t.look(ctx, s, name)
	switch {
	case err != nil:
		return err
	case now[0].There():
		return &PathError{name, client.ErrThere}
	}
	return t.add(Row{Do: Mkdir, Path: jsonl.Name(name)})
}

func (t *Tx) move(ctx context.Context, s *client.Session, from, to string) error {
	if err := t.inside(ctx, s, to); err != nil {
		return err
	}
	now, err := t.look(ctx, s, from, to)
	switch {
	case err != nil:
		return err
	case !now[0].There():
		return t.absent(ctx, s, from)
	case now[1].IsDir():
		return &PathError{to, client.ErrThere}
	case facts.Within(to, from):
		return &PathError{to, errors.New("is the same, or inside of it")}
	}
	r := Row{Do: Move, Path: jsonl.Name(from), To: jsonl.Name(to)}
	if now[1].There() {
		r.Over = now[1]
	}
	t.mu.Lock()
	i := t.own(from)
	if i < 0 || t.rows[i].Over != nil {
		t.mu.Unlock()
		return t.add(r)
	}
	put := t.rows[i]
	err = t.drop(i)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	put.Path = jsonl.Name(to)
	return t.stage(ctx, s, put)
}

// copy copies into a file that waits.
func (t *Tx) copy(ctx context.Context, s *client.Session, from, to string) error {
	t.mu.Lock()
	at := t.place(t.rows, from)
	t.mu.Unlock()
	if at.at == "" {
		return t.absent(ctx, s, from)
	}
	staged := t.Stage(to)
	if err := s.Copy(ctx, at.at, staged); err != nil {
		return err
	}
	return t.put(ctx, s, t.number(staged), to)
}

// adjust changes mode or time: of a file that waits at once, of another one when it is known what
// it was, so that there is a way back.
func (t *Tx) adjust(ctx context.Context, s *client.Session, name string, c client.Change) error {
	now, err := t.look(ctx, s, name)
	if err != nil {
		return err
	}
	if !now[0].There() {
		return t.absent(ctx, s, name)
	}
	r := Row{Do: Chmod, Path: jsonl.Name(name), Mode: fmt.Sprintf("%04o", c.Mode.Perm()), Was: now[0].Mode}
	if c.Do == client.SetTime {
		r = Row{Do: Touch, Path: jsonl.Name(name), Time: c.Time.UTC(), WasTime: now[0].Time}
	}
	t.mu.Lock()
	i, at := t.own(name), t.place(t.rows, name)
	t.mu.Unlock()
	switch {
	case i >= 0 && r.Do == Touch:
		return s.SetModTime(ctx, at.at, c.Time)
	case i >= 0:
		if err := s.Chmod(ctx, c.Mode, at.at); err != nil {
			return err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		put := t.rows[i]
		put.Mode = r.Mode
		t.rows[i] = put
		return t.journal.add(note{Row: &put, At: i + 1}, false)
	case r.Do == Chmod && r.Was == "" && at.at != "":
		if r.Was, err = facts.Mode(ctx, s, at.at); err != nil {
			return err
		}
	}
	if r.Do == Chmod && r.Was == "" && !at.made || r.Do == Touch && r.WasTime.IsZero() {
		return &UnfitError{c.String() + ": the server does not say what it is now, so that there is no way back"}
	}
	return t.add(r)
}

// mode reads an octal number.
func mode(text string) uint64 {
	n, _ := strconv.ParseUint(text, 8, 12)
	return n
}
