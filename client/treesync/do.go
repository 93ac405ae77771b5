package treesync

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// How much is moved before the copies get their names.
const (
	mostFiles = 500
	mostBytes = 256 << 20
)

// errMeanwhile is of a path that was changed while it was copied, or just before it was deleted: it
// is left as it is, and the next run sees to it.
var errMeanwhile = errors.New("was changed meanwhile; the next run sees to it")

// Idle reports whether there is nothing to do, and nothing to note.
func (y *Sync) Idle() bool {
	return !slices.ContainsFunc(y.Steps, func(s Step) bool { return s.Action != Conflict }) && len(y.agreed)+len(y.forgotten)+len(y.trees[0].left)+len(y.trees[1].left) == 0 && !y.Archive.Made.IsZero()
}

// Do carries out what Look has found. Failures of single steps are told to Tell; the error says why
// the whole stopped. A row of the archive changes only when its step is proved.
func (y *Sync) Do(ctx context.Context) (err error) {
	d := &doer{Sync: y}
	if err := d.begin(ctx); err != nil {
		return err
	}
	defer func() {
		d.root.Close()
		if failed := y.Save(); err == nil {
			err = failed
		}
	}()
	for _, does := range []func(context.Context) error{
		d.agree, d.early, d.mkdirs, d.renameAll, d.copies(Get), d.copies(Put), d.late,
	} {
		if err := does(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	y.Archive.Made = y.now().UTC().Truncate(time.Second)
	return nil
}

// doer carries out the steps of a sync.
type doer struct {
	*Sync
	rows   recorder
	root   *os.Root // of the tree here
	number int      // of names for the meantime
}

// begin makes the roots, and removes what a run has left that broke off.
func (d *doer) begin(ctx context.Context) (err error) {
	if d.trees[0].missing {
		err = d.Here.MkdirAll(d.Local)
	}
	if d.trees[1].missing && err == nil {
		err = d.Session.MkdirAll(ctx, d.Remote)
	}
	if err != nil {
		return err
	}
	if d.root, err = d.Here.OpenRoot(d.Local); err != nil {
		return err
	}
	for _, name := range d.trees[0].left {
		_ = d.root.RemoveAll(filepath.FromSlash(name))
	}
	for _, name := range d.trees[1].left {
		d.forget(ctx, name)
	}
	d.trees[0].left, d.trees[1].left = nil, nil
	d.rows = recorder{Options: &d.Options, root: d.root, saved: d.now()}
	if d.Archive.Made.IsZero() {
		return d.Save() // with the ID in it that names of the meantime have
	}
	return nil
}

// agree writes the rows of what needs nothing else.
func (d *doer) agree(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(d.agreed)) {
		err := d.rows.record(ctx, name, d.trees[0].at(name), d.trees[1].at(name))
		if err != nil && !errors.Is(err, errMeanwhile) {
			return err
		}
	}
	for _, name := range d.forgotten {
		delete(d.Archive.Rows, name)
	}
	return nil
}

func (d *doer) each(ctx context.Context, wanted func(Step) bool, do func(Step) error) error {
	for _, step := range d.Steps {
		if !wanted(step) {
			continue
		}
		err := do(step)
		d.tell(step, err)
		if d.stops(ctx, err) {
			return err
		}
	}
	return nil
}

func (d *doer) mkdirs(ctx context.Context) error {
	return d.each(ctx, func(s Step) bool { return s.Action == MkdirHere || s.Action == MkdirThere }, func(step Step) (err error) {
		if step.Action == MkdirThere {
			err = d.mkdirThere(ctx, step.Path)
		} else if err = d.root.Mkdir(filepath.FromSlash(step.Path), 0o777); errors.Is(err, fs.ErrExist) && d.Here.IsDir(d.here(step.Path)) {
			err = nil
		}
		if err != nil {
			return err
		}
		return d.rows.record(ctx, step.Path, Side{Type: dir}, Side{Type: dir})
	})
}

func (d *doer) renameAll(ctx context.Context) error {
	return d.each(ctx, func(s Step) bool { return s.Action == RenameHere || s.Action == RenameThere }, func(step Step) error {
		if step.Action == RenameHere {
			return d.renameHere(ctx, step)
		}
		return d.renameThere(ctx, step)
	})
}

func (d *doer) renameHere(ctx context.Context, step Step) error {
	from, err := lookHere(d.root, step.Path)
	if err != nil {
		return err
	}
	to, err := lookHere(d.root, step.To)
	if err != nil || to.there() || from != d.trees[0].at(step.Path) {
		return cmp.Or(err, errMeanwhile)
	}
	if err := d.root.Rename(filepath.FromSlash(step.Path), filepath.FromSlash(step.To)); err != nil {
		return err
	}
	return d.renamed(ctx, step, from, d.trees[1].at(step.To))
}

func (d *doer) renameThere(ctx context.Context, step Step) error {
	now, err := d.ask(ctx, []string{step.Path, step.To})
	if err != nil {
		return err
	}
	if now[step.To].there() || !d.trees[1].at(step.Path).same(now[step.Path]) {
		return errMeanwhile
	}
	if err := d.Session.Rename(ctx, d.there(step.Path), d.there(step.To)); err != nil {
		return err
	}
	if now, err = d.ask(ctx, []string{step.To}); err != nil {
		return err
	}
	return d.renamed(ctx, step, d.trees[0].at(step.To), now[step.To])
}

func (d *doer) renamed(ctx context.Context, step Step, here, there Side) error {
	if here.Type != file || there.Type != file || here.Size != there.Size {
		return errMeanwhile
	}
	delete(d.Archive.Rows, step.Path)
	return d.rows.record(ctx, step.To, here, there)
}
