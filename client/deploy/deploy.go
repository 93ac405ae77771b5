// Package deploy puts a whole tree in the place of another one with two renames.
//
// The new tree is beside the old one under a name of its own until it is complete: TREE.new-ID. Then
// TREE becomes TREE.old-ID and TREE.new-ID becomes TREE, in one packet. The names tell how far a
// deployment came, so that one that broke off is finished or taken back by looking at them.
package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/trash"
)

// Tree is a tree of a server that is deployed to.
type Tree struct {
	Dir    string   // from the root
	Shared []string // directories in it that the site writes itself: they go along
}

// State is what stands beside a tree.
type State struct {
	There bool // the tree itself
	Empty bool // and nothing is in it
	New   []string
	Old   []string // IDs, the oldest first
}

// NewName is where the new tree is until it is complete.
func (t Tree) NewName(id string) string { return t.Dir + ".new-" + id }

// OldName is where an old tree is.
func (t Tree) OldName(id string) string { return t.Dir + ".old-" + id }

// Errors of what is not done.
var (
	ErrRoot   = errors.New("the root, or the directory of the login, cannot be renamed: give a directory below it")
	ErrNoTree = errors.New("no older tree is there to go back to")
	ErrBroken = errors.New("an earlier deployment broke off between its renames")
	ErrUndone = errors.New("the server says that it renamed, and did not")
)

// Look tells what stands there.
func (t Tree) Look(ctx context.Context, s *client.Session) (st State, err error) {
	base := path.Base(t.Dir)
	for e, err := range s.List(ctx, path.Dir(t.Dir), client.ListOptions{Hidden: true}) {
		if err != nil {
			return st, err
		}
		id, is := strings.CutPrefix(e.Name, base+".new-")
		old, was := strings.CutPrefix(e.Name, base+".old-")
		switch {
		case e.Name == base && e.Type != listing.Dir && e.Type != listing.Link:
			return st, fmt.Errorf("%s is not a directory", t.Dir)
		case e.Name == base:
			st.There = true
		case is && IsID(id):
			st.New = append(st.New, id)
		case was && IsID(old):
			st.Old = append(st.Old, old)
		}
	}
	slices.Sort(st.New)
	slices.Sort(st.Old)
	if !st.There {
		return st, nil
	}
	st.Empty = true
	for e, err := range s.List(ctx, t.Dir, client.ListOptions{Hidden: true}) {
		if err != nil {
			return st, err
		}
		if e.Name != "." && e.Name != ".." && e.Special == 0 {
			st.Empty = false
		}
	}
	return st, nil
}

// FreeID is an ID that is newer than all others, whatever the clock says: the newest old tree is the one before, and another
// computer may have been ahead of this one.
func (st State) FreeID(now time.Time) string {
	for _, id := range slices.Concat(st.New, st.Old) {
		if at, err := time.Parse(stamp, id); err == nil && !now.Truncate(time.Second).After(at) {
			now = at.Add(time.Second)
		}
	}
	return now.UTC().Format(stamp)
}

const stamp = "20060102T150405"

// IsID reports whether a name ends as ours do: 20261130T101403.
func IsID(text string) bool {
	at, err := time.Parse(stamp, text)
	return err == nil && at.Format(stamp) == text
}

