package treewatch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// TestOverflow: when the system has more events than it keeps, the whole tree is compared.
func TestOverflow(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	if err != nil {
		t.Fatal(err)
	}
	most, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	events, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{root: t.TempDir(), ignored: func(string, bool) bool { return false }, events: events, changed: make(chan struct{}, 1)}
	if err := w.add(""); err != nil {
		t.Fatal(err)
	}
	for i := range most { // two events each, and nobody takes them
		name := filepath.Join(w.root, fmt.Sprint(i%2))
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		os.Remove(name)
	}
	w.over.Go(w.pump)
	defer w.close()
	late := time.After(20 * time.Second)
	for all := false; !all; {
		select {
		case <-w.changed:
			w.mu.Lock()
			all = w.all
			w.mu.Unlock()
		case <-late:
			t.Fatal("nothing was said of events that were lost")
		}
	}
}

// TestTooManyWatches: the words are about watches, not about a disk that is full.
func TestTooManyWatches(t *testing.T) {
	err := tooMany(&os.PathError{Op: "add", Path: "x", Err: syscall.ENOSPC})
	if !errors.Is(err, ErrNoEvents) || !strings.Contains(err.Error(), "max_user_watches") || strings.Contains(err.Error(), "no space") {
		t.Error(err)
	}
}
