package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Renames finds files that only have another name in the original than in the copy, and renames them
// there, so that Run need not copy them. It looks at both trees before; its engines have not been
// used. It belongs to a mirror with Delete, which would take the old name away.
//
// A file is the same one when its size and its time, to the second, are those of no other that comes
// or goes, or of none that has its last name; and where the server computes checksums, when these are equal.
func (m *Mirror) Renames(ctx context.Context, engine func() *Engine) error {
	var comes, goes []Step
	look := newMirroring(&Mirror{
		Up: m.Up, Remote: m.Remote, Local: m.Local, Here: m.Here, Delete: true, DeleteAll: true, Links: m.Links, Flat: m.Flat,
		Number: m.Number, Depth: m.Depth, Directories: m.Directories, Rules: m.Rules, Filter: m.Filter, Bounds: m.Bounds, Once: m.Once,
		DryRun: true, MayDelete: func(doomed []Step, _ int) error { goes = doomed; return nil },
	})
	look.OnStep = func(s Step) {
		if s.Action == look.action() && s.Why == "new" && s.Err == nil {
			comes = append(comes, s)
		}
	}
	e := engine()
	if err := look.run(ctx, e); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return nil //nolint:nilerr // Run tells it, and deletes nothing then
	}
	e.Wait()
	m.renamed = map[string]bool{}
	for _, pair := range renamings(comes, goes) {
		if err := m.renameCopy(ctx, e.Session, look, pair); err != nil {
			return err
		}
	}
	return nil
}

// renaming is a file of the copy that has another name in the original.
type renaming struct{ goes, comes Step }

// renamings finds the pairs.
func renamings(comes, goes []Step) (pairs []renaming) {
	type likeness struct {
		size int64
		time int64
	}
	like := func(s Step) (l likeness, exact bool) {
		return likeness{s.was.size, s.was.time.Unix()}, s.was.size > 0 && !s.was.sizeApprox && s.was.precision >= listing.Second
	}
	group := func(steps []Step) map[likeness][]Step {
		groups := map[likeness][]Step{}
		for _, s := range steps {
			if l, exact := like(s); exact && s.Action != ActRmdir {
				groups[l] = append(groups[l], s)
			}
		}
		return groups
	}
	old := group(goes)
	for l, all := range group(comes) {
		for _, s := range all {
			from := old[l]
			if len(all) > 1 || len(from) > 1 {
				from = slices.DeleteFunc(slices.Clone(from), func(o Step) bool { return path.Base(o.Path) != path.Base(s.Path) })
				if slices.ContainsFunc(all, func(o Step) bool { return o.Path != s.Path && path.Base(o.Path) == path.Base(s.Path) }) {
					continue
				}
			}
			if len(from) == 1 {
				pairs = append(pairs, renaming{from[0], s})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b renaming) int { return bytes.Compare([]byte(a.comes.Path), []byte(b.comes.Path)) })
	return pairs
}

// renameCopy renames a file of the copy. What is refused is copied and deleted later.
func (m *Mirror) renameCopy(ctx context.Context, s *client.Session, look *mirroring, pair renaming) error {
	from, to := pair.goes.Path, pair.comes.Path
	step := Step{Action: ActRename, Path: from, To: to, Size: pair.comes.Size, Why: "renamed"}
	same, err := look.sameBytes(ctx, s, from, to)
	switch {
	case err != nil && client.Refusal(err) == nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil || !same:
		return nil //nolint:nilerr // it is copied
	case m.DryRun:
		m.renamed[from], m.renamed[to] = true, true
	case m.Up:
		err = s.MkdirAll(ctx, path.Dir(m.remote(to)))
		if err == nil {
			err = s.Rename(ctx, m.remote(from), m.remote(to))
		}
	default:
		err = m.renameHere(filepath.FromSlash(from), look.at(to))
	}
	switch {
	case err == nil && m.OnStep != nil:
		m.OnStep(step)
	case m.Up && client.Refusal(err) == nil:
		return fmt.Errorf("%s: %w", from, err)
	}
	return nil
}

// renameHere renames a file here, unless something has come under its new name.
func (m *Mirror) renameHere(from, to string) error {
	root, err := m.Here.OpenRoot(m.Local)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if _, err := root.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return rename(root, from, to)
}

// sameBytes compares checksums where the server computes them.
func (m *mirroring) sameBytes(ctx context.Context, s *client.Session, from, to string) (bool, error) {
	all := s.Algorithms()
	if len(all) == 0 {
		return true, nil
	}
	there, here := m.remote(to), m.local(from)
	if m.Up {
		there, here = m.remote(from), m.local(to)
	}
	h, err := s.Hash(ctx, there, all[0])
	if err != nil {
		return false, err
	}
	file, err := m.Here.Open(ctx, here, os.O_RDONLY, 0)
	if err != nil {
		return false, err
	}
	defer file.Close()
	sum := client.NewHash(all[0])
	if _, err := io.Copy(sum, file); err != nil {
		return false, err
	}
	return bytes.Equal(sum.Sum(nil), h.Sum), nil
}
