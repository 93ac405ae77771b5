package transfer

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// delete removes what is in the copy only, what is inside of a directory before
// the directory. Nothing is deleted on the word of an old listing: each directory is
// listed again before anything goes from it.
func (m *mirroring) delete(ctx context.Context, s *client.Session) error {
	if err := m.forbidsDeletes(); err != nil || len(m.toDelete) == 0 {
		return err
	}
	slices.SortFunc(m.toDelete, func(a, b Step) int { return contentsFirst(a.Path, b.Path) })
	if m.MayDelete != nil {
		switch err := m.MayDelete(slices.Clone(m.toDelete), m.kept); {
		case errors.Is(err, ErrKeep):
			return nil
		case err != nil:
			return err
		}
	}
	now := m.relistings(m.holder(s))
	for _, step := range m.toDelete {
		now.doomed[step.Path] = true
	}
	queued := now.s.Pipeline()
	for _, step := range m.toDelete {
		if err := now.delete(ctx, step); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if m.failed {
			queued.Flush(ctx)
			return ErrFailed
		}
	}
	return queued.Flush(ctx)
}

// forbidsDeletes says why nothing is deleted at all.
func (m *mirroring) forbidsDeletes() error {
	switch {
	case len(m.unseen) > 0:
		return ErrUnseen
	case len(m.toDelete) == 0:
		return nil
	case m.failed:
		return ErrFailed
	case m.kept == 0 && !m.DeleteAll:
		return ErrNothing
	}
	return nil
}

// delete removes one of them, unless it is to stay after all.
func (r *relistings) delete(ctx context.Context, step Step) error {
	m := r.m
	stays, err := r.stays(ctx, step)
	if err != nil {
		return err
	}
	switch {
	case errors.Is(stays, errGone):
	case errors.Is(stays, errHeld):
		m.tell(Step{Action: ActSkip, Path: step.Path, Size: -1, Why: stays.Error()})
	case errors.As(stays, new(*writtenError)):
		m.hold(step.Path)
		m.tell(Step{Action: ActSkip, Path: step.Path, Size: -1, Why: "written", Result: Result{Note: stays.Error()}})
	case stays != nil:
		m.hold(step.Path)
		m.tell(Step{Action: ActSkip, Path: step.Path, Size: -1, Why: "changed", Err: fmt.Errorf("was not deleted: %w", stays)})
	case m.DryRun:
		m.tell(step)
	case m.copyIsThere():
		m.deleteThere(r.s, step)
		if queued := r.s.Pipeline(); queued.Waiting() >= deletesAtOnce {
			queued.Flush(ctx)
		}
	default:
		step.Err = m.here.Remove(m.at(step.Path))
		m.tell(step)
	}
	return nil
}

// contentsFirst orders paths by name, but what is inside of a directory comes before the directory.
func contentsFirst(a, b string) int {
	switch {
	case strings.HasPrefix(a, b+"/"):
		return -1
	case strings.HasPrefix(b, a+"/"):
		return 1
	}
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

const deletesAtOnce = 30

// deleteThere asks the server; what it says is told later.
func (m *mirroring) deleteThere(s *client.Session, step Step) {
	remove := s.Pipeline().Remove
	if step.Action == ActRmdir {
		remove = s.Pipeline().Rmdir
	}
	remove(m.copied(step.Path), func(err error) {
		step.Err = err
		m.tell(step)
	})
}

// relistings are directories of the copy as they are just before something in them is
// deleted.
type relistings struct {
	m      *mirroring
	s      *client.Session
	doomed map[string]bool
	dirs   map[string]*relisting
}

type relisting struct {
	entries map[string]slim
	wrote   map[string]string // by what a server may make of it: a name that was just written here, and is not listed
	lost    string            // one of these that is not here under any such name
}

func (m *mirroring) relistings(s *client.Session) *relistings {
	return &relistings{m: m, s: s, doomed: make(map[string]bool, len(m.toDelete)), dirs: map[string]*relisting{}}
}

// Why something stays that was to be deleted.
var (
	errGone    = errors.New("is gone already")
	errHeld    = errors.New("something in it stays")
	errChanged = errors.New("it has changed since it was listed")
	errNew     = errors.New("something has come into it since it was listed")
)

// stays says why something is not to be deleted after all. The error is about the
// directory, which could not be listed again.
func (r *relistings) stays(ctx context.Context, step Step) (why, err error) {
	if step.Action == ActRmdir && r.m.held[step.Path] {
		return errHeld, nil
	}
	if r.m.DryRun {
		return nil, nil
	}
	dir, err := r.list(ctx, above(step.Path))
	if err != nil {
		return nil, err
	}
	e, found := dir.entries[path.Base(step.Path)]
	name, written := dir.wrote[spelling(path.Base(step.Path))]
	switch {
	case !found:
		return errGone, nil
	case written:
		return &writtenError{name}, nil
	case e.kind != step.was.kind || e.kind != listing.Dir && changed(step.was.entry(), e.entry()):
		return errChanged, nil
	case dir.lost != "":
		return fmt.Errorf("%s, which was just written here, has another name now", dir.lost), nil
	case step.Action != ActRmdir:
		return nil, nil
	}
	inside, err := r.list(ctx, step.Path)
	if err != nil {
		return nil, err
	}
	for name := range inside.entries {
		if !r.doomed[path.Join(step.Path, name)] {
			return errNew, nil
		}
	}
	return nil, nil
}

// changed reports whether two listings of a file differ.
func changed(was, now listing.Entry) bool {
	exact := !was.SizeApprox && !now.SizeApprox
	return exact && was.Size != now.Size || !SameTime(was, now) || was.Target != now.Target
}

// list lists a directory again, once. What is deleted from it later does not matter.
func (r *relistings) list(ctx context.Context, rel string) (*relisting, error) {
	if dir, known := r.dirs[rel]; known {
		return dir, nil
	}
	if err := r.s.Pipeline().Flush(ctx); err != nil {
		return nil, err
	}
	entries, err := r.m.copies(ctx, r.s, rel)
	switch {
	case err != nil:
		return nil, fmt.Errorf("it is not known what is in %s now, and nothing more was deleted: %w", r.m.shownCopy(rel), err)
	case len(r.m.unseen) > 0:
		return nil, ErrUnseen
	}
	dir := &relisting{entries: make(map[string]slim, len(entries)), wrote: map[string]string{}}
	spelled := map[string]bool{}
	for _, e := range entries {
		dir.entries[e.name] = e
		spelled[spelling(e.name)] = true
	}
	for _, name := range r.m.wrote[rel] {
		switch _, asWritten := dir.entries[name]; {
		case asWritten:
		case spelled[spelling(name)]:
			dir.wrote[spelling(name)] = name
		default:
			dir.lost = name
		}
	}
	r.dirs[rel] = dir
	return dir, nil
}

// writtenError says that something is what was just written here.
type writtenError struct{ name string }

func (e *writtenError) Error() string { return "kept: " + e.name + " is stored under this name" }
