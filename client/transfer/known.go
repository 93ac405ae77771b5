package transfer

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Known keeps listings of the directories of a server, by their paths from the root.
type Known interface {
	Find(dir string, now listing.Entry) ([]listing.Entry, bool)
	Keep(dir string, was listing.Entry, entries []listing.Entry, when time.Time)
}

// onServer is that one of an original and its copy which is on the server whose directories may be known.
func (m *mirroring) onServer(source, copied listing.Entry) listing.Entry {
	if m.Up {
		return copied
	}
	return source
}

// knownAs is the path of a directory under which its listing is kept; "": it is not.
func (m *mirroring) knownAs(s *client.Session, rel string) string {
	if m.Known == nil {
		return ""
	}
	if at := facts.Absolute(s, m.remote(rel)); strings.HasPrefix(at, "/") {
		return at
	}
	return ""
}

// remember keeps what was listed on the server, of a directory that is there.
func (m *mirroring) remember(s *client.Session, rel string, there listing.Entry, when time.Time, source []slim, target map[string]slim) {
	at := m.knownAs(s, rel)
	if at == "" || m.notAll(rel) {
		return
	}
	var entries []listing.Entry
	if m.Up {
		for _, e := range target {
			entries = append(entries, e.entry())
		}
	} else {
		for _, e := range source {
			entries = append(entries, e.entry())
		}
	}
	m.Known.Keep(at, there, entries, when)
}

// notAll reports whether a directory was not read to its end.
func (m *mirroring) notAll(rel string) bool {
	m.tally.mu.Lock()
	defer m.tally.mu.Unlock()
	return slices.Contains(m.unseen, rel) || slices.Contains(m.unseen, m.remote(rel))
}

// unchanged reports whether a directory has the time that it had when it was listed last, and nothing is
// to be done with what it had then. If anything is, it is listed again. The times of directories
// in it are not known without a listing, so only innermost ones are left out.
func (m *mirroring) unchanged(ctx context.Context, s *client.Session, rel string, there listing.Entry) bool {
	at := m.knownAs(s, rel)
	if at == "" {
		return false
	}
	listed, known := m.Known.Find(at, there)
	if !known {
		return false
	}
	here, err := m.otherSide(ctx, s, rel)
	if err != nil {
		return false // the other way to look says it
	}
	old := make([]slim, len(listed))
	for i, e := range listed {
		old[i] = slimOf(e)
	}
	source, target := old, here
	if m.Up {
		source, target = here, old
	}
	kept, same := m.nothingToDo(ctx, s, rel, source, target)
	if same {
		if m.Unlisted != nil {
			m.Unlisted(rel)
		}
		for range kept {
			m.keep()
		}
	}
	return same
}

// otherSide reads a directory on the side that the listings are not kept of.
func (m *mirroring) otherSide(ctx context.Context, s *client.Session, rel string) ([]slim, error) {
	if m.Up {
		return m.localEntries(rel)
	}
	return m.copies(ctx, s, rel)
}

// nothingToDo reports whether each name of the original has its copy, and the copy no others that would
// be deleted; kept is how many there are.
func (m *mirroring) nothingToDo(ctx context.Context, s *client.Session, rel string, source, target []slim) (kept int, same bool) {
	copies := make(map[string]slim, len(target))
	for _, e := range target {
		copies[e.name] = e
	}
	marked := m.Marker.marked(source)
	for _, one := range source {
		e, at := one.entry(), path.Join(rel, one.name)
		copied, found := copies[one.name]
		delete(copies, one.name)
		switch {
		case isOwn(at) || m.Filter != nil && !m.Filter(at, &e) || e.Type != listing.Dir && !m.Marker.Takes(e.Name, marked):
			continue
		case e.Type == listing.Dir && m.Flat, e.Type == listing.Link && m.Links == SkipLinks, e.Type == listing.Other:
		case e.Type != listing.File:
			return 0, false
		case m.Once != nil && m.Once.Has(at, e):
		case !found || copied.kind != listing.File || m.Compare == ByHash && !m.OnlyMissing:
			return 0, false
		default:
			if why, err := m.differs(ctx, s, at, e, copied.entry()); why != "" || err != nil {
				return 0, false
			}
		}
		kept++
	}
	for name, one := range copies {
		e, at := one.entry(), path.Join(rel, name)
		if m.Delete && !isOwn(at) && (m.Filter == nil || m.Filter(at, &e)) && !m.isPart(at) {
			return 0, false
		}
		kept++
	}
	return kept, true
}