// Extra are the directories and files of the present tree that the new one lacks. What the site itself has written into such
// a directory would be left behind. has reports whether the new tree has a directory, or a file.
func (t Tree) Extra(ctx context.Context, s *client.Session, has func(rel string, dir bool) bool) (dirs, files []string, err error) {
	var look func(rel string, depth int) error
	look = func(rel string, depth int) error {
		if depth > deepest {
			return fmt.Errorf("%s: more than %d directories inside of each other", t.Dir, deepest)
		}
		var inside []string
		for e, err := range s.List(ctx, path.Join(t.Dir, rel), client.ListOptions{Hidden: true}) {
			switch name := path.Join(rel, e.Name); {
			case err != nil:
				return err
			case e.Name == "." || e.Name == ".." || e.Special != 0 || strings.Contains(e.Name, "/") || strings.HasPrefix(e.Name, ".ftpsh-"):
			case slices.Contains(t.Shared, name):
			case e.Type == listing.Dir:
				inside = append(inside, name)
			case !has(name, false):
				files = append(files, name)
			}
		}
		for _, dir := range inside {
			if !has(dir, true) {
				dirs = append(dirs, dir)
			} else if err := look(dir, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	err = look("", 0)
	return dirs, files, err
}

const deepest = 64

// Swap puts the new tree of an ID in the place of the present one. After an error it looks, and the
// present tree is in its place again, or the error is ErrBroken and Recover decides.
func (t Tree) Swap(ctx context.Context, s *client.Session, id string) error {
	st, err := t.Look(ctx, s)
	if err != nil {
		return err
	}
	return t.exchange(ctx, s, st, t.NewName(id), id)
}

// Back puts the newest old tree in the place of the present one, which becomes an old one.
func (t Tree) Back(ctx context.Context, s *client.Session, now time.Time) (from string, err error) {
	st, err := t.Look(ctx, s)
	if err != nil {
		return "", err
	}
	if len(st.Old) == 0 {
		return "", ErrNoTree
	}
	from = st.Old[len(st.Old)-1]
	return from, t.exchange(ctx, s, st, t.OldName(from), st.FreeID(now))
}

// exchange renames the present tree away and another one into its place, and what is shared from
// the one into the other.
func (t Tree) exchange(ctx context.Context, s *client.Session, st State, from, id string) error {
	into := []client.Renaming{{From: from, To: t.Dir}}
	if !st.There {
		return t.verdict(ctx, s, id, from, s.Pipeline().RenameAll(ctx, into...))
	}
	away := client.Renaming{From: t.Dir, To: t.OldName(id)}
	for _, dir := range t.Shared {
		into = append(into, client.Renaming{From: path.Join(t.OldName(id), dir), To: path.Join(t.Dir, dir)})
	}
	if st.Empty { // an empty directory may be replaced: one after the other
		if errs := s.Pipeline().RenameAll(ctx, away); errs[0] != nil {
			return t.verdict(ctx, s, id, from, errs)
		}
		return t.verdict(ctx, s, id, from, s.Pipeline().RenameAll(ctx, into...))
	}
	return t.verdict(ctx, s, id, from, s.Pipeline().RenameAll(ctx, append([]client.Renaming{away}, into...)...))
}

// verdict looks what became of the renames, whatever the server said.
func (t Tree) verdict(ctx context.Context, s *client.Session, id, from string, errs []error) error {
	said := cmp.Or(errs...) // the others follow from it
	_, there, err := facts.Stands(ctx, s, t.Dir)
	if err != nil {
		return errors.Join(ErrBroken, said, err)
	}
	_, waits, err := facts.Stands(ctx, s, from)
	if err != nil {
		return errors.Join(ErrBroken, said, err)
	}
	switch {
	case there && !waits:
		return t.bring(ctx, s, id)
	case there:
		return fmt.Errorf("nothing was changed: %w", cmp.Or(said, ErrUndone))
	}
	if err := s.Rename(ctx, t.OldName(id), t.Dir); err != nil {
		return errors.Join(ErrBroken, said, err)
	}
	return fmt.Errorf("rolled back, nothing was changed: %w", cmp.Or(said, ErrUndone))
}

// bring moves what is shared and still in the old tree into the present one.
func (t Tree) bring(ctx context.Context, s *client.Session, id string) error {
	for _, dir := range t.Shared {
		from := path.Join(t.OldName(id), dir)
		_, there, err := facts.Stands(ctx, s, from)
		if err == nil && there {
			err = s.Rename(ctx, from, path.Join(t.Dir, dir))
		}
		if err != nil {
			return fmt.Errorf("the new tree is in place, but %s is still in %s: %w", dir, t.OldName(id), err)
		}
	}
	return nil
}

// Recover ends a deployment that broke off: forward to the new tree, or back to the old one. It
// reports what it did.
func (t Tree) Recover(ctx context.Context, s *client.Session, forward bool) (string, error) {
	st, err := t.Look(ctx, s)
	if err != nil {
		return "", err
	}
	id := ""
	for _, n := range st.New {
		if slices.Contains(st.Old, n) {
			id = n
		}
	}
	switch {
	case st.There && len(st.New) == 0:
		if len(st.Old) > 0 {
			err = t.bring(ctx, s, st.Old[len(st.Old)-1])
		}
		return "nothing was left to do", err
	case st.There:
		for _, id := range st.New {
			if err := trash.Remove(ctx, s, t.NewName(id)); err != nil {
				return "", err
			}
		}
		return "the tree had not been touched; what was sent is removed", nil
	case forward && id != "":
		if err := s.Rename(ctx, t.NewName(id), t.Dir); err != nil {
			return "", err
		}
		return "the new tree is in place", t.bring(ctx, s, id)
	case len(st.Old) > 0:
		id = st.Old[len(st.Old)-1]
		return "the old tree is back in its place", s.Rename(ctx, t.OldName(id), t.Dir)
	case forward && len(st.New) > 0:
		return "the new tree is in place", s.Rename(ctx, t.NewName(st.New[len(st.New)-1]), t.Dir)
	}
	return "", ErrNoTree
}

// Prune deletes old trees but for the newest so many.
func (t Tree) Prune(ctx context.Context, s *client.Session, keep int) (removed []string, err error) {
	st, err := t.Look(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, id := range st.Old[:max(0, len(st.Old)-keep)] {
		if err := trash.Remove(ctx, s, t.OldName(id)); err != nil {
			return removed, err
		}
		removed = append(removed, t.OldName(id))
	}
	return removed, nil
}
