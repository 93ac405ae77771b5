package transfer

import (
	"path/filepath"
	"sync"
)

// tally is what a mirror has done, and has still to do at its end.
type tally struct {
	*Mirror
	naming *naming

	mu       sync.Mutex // for OnStep, and what follows
	toDelete []Step
	links    []Step              // to be made, when all else is there
	held     map[string]bool     // directories of the copy with something in them that is none of our business
	wrote    map[string][]string // what was written, by directory
	missed   map[string]bool     // paths of which something failed
	unseen   []string            // directories that could not be read to their end
	kept     int
	failed   bool
}

func (t *tally) tell(step Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Delete && step.Err == nil && writes[step.Action] {
		t.wrote[above(step.Path)] = append(t.wrote[above(step.Path)], filepath.Base(t.naming.at(step.Path)))
	}
	t.failed = t.failed || step.Err != nil && step.Action != ActSkip
	if step.Err != nil {
		t.missed[step.Path] = true
	}
	if t.OnStep != nil {
		t.OnStep(step)
	}
}

// writes are the actions that put a name into the copy.
var writes = map[Action]bool{ActDownload: true, ActUpload: true, ActCopy: true, ActMkdir: true, ActLink: true}

// hold keeps the directories that something is in which is not to be deleted.
func (t *tally) hold(at string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for dir := above(at); dir != "" && !t.held[dir]; dir = above(dir) {
		t.held[dir] = true
	}
}

func (t *tally) keep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept++
}

func (t *tally) condemn(step Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.toDelete = append(t.toDelete, step)
}

// notSeen tells of a directory that could not be read: nothing is deleted then.
func (t *tally) notSeen(rel string, err error) {
	t.mu.Lock()
	t.unseen = append(t.unseen, rel)
	t.mu.Unlock()
	t.tell(Step{Action: ActSkip, Path: rel, Size: -1, Why: "not read", Err: err})
}

// later takes a link that is made when all else is there.
func (t *tally) later(link Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.links = append(t.links, link)
}
