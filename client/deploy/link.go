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

// Releases is a directory that holds complete trees, releases/ID, and the link current, which leads
// to one of them. One rename replaces the link.
type Releases struct {
	Dir string // from the root
}

// Releasing is what stands in such a directory.
type Releasing struct {
	IDs     []string // of the complete trees, the oldest first
	Current string   // the ID of the tree that current leads to
	Target  string   // where current leads, as the server lists it
	left    []string // what deployments that broke off have left

	before map[string]string // the ID that was in place before, of those that do not follow the next older one
}

// Errors of links.
var (
	ErrNoLinks = errors.New("this server makes no links: it does not offer SITE SYMLINK")
	ErrNotLink = errors.New("is not a link: move it away first")
	ErrForeign = errors.New("which is not one of the trees in releases")
	ErrForm    = errors.New("the link that is there is relative, and this server makes absolute ones, which other programs may not find")
)

const (
	current = "current"
	part    = ".part" // behind the ID of a tree that is not complete
	beside  = current + ".new-"
	behind  = ".before" // behind the ID of a tree: a link to the one that was in place before it
)

// Name is where the tree of an ID is.
func (r Releases) Name(id string) string { return path.Join(r.Dir, "releases", id) }

// PartName is where the tree of an ID is until it is complete.
func (r Releases) PartName(id string) string { return r.Name(id) + part }

// Look tells what stands there. A server that offers no links, or a link that leads elsewhere, is an error.
func (r Releases) Look(ctx context.Context, s *client.Session) (st Releasing, err error) {
	if !s.Features().Offers("SITE", "SYMLINK") {
		return st, ErrNoLinks
	}
	links, err := r.entries(ctx, s, r.Dir)
	if err != nil {
		return st, err
	}
	for _, e := range links {
		switch {
		case e.Name == current && e.Type != listing.Link:
			return st, fmt.Errorf("%s %w", path.Join(r.Dir, current), ErrNotLink)
		case e.Name == current:
			st.Target, st.Current = e.Target, r.leads(e.Target)
		case strings.HasPrefix(e.Name, beside) && IsID(e.Name[len(beside):]):
			st.left = append(st.left, path.Join(r.Dir, e.Name))
		}
	}
	if st.Target != "" && st.Current == "" {
		return st, fmt.Errorf("%s leads to %s, %w", path.Join(r.Dir, current), st.Target, ErrForeign)
	}
	st.before = map[string]string{}
	trees, err := r.entries(ctx, s, r.Name(""))
	for _, e := range trees {
		switch {
		case e.Type == listing.Dir && IsID(e.Name):
			st.IDs = append(st.IDs, e.Name)
		case e.Type == listing.Link && IsID(strings.TrimSuffix(e.Name, behind)):
			st.before[strings.TrimSuffix(e.Name, behind)] = r.leads(e.Target)
		case IsID(strings.TrimSuffix(e.Name, part)):
			st.left = append(st.left, r.Name(e.Name))
		}
	}
	slices.Sort(st.IDs)
	return st, err
}

