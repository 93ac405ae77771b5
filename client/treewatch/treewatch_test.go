package treewatch_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treewatch"
)

// watched is a tree that is followed on a server.
type watched struct {
	t      *testing.T
	tree   *treewatch.Tree
	local  string
	there  string
	mu     sync.Mutex
	events []string
	heard  chan struct{}
	stop   func() error
}

const patience = 20 * time.Second

// watch begins to follow a tree that holds nothing yet.
func watch(t *testing.T, srv everystep.Host, s *client.Session, adapt func(*treewatch.Tree)) *watched {
	t.Helper()
	w := &watched{t: t, local: t.TempDir(), there: filepath.Join(srv.Root, "copy"), heard: make(chan struct{}, 1000)}
	os.RemoveAll(w.there)
	os.Mkdir(w.there, 0o777)
	os.Chmod(w.there, 0o777)
	w.tree = &treewatch.Tree{
		Session: s, Local: w.local, Remote: path.Join(s.Dir(), "copy"), Delete: true, MaxDelete: -1, Quiet: 60 * time.Millisecond,
		Engine: func() *transfer.Engine { return &transfer.Engine{Session: s} },
		Tell: func(e treewatch.Event) {
			w.mu.Lock()
			w.events = append(w.events, e.String())
			w.mu.Unlock()
			select {
			case w.heard <- struct{}{}:
			default:
			}
		},
	}
	if adapt != nil {
		adapt(w.tree)
	}
	if err := w.tree.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- w.tree.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		err := <-over
		w.tree.Close()
		return err
	})
	t.Cleanup(func() { w.stop() })
	return w
}

// hears waits until something was told so often.
func (w *watched) hears(what string, times int) {
	w.t.Helper()
	late := time.After(patience)
	for {
		n := 0
		for _, said := range w.said() {
			if strings.HasPrefix(said, what) {
				n++
			}
		}
		if n >= times {
			return
		}
		select {
		case <-w.heard:
		case <-late:
			w.t.Fatalf("%s was told %d times, want %d", what, n, times)
		}
	}
}

// copied are the files of the copy, which is changing.
func (w *watched) copied() map[string]string {
	all := map[string]string{}
	filepath.WalkDir(w.there, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		rel, _ := filepath.Rel(w.there, name)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			all[rel+"/"] = ""
		} else if text, err := os.ReadFile(name); err == nil {
			all[rel] = string(text)
		}
		return nil
	})
	return all
}

// settles waits until the copy is what the tree is.
func (w *watched) settles(what string) {
	w.t.Helper()
	late := time.After(patience)
	for !maps.Equal(shown(everystep.Tree(w.t, w.local)), w.copied()) {
		select {
		case <-w.heard:
		case <-late:
			w.t.Fatalf("%s: here %q\nthere %q\n%q", what, shown(everystep.Tree(w.t, w.local)), w.copied(), w.said())
		}
	}
}

// shown is a tree without what is ignored.
func shown(tree map[string]string) map[string]string {
	maps.DeleteFunc(tree, func(name, _ string) bool { return ignored(name, false) })
	return tree
}

func ignored(name string, _ bool) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, "~") || strings.HasPrefix(base, ".#") || strings.HasSuffix(base, ".swp") || base == "4913"
}

