package transfer

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// circles finds directories to which links lead a second time.
type circles struct {
	mu     sync.Mutex
	to     map[string]bool   // directories of the server that links led to
	toHere []os.FileInfo     // those here
	unique map[string]string // what the server knows directories by
}

// link returns what a link of the original stands for, or with CopyLinks makes
// one; an entry that is still a link is left alone.
func (m *mirroring) link(ctx context.Context, s *client.Session, at string, e listing.Entry, found bool) (listing.Entry, error) {
	switch {
	case m.Links == FollowLinks && m.Up:
		return m.followHere(at, e)
	case m.Links == FollowLinks:
		return m.followThere(ctx, s, m.remote(at), e)
	case m.Links == CopyLinks && !m.copyIsThere():
		return m.copyLink(at, e, found)
	}
	return e, nil
}

// followHere returns what a link here stands for.
func (m *mirroring) followHere(at string, e listing.Entry) (listing.Entry, error) {
	info, err := m.Here.Stat(m.local(at))
	if err != nil {
		return e, err
	}
	if info.IsDir() && !m.leadsOnHere(at, info) {
		return e, errCircle
	}
	of := listing.OfFile(info)
	of.Name = e.Name
	return of, nil
}

// followThere returns what a link of the server stands for.
func (c *circles) followThere(ctx context.Context, s *client.Session, name string, e listing.Entry) (listing.Entry, error) {
	of, err := s.Stat(ctx, name)
	if err != nil {
		return e, err
	}
	if of.Type == listing.Link || of.Type == listing.Dir { // MLST, or a listing, may tell of the link itself
		if of.Type == listing.Link {
			of.Size = -1 // its own, which is not that of the file
		}
		of.Type = listing.File
		here := s.Dir()
		if s.Chdir(ctx, name) == nil {
			of.Type = listing.Dir
			leadsOn := c.leadsOn(s.Dir())
			if err := s.Chdir(ctx, here); err != nil {
				return e, err
			}
			if !leadsOn {
				return e, errCircle
			}
		}
	}
	if of.Name = e.Name; of.Type == listing.File && of.Raw != "" {
		err = sizeAndTime(ctx, s, name, &of.Size, &of.Time)
	}
	return of, err
}

// errCircle says that a directory has been there already.
var errCircle = errors.New("is a directory that was seen already: a circle of links")

// leadsOn reports whether no link has led to a directory yet, by the path that
// the server gives it.
func (c *circles) leadsOn(to string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.to[to] && to != "" {
		return false
	}
	c.to[to] = true
	return true
}

// leadsOnHere is leadsOn for a link here: a directory that the link is in would
// be one in itself.
func (m *mirroring) leadsOnHere(at string, to os.FileInfo) bool {
	for dir := at; dir != ""; {
		dir = above(dir)
		if info, err := m.Here.Stat(m.local(dir)); err == nil && os.SameFile(info, to) {
			return false
		}
	}
	return m.isNew(to)
}

// isNew reports whether no link has led to a directory here yet.
func (c *circles) isNew(to os.FileInfo) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.toHere, func(info os.FileInfo) bool { return os.SameFile(info, to) }) {
		return false
	}
	c.toHere = append(c.toHere, to)
	return true
}

// isAround reports whether a directory is one of those that it is in, by the
// identity that the server gives it: pyftpdlib shows links as directories.
func (c *circles) isAround(at, unique string) bool {
	if unique == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for above := path.Dir(at); above != "."; above = path.Dir(above) {
		if c.unique[above] == unique {
			return true
		}
	}
	c.unique[at] = unique
	return false
}

// errLinkOut says that a link leads out of the tree.
var errLinkOut = errors.New("the link leads elsewhere")

// copyLink makes a link here, if it stays in the tree.
func (m *mirroring) copyLink(at string, e listing.Entry, found bool) (listing.Entry, error) {
	inside := path.Join(path.Dir(at), e.Target)
	if e.Target == "" || path.IsAbs(e.Target) || inside == ".." || strings.HasPrefix(inside, "../") {
		return e, errLinkOut
	}
	if found {
		if old, err := m.here.Readlink(m.at(at)); err != nil || filepath.ToSlash(old) != e.Target {
			return e, errors.New("already exists, and another")
		}
		e.Type = handled
		return e, nil
	}
	m.later(Step{Action: ActLink, Path: at, Size: -1, Why: "new", target: e.Target})
	e.Type = handled
	return e, nil
}

// makeLinks is last: nothing that the server lists goes through one of them.
func (m *mirroring) makeLinks(ctx context.Context, s *client.Session) {
	for _, step := range m.tally.links {
		if !m.make(ctx, s, above(step.Path)) {
			continue // which was told
		}
		if !m.DryRun {
			step.Err = m.here.Symlink(filepath.FromSlash(step.target), m.at(step.Path))
		}
		m.tell(step)
	}
}

// handled is the type of an entry that has been seen to.
const handled = listing.Type(255)
