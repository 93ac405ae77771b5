package treesync

import (
	"path"
	"sync"
)

// alone are the paths that are left alone, on both sides.
type alone struct {
	mu  sync.Mutex
	why map[string]error
}

// leave leaves a path alone, and remembers why.
func (a *alone) leave(name string, why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.why == nil {
		a.why = map[string]error{}
	}
	if a.why[name] == nil {
		a.why[name] = why
	}
}

// has reports whether a path, or a directory that it is in, is left alone.
func (a *alone) has(name string) bool {
	if len(a.why) == 0 {
		return false
	}
	for ; name != "."; name = path.Dir(name) {
		if a.why[name] != nil {
			return true
		}
	}
	return false
}
