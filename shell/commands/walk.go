package commands

import (
	"context"
	"errors"
	"path"
	"sort"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// goDeeper reports whether a directory at this depth is looked into.
func goDeeper(c *command.Call, depth int) error {
	most := c.Shell.Settings.MaxDepth
	if depth > most {
		return &transfer.LimitError{Most: most, Of: "directories inside of each other"}
	}
	if most = c.Shell.Settings.MaxDirectories; c.Looked >= most {
		return &transfer.LimitError{Most: most, Of: "directories"}
	}
	c.Looked++
	return nil
}

// stopWalk ends a walk that has seen as many directories as it may.
func stopWalk(c *command.Call) error {
	if c.Looked >= c.Shell.Settings.MaxDirectories {
		return errStop
	}
	return nil
}

// tree goes through directories of the server. Links are not followed. A
// directory that cannot be read does not keep the others from their turn.
type tree struct {
	call   *command.Call
	before func(path string, e listing.Entry, depth int) error             // its contents come next
	after  func(path string, e listing.Entry, depth int, whole bool) error // they have been there; whole: all of them
	most   int                                                             // directories deeper than that are not entered
	errs   []error
}

// errStop ends a walk early, and is no failure.
var errStop = errors.New("stop")

// walk begins with a path as typed, at depth 0.
func (t *tree) walk(ctx context.Context, path string) error {
	e := listing.Entry{Name: path, Type: listing.Dir, Size: -1}
	if strings.Trim(path, "/.") != "" {
		var err error
		if e, err = t.stat(ctx, path); err != nil {
			return failure.About(path, err)
		}
	}
	_, err := t.entry(ctx, path, e, 0)
	if errors.Is(err, errStop) {
		err = nil
	}
	return failure.Several(append(t.errs, err)...)
}

// stat describes a name as typed. MLST calls a link to a directory a directory, on proftpd too, so a command that deletes
// looks the name up in the listing of its parent.
func (t *tree) stat(ctx context.Context, name string) (listing.Entry, error) {
	e, err := t.call.Session().Stat(ctx, name)
	if err != nil || !t.call.Links || e.Type != listing.Dir || strings.HasSuffix(name, "/") {
		return e, err
	}
	entries, err := t.call.List(ctx, path.Dir(name), true)
	for _, same := range entries {
		if same.Name == path.Base(name) && same.Type == listing.Link {
			e.Type = listing.Link
		}
	}
	return e, err
}

// later keeps the failure of one name for the end, unless it ends the walk.
func (t *tree) later(err error, ends bool) error {
	if err == nil || ends {
		return err
	}
	t.errs = append(t.errs, err)
	return nil
}

// entry goes through one name. It is whole if everything in it was there to see.
func (t *tree) entry(ctx context.Context, path string, e listing.Entry, depth int) (whole bool, err error) {
	whole = true
	if t.before != nil {
		if err := t.before(path, e, depth); err != nil {
			return false, err
		}
	}
	if e.Type == listing.Dir && depth < t.most {
		if whole, err = t.inside(ctx, path, depth+1); err != nil {
			return false, err
		}
	}
	if t.after != nil {
		err = t.after(path, e, depth, whole)
	}
	return whole, err
}

func (t *tree) inside(ctx context.Context, dir string, depth int) (whole bool, err error) {
	if err := goDeeper(t.call, depth); err != nil {
		t.errs = append(t.errs, failure.About(dir, err))
		return false, stopWalk(t.call)
	}
	entries, err := t.call.List(ctx, dir, true)
	if err != nil {
		if endsAll(ctx, err) {
			return false, err
		}
		t.errs = append(t.errs, failure.About(dir, err))
	}
	whole = err == nil
	if err := command.Unread(dir, entries); err != nil {
		t.errs, whole = append(t.errs, err), false
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	for _, e := range entries {
		if command.IsDot(&e) || e.Type == listing.Unparsed {
			continue
		}
		if !command.IsPlain(e.Name) {
			t.errs, whole = append(t.errs, &command.UnsafeNameError{Name: e.Name}), false
			continue
		}
		all, err := t.entry(ctx, command.JoinRemote(dir, e.Name), e, depth)
		if err != nil {
			return false, err
		}
		whole = whole && all
	}
	return whole, nil
}
