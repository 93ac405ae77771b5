package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
)

// emptied are directories that originals were taken from.
type emptied struct {
	mu   sync.Mutex
	dirs map[string]bool
}

// taken notes that an original has left its directory.
func (d *emptied) taken(rel string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dirs[rel] = true
}

// innermost takes out one that has no other in it.
func (d *emptied) innermost() (rel string, some bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for dir := range d.dirs {
		if !some || contentsFirst(dir, rel) < 0 {
			rel, some = dir, true
		}
	}
	delete(d.dirs, rel)
	return rel, some
}

// removeEmptied removes the directories of the original that this run has emptied, and those around
// them that have nothing else. The tree itself stays, and so does each directory that something was
// left in, or from which nothing was taken.
func (m *mirroring) removeEmptied(ctx context.Context, s *client.Session) error {
	for m.RemoveEmpty {
		rel, some := m.emptied.innermost()
		if !some {
			break
		}
		if rel == "" {
			continue
		}
		gone, err := m.removeIfEmpty(ctx, s, rel)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if gone || err != nil {
			m.tell(Step{Action: ActRmdir, Path: rel, Size: -1, Why: "emptied", Err: err})
		}
		if gone {
			m.emptied.taken(above(rel))
		}
	}
	return nil
}

// removeIfEmpty removes a directory of the original in which nothing is listed. A server may list less
// than there is: what it refuses then stays.
func (m *mirroring) removeIfEmpty(ctx context.Context, s *client.Session, rel string) (gone bool, err error) {
	if m.Up {
		found, err := m.localEntries(rel)
		if errors.Is(err, fs.ErrNotExist) || len(found) > 0 {
			return false, nil
		}
		if err == nil {
			err = m.Here.Remove(m.local(rel))
		}
		return err == nil, err
	}
	unseen := len(m.unseen)
	found, err := m.remoteEntries(ctx, s, m.remote(rel), rel, true)
	switch {
	case facts.Missing(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("it is not known whether it is empty: %w", err)
	case len(found) > 0 || len(m.unseen) > unseen:
		return false, nil
	}
	err = s.Rmdir(ctx, m.remote(rel))
	if isRefusal(err) {
		m.tell(Step{Action: ActSkip, Path: rel, Size: -1, Why: "stays: " + err.Error()})
		return false, nil
	}
	return err == nil, err
}
