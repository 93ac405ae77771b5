package treesync

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

func (d *doer) early(ctx context.Context) error {
	return d.deletions(ctx, func(s Step) bool { return s.early })
}

func (d *doer) late(ctx context.Context) error {
	return d.deletions(ctx, func(s Step) bool { return !s.early })
}

// deletions deletes files, and then directories from the innermost on.
func (d *doer) deletions(ctx context.Context, wanted func(Step) bool) error {
	var files, dirs []Step
	for _, step := range d.Steps {
		switch {
		case step.Action != DeleteHere && step.Action != DeleteThere || !wanted(step):
		case step.Dir:
			dirs = append(dirs, step)
		default:
			files = append(files, step)
		}
	}
	slices.SortFunc(dirs, func(a, b Step) int { return strings.Compare(b.Path, a.Path) })
	for some := range slices.Chunk(files, mostFiles) {
		if err := d.deleteFiles(ctx, some); err != nil {
			return err
		}
	}
	for _, step := range dirs {
		err := d.rmdir(ctx, step)
		d.tell(step, err)
		if d.stops(ctx, err) {
			return err
		}
	}
	return nil
}

// deleteFiles deletes files that are still as they were listed.
func (d *doer) deleteFiles(ctx context.Context, some []Step) error {
	var there []string
	for _, step := range some {
		if step.Action == DeleteThere {
			there = append(there, step.Path)
		}
	}
	now, err := d.ask(ctx, there)
	if err != nil {
		return err
	}
	for _, step := range some {
		side, forget := 0, true
		if step.Action == DeleteThere {
			side, err = 1, d.removeThere(ctx, step.Path, now[step.Path])
			forget = now[step.Path].there() // a server that only refuses to tell looks the same: the next run sees it
		} else {
			err = d.removeHere(step.Path)
		}
		if err == nil && forget {
			delete(d.Archive.Rows, step.Path)
			d.trees[side].remove(step.Path)
		}
		d.tell(step, err)
		if d.stops(ctx, err) {
			return err
		}
	}
	return nil
}

func (d *doer) removeThere(ctx context.Context, name string, now Side) error {
	switch {
	case !now.there():
		return nil // somebody was faster
	case !d.trees[1].at(name).same(now):
		return errMeanwhile
	}
	return d.Session.Remove(ctx, d.there(name))
}

func (d *doer) removeHere(name string) error {
	now, err := lookHere(d.root, name)
	switch {
	case err != nil:
		return err
	case !now.there():
		return nil
	case now != d.trees[0].at(name):
		return errMeanwhile
	}
	return d.discardHere(name)
}

// discardHere deletes a file here, or puts it into the trash.
func (d *doer) discardHere(name string) error {
	local := filepath.FromSlash(name)
	if d.TrashHere == "" {
		return d.root.Remove(local)
	}
	to := filepath.Join(filepath.FromSlash(d.TrashHere), local)
	if err := d.root.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return d.root.Rename(local, to)
}

// rmdir removes a directory; one in which something is stays.
func (d *doer) rmdir(ctx context.Context, step Step) error {
	side, err := 0, error(nil)
	if step.Action == DeleteThere {
		side, err = 1, d.Session.Rmdir(ctx, d.there(step.Path))
	} else if err = d.root.Remove(filepath.FromSlash(step.Path)); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		delete(d.Archive.Rows, step.Path)
		d.trees[side].remove(step.Path)
	}
	return err
}
