package treewatch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/ftpsh/ftpsh/client/ignore"
)

// watcher gathers the paths of a tree that something may have happened to. What the system says is
// only a hint: it tells of names that are gone by then, of some changes several times, and of
// others, as on a disk of the network, not at all.
type watcher struct {
	root    string
	ignored func(name string, dir bool) bool

	events *fsnotify.Watcher // nil: the tree is looked at again and again

	mu      sync.Mutex // for what follows
	due     due
	all     bool  // the whole tree is to be compared: events were lost
	rules   bool  // a file of what is ignored was changed
	short   error // why not all directories are watched
	changed chan struct{}
	over    sync.WaitGroup
}

// ErrNoEvents is why a tree is looked at again and again.
var ErrNoEvents = errors.New("the system does not report changes")

// newWatcher begins to watch. With an error of ErrNoEvents it must be polled.
func newWatcher(root string, quiet time.Duration, ignored func(string, bool) bool, events bool) (*watcher, error) {
	w := &watcher{root: root, ignored: ignored, due: due{quiet: quiet}, changed: make(chan struct{}, 1)}
	if !events {
		return w, nil
	}
	from, err := fsnotify.NewWatcher()
	if err != nil {
		return w, fmt.Errorf("%w: %w", ErrNoEvents, err)
	}
	w.events = from
	if err := w.add(""); err != nil {
		from.Close()
		w.events = nil
		return w, tooMany(err)
	}
	w.over.Go(w.pump)
	return w, nil
}

func (w *watcher) close() {
	if w.events != nil {
		w.events.Close()
		w.over.Wait()
	}
}

// add watches a directory and those in it, and then reads them: what is made in a directory before it
// is watched has no event.
func (w *watcher) add(dir string) error {
	return filepath.WalkDir(filepath.Join(w.root, filepath.FromSlash(dir)), func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return skipGone(err)
		}
		name := w.name(full)
		if name != "" && w.ignored(name, d.IsDir()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		w.touch(name)
		if !d.IsDir() {
			return nil
		}
		return skipGone(w.events.Add(full))
	})
}

// watchAgain watches what has come without an event, and the tree itself, which may be another
// directory of the same name by now.
func (w *watcher) watchAgain() {
	if w.events == nil {
		return
	}
	_ = w.events.Remove(w.root)
	err := filepath.WalkDir(w.root, func(full string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return skipGone(err)
		case !d.IsDir():
			return nil
		case full != w.root && w.ignored(w.name(full), true):
			return fs.SkipDir
		}
		return skipGone(w.events.Add(full))
	})
	if err != nil {
		w.fail(err)
	}
}

// fail notes that not all directories can be watched.
func (w *watcher) fail(err error) {
	w.mu.Lock()
	w.short = tooMany(err)
	w.mu.Unlock()
	w.wake()
}

// tooMany says what ENOSPC means here: it has nothing to do with a disk.
func tooMany(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		err = errors.New("the tree has more directories than fs.inotify.max_user_watches allows to watch")
	}
	return fmt.Errorf("%w: %w", ErrNoEvents, err)
}

// skipGone is nil for what has gone meanwhile, and for a directory that nobody may read: it is told
// when it is compared.
func skipGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}

// name is a path in the tree, "" for the tree itself.
func (w *watcher) name(full string) string {
	rel, err := filepath.Rel(w.root, full)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}

// touch notes that something has happened to a path.
func (w *watcher) touch(name string) {
	if name == "" {
		return
	}
	w.mu.Lock()
	w.due.touch(name, time.Now())
	w.mu.Unlock()
	w.wake()
}

func (w *watcher) wake() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// lose notes that events were lost.
func (w *watcher) lose() {
	w.mu.Lock()
	w.all = true
	w.mu.Unlock()
	w.wake()
}

// pump takes events as they come, so that few of them are lost.
func (w *watcher) pump() {
	for {
		select {
		case e, open := <-w.events.Events:
			if !open {
				return
			}
			w.hear(e)
		case _, open := <-w.events.Errors:
			if !open {
				return
			}
			w.lose()
		}
	}
}

func (w *watcher) hear(e fsnotify.Event) {
	name := w.name(e.Name)
	if name == "" {
		if e.Has(fsnotify.Rename) || e.Has(fsnotify.Remove) { // another directory may get its name
			w.lose()
		}
		return
	}
	if base := filepath.Base(e.Name); base == ignore.Name || base == ignore.GitName {
		w.mu.Lock()
		w.rules = true
		w.mu.Unlock()
		w.wake()
	}
	info, err := os.Lstat(e.Name)
	dir := err == nil && info.IsDir()
	if w.ignored(name, dir) {
		return
	}
	if e.Has(fsnotify.Rename) || e.Has(fsnotify.Remove) {
		w.forget(e.Name)
	}
	w.touch(name)
	if dir && e.Has(fsnotify.Create) {
		if err := w.add(name); err != nil {
			w.lose()
			w.fail(err)
		}
	}
}

// forget ends the watches of a directory that has another name now: they would tell of the old one.
func (w *watcher) forget(full string) {
	for _, watched := range w.events.WatchList() {
		if watched == full || strings.HasPrefix(watched, full+string(filepath.Separator)) {
			_ = w.events.Remove(watched)
		}
	}
}
