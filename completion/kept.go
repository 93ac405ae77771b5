package completion

import (
	"slices"
	"strings"
	"time"
)

// A listing that is kept whole may be shown again by who made it. What changes a directory, or may have changed it, drops it.
type kept struct {
	list any
	at   time.Time
}

type keptKey struct{ dir, form string }

// mostKept is how many listings are kept; the oldest go first.
const mostKept = 32

// Keep keeps a listing of dir, in one of the forms that its owner has.
func (r *Remote) Keep(dir, form string, list any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.whole == nil {
		r.whole = map[keptKey]kept{}
	}
	r.whole[keptKey{dir, form}] = kept{list, r.now()}
	for len(r.whole) > mostKept {
		var oldest keptKey
		for key, k := range r.whole {
			if oldest.dir == "" || k.at.Before(r.whole[oldest].at) {
				oldest = key
			}
		}
		delete(r.whole, oldest)
	}
}

// Kept returns a listing that is not older than most, and its age; nil if there is none.
func (r *Remote) Kept(dir, form string, most time.Duration) (list any, age time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.whole[keptKey{dir, form}]
	if age = r.now().Sub(k.at); !ok || age >= most {
		return nil, 0
	}
	return k.list, age
}

// KeptDirs are the directories of which a listing is kept, and the age of the last.
func (r *Remote) KeptDirs() (dirs []string, ages map[string]time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ages = map[string]time.Duration{}
	for key, k := range r.whole {
		age := r.now().Sub(k.at)
		if before, again := ages[key.dir]; !again || age < before {
			ages[key.dir] = age
		}
	}
	for dir := range ages {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return dirs, ages
}

// Changed drops all listings that are kept whole: something has changed, or may have. The names stay.
func (r *Remote) Changed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.whole)
}

// dropKept drops the listings of dir, and with below those under it.
func (r *Remote) dropKept(dir string, below bool) {
	for key := range r.whole {
		if key.dir == dir || below && strings.HasPrefix(key.dir, strings.TrimSuffix(dir, "/")+"/") {
			delete(r.whole, key)
		}
	}
}