func (w *watched) said() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.events)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	os.MkdirAll(filepath.Dir(name), 0o777)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEditors: however an editor saves, the copy has what was saved.
func TestEditors(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), func(tree *treewatch.Tree) { tree.Ignored = ignored })
	file := filepath.Join(w.local, "a.txt")
	write(t, file, "one")
	w.settles("a new file")
	for name, save := range map[string]func(text string){
		"in place, as VS Code": func(text string) { write(t, file, text) },
		"vim": func(text string) {
			write(t, filepath.Join(w.local, "4913"), "")
			os.Remove(filepath.Join(w.local, "4913"))
			os.Rename(file, file+"~")
			write(t, file, text)
			os.Remove(file + "~")
		},
		"emacs": func(text string) {
			os.Symlink("me@here.1", filepath.Join(w.local, ".#a.txt"))
			os.Rename(file, file+"~")
			write(t, file, text)
			os.Remove(filepath.Join(w.local, ".#a.txt"))
		},
		"a new file over the old, as JetBrains and sed -i": func(text string) {
			write(t, filepath.Join(w.local, "sedX1"), text)
			os.Rename(filepath.Join(w.local, "sedX1"), file)
		},
		"deleted and made again": func(text string) {
			os.Remove(file)
			write(t, file, text)
		},
	} {
		save(name)
		w.settles(name)
	}
	for _, said := range w.said() {
		if strings.HasPrefix(said, "delete") || strings.Contains(said, "sedX1") {
			t.Errorf("%q", w.said())
		}
	}
}

// TestTrees: directories that come with what is in them, are renamed, and go.
func TestTrees(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), nil)
	write(t, filepath.Join(w.local, "a/b/c/d.txt"), "d")
	write(t, filepath.Join(w.local, "a/e.txt"), "e")
	w.settles("mkdir -p and a file")
	os.Rename(filepath.Join(w.local, "a"), filepath.Join(w.local, "n"))
	w.settles("a renamed directory")
	write(t, filepath.Join(w.local, "n/b/c/d.txt"), "changed")
	w.settles("a file in a renamed directory")
	os.Rename(filepath.Join(w.local, "n/e.txt"), filepath.Join(w.local, "f.txt"))
	w.settles("a renamed file")
	os.RemoveAll(filepath.Join(w.local, "n"))
	write(t, filepath.Join(w.local, "n"), "a file now")
	w.settles("a file in place of a directory")
	os.Remove(filepath.Join(w.local, "f.txt"))
	w.settles("a deleted file")
	all := strings.Join(w.said(), "\n")
	if !strings.Contains(all, "rename a n\n") || !strings.Contains(all, "rename n/e.txt f.txt") || strings.Count(all, "put a/e.txt")+strings.Count(all, "put n/e.txt") != 1 {
		t.Errorf("%s", all)
	}
}

// TestOnServers: each server follows.
func TestOnServers(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		w := watch(t, srv, srv.Open(t, nil), nil)
		write(t, filepath.Join(w.local, "d/a"), "1")
		w.settles("new")
		write(t, filepath.Join(w.local, "d/a"), "2")
		w.settles("changed")
		os.Rename(filepath.Join(w.local, "d/a"), filepath.Join(w.local, "b"))
		w.settles("renamed")
		os.RemoveAll(filepath.Join(w.local, "d"))
		w.settles("deleted")
		if err := w.stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestRemovedThere: a directory that somebody removes on the server is there again with the next change in it, whole; what
// was deleted on both sides is no failure.
func TestRemovedThere(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		w := watch(t, srv, srv.Open(t, nil), nil)
		write(t, filepath.Join(w.local, "a/b/one"), "1")
		write(t, filepath.Join(w.local, "a/b/two"), "2")
		w.settles("made")
		if err := os.RemoveAll(filepath.Join(w.there, "a")); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(w.local, "a/b/one"), "11")
		w.settles("made again")
		if err := os.Remove(filepath.Join(w.there, "a/b/two")); err != nil {
			t.Fatal(err)
		}
		os.Remove(filepath.Join(w.local, "a/b/two"))
		w.hears("delete a/b/two", 1)
		for _, said := range w.said() {
			if strings.Contains(said, ": ") {
				t.Errorf("told %q", said)
			}
		}
	})
}

// TestMany: 2,000 files at once.
func TestMany(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), nil)
	for i := range 2000 {
		write(t, filepath.Join(w.local, fmt.Sprint("d", i%7), fmt.Sprint(i)), "x")
	}
	w.hears("put ", 2000)
	w.settles("2,000 files")
}

