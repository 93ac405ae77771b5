package completion

import (
	"context"
	"path"
	"strings"
	"sync"
	"time"
)

// A Lister lists a directory on the server, given by its absolute path. It is
// not called for two directories at once.
type Lister func(ctx context.Context, dir string) ([]Name, error)

// Remote completes names on the server. Directories are listed once and kept;
// what the shell changes itself it tells with Add, Remove and Forget. The zero
// value has no Lister and finds what was put in by Fill. It may be used by
// several goroutines.
type Remote struct {
	List Lister
	Now  func() time.Time // nil means time.Now

	asking chan struct{} // holds one token while List runs
	mu     sync.Mutex
	dirs   map[string]*directory
	whole  map[keptKey]kept
}

// A directory keeps changes until somebody looks: a thousand uploads must not
// sort it a thousand times.
type directory struct {
	names   names
	changes []change
	since   time.Time
}

// maxDirs bounds the cache; the oldest directories go first.
const maxDirs = 256

// Complete finds what a remote path can become; cwd is the directory that a
// relative one begins at. It lists a directory that it does not know, so it can
// take as long as ctx lets it. An incomplete listing is an error and not kept.
func (r *Remote) Complete(ctx context.Context, cwd, typed string, dirsOnly bool) (Result, error) {
	parent, rest := split(typed)
	whole := func() (Result, error) {
		list, err := r.names(ctx, Join(cwd, parent))
		if err != nil {
			return Result{Common: typed}, err
		}
		return list.complete(parent, rest, dirsOnly), nil
	}
	short := func() (Result, error) {
		return partial(typed, dirsOnly, func(dir string) (names, error) { return r.names(ctx, Join(cwd, dir)) }), nil
	}
	if parent == "" {
		return whole()
	}
	if r.absent(cwd, parent) {
		whole, short = short, whole // nothing is asked for that is known not to be there
	}
	found, err := whole()
	if err == nil && len(found.Candidates) > 0 || ctx.Err() != nil {
		return found, err
	}
	if other, otherErr := short(); otherErr == nil && len(other.Candidates) > 0 || err == nil && otherErr != nil {
		return other, otherErr
	}
	return found, err
}

// absent reports whether a directory is known not to be there.
func (r *Remote) absent(cwd, dir string) bool {
	for i, c := range dir {
		if c == '/' && i > 0 {
			if _, there, known := r.Lookup(cwd, dir[:i]); known && !there {
				return true
			}
		}
	}
	return false
}

// Match finds the names that a pattern stands for, in the directory that a typed path means, among those that begin
// with prefix. Otherwise it is as Complete.
func (r *Remote) Match(ctx context.Context, cwd, dir, prefix string, match func(name string) bool, dirsOnly bool) (Result, error) {
	list, err := r.names(ctx, Join(cwd, dir))
	if err != nil {
		return Result{}, err
	}
	return list.beginning(prefix).matching(dir, match, dirsOnly), nil
}

// Join returns the absolute path that a typed path means in cwd.
func Join(cwd, typed string) string {
	if strings.HasPrefix(typed, "/") {
		return path.Clean(typed)
	}
	return path.Join("/", cwd, typed)
}

// names returns a directory from the cache or asks for it.
func (r *Remote) names(ctx context.Context, dir string) (names, error) {
	if d, ok := r.known(dir); ok || r.List == nil {
		return d, nil
	}
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	defer r.leave()
	if d, ok := r.known(dir); ok { // somebody else asked meanwhile
		return d, nil
	}
	list, err := r.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	return r.keep(dir, list), nil
}

// enter waits until no listing is under way.
func (r *Remote) enter(ctx context.Context) error {
	r.mu.Lock()
	if r.asking == nil {
		r.asking = make(chan struct{}, 1)
	}
	asking := r.asking
	r.mu.Unlock()
	select {
	case asking <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Remote) leave() { <-r.asking }

func (r *Remote) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

func (r *Remote) known(dir string) (names, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.dirs[dir]
	if !ok || r.now().Sub(d.since) >= time.Minute {
		delete(r.dirs, dir)
		return nil, false
	}
	if len(d.changes) > 0 {
		d.names, d.changes = d.names.apply(d.changes), nil
	}
	return d.names, true
}

// keep stores a listing without what is no name of an entry.
func (r *Remote) keep(dir string, list []Name) names {
	clean := make([]Name, 0, len(list))
	for _, n := range list {
		if n.Name != "" && n.Name != "." && n.Name != ".." && !strings.ContainsAny(n.Name, "/\x00") {
			clean = append(clean, n)
		}
	}
	sorted := sortNames(clean)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dirs == nil {
		r.dirs = map[string]*directory{}
	}
	if len(r.dirs) >= maxDirs {
		r.dropOldest()
	}
	r.dirs[dir] = &directory{names: sorted, since: r.now()}
	return sorted
}

func (r *Remote) dropOldest() {
	oldest := ""
	for dir, d := range r.dirs {
		if oldest == "" || d.since.Before(r.dirs[oldest].since) {
			oldest = dir
		}
	}
	delete(r.dirs, oldest)
}

// Fill stores a complete listing of dir that the shell has made for another
// reason, such as ls.
func (r *Remote) Fill(dir string, list []Name) { r.keep(dir, list) }

// Add tells of an entry that we have made: an upload, a new directory.
func (r *Remote) Add(file string, n Name) {
	n.Name = path.Base(file)
	r.change(path.Dir(file), change{Name: n})
}

// Remove tells of an entry that we have removed or moved away.
func (r *Remote) Remove(file string) {
	r.change(path.Dir(file), change{Name: Name{Name: path.Base(file)}, gone: true})
	r.Forget(file)
}

// change notes what happened in a directory that is known.
func (r *Remote) change(dir string, c change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropKept(dir, false)
	if d, ok := r.dirs[dir]; ok {
		d.changes = append(d.changes, c)
	}
}

// Forget drops dir and everything below it; "/" drops all.
func (r *Remote) Forget(dir string) {
	below := strings.TrimSuffix(dir, "/") + "/"
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropKept(dir, true)
	for d := range r.dirs {
		if d == dir || strings.HasPrefix(d, below) {
			delete(r.dirs, d)
		}
	}
}
