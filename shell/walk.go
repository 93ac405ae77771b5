package shell

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// deepestTree is how deep a tree on a server can be: a server may invent
// directories for ever.
const deepestTree = 200

// tree goes through directories of the server. Links are not followed. A
// directory that cannot be read does not keep the others from their turn.
type tree struct {
	call   *Call
	before func(path string, e listing.Entry, depth int) error // its contents come next
	after  func(path string, e listing.Entry, depth int) error // they have been there
	most   int                                                 // directories deeper than that are not entered
	errs   []error
}

// errStop ends a walk early, and is no failure.
var errStop = errors.New("stop")

// walk begins with a path as typed, at depth 0.
func (t *tree) walk(ctx context.Context, path string) error {
	e := listing.Entry{Name: path, Type: listing.Dir, Size: -1}
	if strings.Trim(path, "/.") != "" {
		var err error
		if e, err = t.call.Session().Stat(ctx, path); err != nil {
			return about(path, err)
		}
	}
	err := t.entry(ctx, path, e, 0)
	if errors.Is(err, errStop) {
		err = nil
	}
	return several(append(t.errs, err))
}

func (t *tree) entry(ctx context.Context, path string, e listing.Entry, depth int) error {
	if t.before != nil {
		if err := t.before(path, e, depth); err != nil {
			return err
		}
	}
	if e.Type == listing.Dir && depth < t.most {
		if err := t.inside(ctx, path, depth+1); err != nil {
			return err
		}
	}
	if t.after != nil {
		return t.after(path, e, depth)
	}
	return nil
}

func (t *tree) inside(ctx context.Context, dir string, depth int) error {
	if depth > deepestTree {
		t.errs = append(t.errs, about(dir, errors.New("too deep")))
		return nil
	}
	entries, err := t.call.list(ctx, dir, true)
	if err != nil {
		if anyOf[*client.LostError, *client.ConnectError](err) || ctx.Err() != nil {
			return err
		}
		t.errs = append(t.errs, about(dir, err))
	}
	slices.SortFunc(entries, func(a, b listing.Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range entries {
		if isDot(&e) || e.Type == listing.Unparsed {
			continue
		}
		if !isPlain(e.Name) {
			t.errs = append(t.errs, &unsafeNameError{e.Name})
			continue
		}
		if err := t.entry(ctx, joinRemote(dir, e.Name), e, depth); err != nil {
			return err
		}
	}
	return nil
}