// TestPoll: without events the tree is looked at again and again.
func TestPoll(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), func(tree *treewatch.Tree) { tree.Poll = 20 * time.Millisecond })
	write(t, filepath.Join(w.local, "d/a"), "1")
	w.settles("new")
	os.Rename(filepath.Join(w.local, "d/a"), filepath.Join(w.local, "d/b"))
	w.settles("renamed")
	os.RemoveAll(filepath.Join(w.local, "d"))
	w.settles("deleted")
}

// TestLostConnection: what was changed meanwhile waits, and goes when the server is back.
func TestLostConnection(t *testing.T) {
	srv := everystep.Practice(t)
	down := make(chan bool, 1)
	s := srv.Open(t, nil)
	w := watch(t, srv, s, nil)
	write(t, filepath.Join(w.local, "a"), "1")
	w.settles("new")
	s.Drop()
	close(down)
	write(t, filepath.Join(w.local, "a"), "2")
	w.settles("after the loss")
}

// TestKept: without Delete what is gone here stays there, and is named.
func TestKept(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), func(tree *treewatch.Tree) { tree.Delete = false })
	write(t, filepath.Join(w.local, "a"), "1")
	write(t, filepath.Join(w.local, "b"), "1")
	w.settles("new")
	os.Remove(filepath.Join(w.local, "a"))
	write(t, filepath.Join(w.local, "b"), "2")
	w.hears("put b", 2)
	w.stop()
	if gone := w.tree.Gone(); !slices.Equal(gone, []string{"a"}) {
		t.Errorf("gone: %q", gone)
	}
	if _, err := os.Stat(filepath.Join(w.there, "a")); err != nil {
		t.Error(err)
	}
}

// TestLostEvents: when events were lost the whole tree is compared, and directories of which nothing
// was heard are watched from then on.
func TestLostEvents(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), nil)
	write(t, filepath.Join(w.local, "a"), "1")
	write(t, filepath.Join(w.local, "gone"), "1")
	w.settles("new")
	w.tree.Deafen()
	write(t, filepath.Join(w.local, "a"), "changed")
	write(t, filepath.Join(w.local, "d/e/b"), "1")
	os.Remove(filepath.Join(w.local, "gone"))
	w.tree.Lose()
	w.settles("after the loss")
	write(t, filepath.Join(w.local, "d/e/b"), "2")
	write(t, filepath.Join(w.local, "d/c"), "1")
	w.settles("in a directory of which no event came")
}

// TestTooManyDirectories: where not all directories can be watched the tree is looked at again and again.
func TestTooManyDirectories(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), nil)
	write(t, filepath.Join(w.local, "a"), "1")
	w.settles("new")
	w.tree.Deafen()
	w.tree.Fail(syscall.ENOSPC)
	w.hears("lost", 1)
	if said := strings.Join(w.said(), "\n"); !strings.Contains(said, "max_user_watches") {
		t.Errorf("%s", said)
	}
	write(t, filepath.Join(w.local, "a"), "2")
	w.settles("a change without an event")
}

// TestNothingRenamed: on a server that renames nothing files go under their own names, and that is found out once.
func TestNothingRenamed(t *testing.T) {
	srv := everystep.Practice(t, practice.Fault{Name: "refuse", Verb: "RNTO", Text: "553 nothing is renamed here"})
	var sent []string
	var mu sync.Mutex
	s := srv.Open(t, func(o client.Options) client.Options {
		o.Trace = client.Join(o.Trace, &client.Trace{Sent: func(i client.SentInfo) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, i.Line)
		}})
		return o
	})
	w := watch(t, srv, s, nil)
	for _, text := range []string{"1", "22", "333"} {
		write(t, filepath.Join(w.local, "a"), text)
		w.settles("saved " + text)
	}
	w.hears("put a", 3)
	w.stop()
	mu.Lock()
	defer mu.Unlock()
	renames := 0
	for _, line := range sent {
		if strings.HasPrefix(line, "RNTO") {
			renames++
		}
	}
	if renames != 1 || w.tree.Lacks != transfer.Renames {
		t.Errorf("%d renames were tried, and it is known that the server lacks %q", renames, w.tree.Lacks)
	}
}
