package transfer

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/ftpsh/ftpsh/client"
)

// moved is a file that has arrived, and whose original is to go.
type moved struct {
	task   Task
	result Result
}

// arrivals are what has come to a server, which may take two names for one.
type arrivals struct {
	mu    sync.Mutex
	moved map[string][]moved // whose originals go when all is there, by directory
	alike map[string]alike   // names that a server may take for one, by directory
}

func (u *arrivals) arrived(one moved) {
	u.mu.Lock()
	defer u.mu.Unlock()
	dir := above(one.task.path)
	u.moved[dir] = append(u.moved[dir], one)
}

func (u *arrivals) mayBeOne(rel string, names alike) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.alike[rel] = names
}

// apart looks again at the directories of the copy in which names may have become one, and tells.
func (m *mirroring) apart(ctx context.Context, again *relistings) error {
	for _, rel := range slices.Sorted(maps.Keys(m.arrivals.alike)) {
		dir, err := again.list(ctx, rel)
		if err != nil {
			return err
		}
		there := func(name string) bool { return dir.has(name) || m.missed[path.Join(rel, name)] }
		if err := m.arrivals.alike[rel].lost(m.shownCopy(rel), there); err != nil {
			m.tell(Step{Action: m.action(), Path: path.Join(rel, err.Names[0]), Size: -1, Why: "new", Err: err})
		}
	}
	return nil
}

// removeMoved deletes the originals of what has arrived on a server, directory by directory: only
// where all that was stored is listed, none of it has taken another one's place.
func (m *mirroring) removeMoved(ctx context.Context, s *client.Session, again *relistings) error {
	for _, rel := range slices.Sorted(maps.Keys(m.arrivals.moved)) {
		dir, err := again.list(ctx, rel)
		if err != nil {
			return err
		}
		gone, some := dir.missing(m.arrivals.moved[rel])
		for _, one := range m.arrivals.moved[rel] {
			if !some {
				err = removeSource(ctx, s, one.task, one.result)
			} else {
				err = fmt.Errorf("was copied, and stays: %s, which was stored beside it, is not listed", gone)
			}
			if err == nil {
				m.emptied.taken(rel)
			} else {
				m.tell(Step{Action: m.action(), Path: one.task.path, Size: one.result.Size, Why: one.task.why, Result: one.result, Err: err})
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}
