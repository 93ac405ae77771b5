package transfer

import (
	"path"
	"path/filepath"
	"sync"
)

// naming knows what the copy calls the files of the original.
type naming struct {
	*Mirror
	mu    sync.RWMutex      // for what follows
	other map[string]string // names, where they differ; by the path in the original
}

func (n *naming) local(rel string) string { return filepath.Join(n.Local, n.at(rel)) }

// called notes that something has another name here than in the original.
func (n *naming) called(rel, local string) {
	if local == path.Base(rel) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.other[rel] = local
}

// at is where something of the copy is, which is here: what the file system does not take has another name.
func (n *naming) at(rel string) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if len(n.other) == 0 || n.copyIsThere() {
		return filepath.FromSlash(rel)
	}
	local := ""
	for ; rel != ""; rel = above(rel) {
		base := path.Base(rel)
		if own, other := n.other[rel]; other {
			base = own
		}
		local = filepath.Join(base, local)
	}
	return local
}

// shownCopy is a directory of the copy as the user knows it.
func (n *naming) shownCopy(rel string) string {
	if n.copyIsThere() {
		return n.copied(rel)
	}
	return n.local(rel)
}