// entries lists a directory with its links; one that is missing has none.
func (r Releases) entries(ctx context.Context, s *client.Session, dir string) (entries []listing.Entry, err error) {
	for e, err := range s.List(ctx, dir, client.ListOptions{Hidden: true, Dangling: true, Long: true}) {
		if err != nil {
			if _, there, look := facts.Stands(ctx, s, dir); facts.Missing(err) && look == nil && !there {
				return nil, nil
			}
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// leads is the ID of the tree that a link with this target leads to, or "".
func (r Releases) leads(target string) string {
	if !strings.HasPrefix(target, "/") {
		target = path.Join(r.Dir, target)
	}
	id := path.Base(target)
	if path.Clean(target) != r.Name(id) || !IsID(id) {
		return ""
	}
	return id
}

// FreeID is an ID that no tree has yet.
func (st Releasing) FreeID(now time.Time) string {
	taken := slices.Clone(st.IDs)
	for _, name := range st.left {
		taken = append(taken, strings.TrimPrefix(strings.TrimSuffix(path.Base(name), part), beside))
	}
	return State{New: taken}.FreeID(now)
}

// Complete gives a tree that was sent its name among the releases.
func (r Releases) Complete(ctx context.Context, s *client.Session, id string) error {
	return s.Rename(ctx, r.PartName(id), r.Name(id))
}

// Remember notes which tree is in place before another one takes its place. The time in an ID tells that, unless newer
// trees were taken back: only then a link is made, for Back.
func (r Releases) Remember(ctx context.Context, s *client.Session, st Releasing, id string) error {
	if st.Current == "" || st.Current == st.IDs[len(st.IDs)-1] {
		return nil
	}
	return s.Symlink(ctx, r.Name(st.Current), r.Name(id)+behind)
}

// Point lets current lead to the tree of an ID. The link is made beside, and read back, since a
// server may give it another target than the one it was told. After an error current is as before.
func (r Releases) Point(ctx context.Context, s *client.Session, id string) error {
	st, err := r.Look(ctx, s)
	if err != nil {
		return err
	}
	fresh := path.Join(r.Dir, beside+id)
	if slices.Contains(st.left, fresh) { // of an attempt that broke off
		if err := s.Remove(ctx, fresh); err != nil {
			return err
		}
	}
	if err := s.Symlink(ctx, r.Name(id), fresh); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if err := r.proves(ctx, s, fresh, id, st.Target); err != nil {
		return fmt.Errorf("nothing was changed: %w", errors.Join(err, s.Remove(ctx, fresh)))
	}
	said := s.Rename(ctx, fresh, path.Join(r.Dir, current))
	now, err := r.Look(ctx, s)
	switch {
	case err != nil:
		return errors.Join(said, err)
	case now.Current == id:
		return nil
	case slices.Contains(now.left, fresh):
		said = errors.Join(said, s.Remove(ctx, fresh))
	}
	return fmt.Errorf("nothing was changed: %w", cmp.Or(said, ErrUndone))
}

// proves is an error unless a link leads to the tree of an ID, in the form of the one it will replace.
func (r Releases) proves(ctx context.Context, s *client.Session, link, id, before string) error {
	entries, err := r.entries(ctx, s, r.Dir)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(entries, func(e listing.Entry) bool { return e.Name == path.Base(link) })
	switch {
	case at < 0:
		return errors.New("the server does not list the link that it has made")
	case r.leads(entries[at].Target) != id:
		return fmt.Errorf("the server has made a link to %q where %s was wanted", entries[at].Target, r.Name(id))
	case before != "" && !strings.HasPrefix(before, "/") && strings.HasPrefix(entries[at].Target, "/"):
		return ErrForm
	}
	return nil
}

// Back lets current lead to the tree that was in place before the present one.
func (r Releases) Back(ctx context.Context, s *client.Session) (id string, err error) {
	st, err := r.Look(ctx, s)
	if err != nil {
		return "", err
	}
	at, _ := slices.BinarySearch(st.IDs, st.Current)
	switch id = st.before[st.Current]; {
	case st.Current == "":
		return "", ErrNoTree
	case slices.Contains(st.IDs, id):
	case at == 0:
		return "", ErrNoTree
	default:
		id = st.IDs[at-1]
	}
	return id, r.Point(ctx, s, id)
}

// Recover deletes what deployments that broke off have left. current leads to a whole tree all the while.
func (r Releases) Recover(ctx context.Context, s *client.Session) (removed []string, err error) {
	st, err := r.Look(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, name := range st.left {
		if strings.HasSuffix(name, part) {
			err = trash.Remove(ctx, s, name)
		} else {
			err = s.Remove(ctx, name)
		}
		if err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// Prune deletes the trees that are not the present one, but for so many: the one that was before it, and the newest.
func (r Releases) Prune(ctx context.Context, s *client.Session, before string, keep int) (removed []string, err error) {
	st, err := r.Look(ctx, s)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(st.IDs, func(id string) bool { return id == st.Current })
	if at := slices.Index(others, before); at >= 0 { // one that was taken back is newer, and not wanted
		others = append(slices.Delete(others, at, at+1), before)
	}
	for _, id := range others[:max(0, len(others)-keep)] {
		if err := trash.Remove(ctx, s, r.Name(id)); err != nil {
			return removed, err
		}
		if _, noted := st.before[id]; noted {
			if err := s.Remove(ctx, r.Name(id)+behind); err != nil {
				return removed, err
			}
		}
		removed = append(removed, r.Name(id))
	}
	return removed, nil
}
