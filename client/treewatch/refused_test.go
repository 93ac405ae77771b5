package treewatch_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/treewatch"
)

// TestRefused: what was refused is asked about once, not again at each look, and again when it has changed. It waits until then.
func TestRefused(t *testing.T) {
	srv := everystep.Practice(t)
	asked := make(chan []treewatch.Event, 100)
	answers := make(chan bool, 100)
	w := watch(t, srv, srv.Open(t, nil), func(tree *treewatch.Tree) {
		tree.Poll = 20 * time.Millisecond
		tree.May = func(ctx context.Context, does []treewatch.Event) (bool, error) {
			asked <- does
			select {
			case yes := <-answers:
				return yes, nil
			case <-ctx.Done():
				return false, nil
			}
		}
	})
	answers <- false
	write(t, filepath.Join(w.local, "a"), "1")
	if does := <-asked; len(does) != 1 || does[0].Action != treewatch.Put || does[0].Path != "a" {
		t.Fatalf("asked about %+v", does)
	}
	answers <- true
	write(t, filepath.Join(w.local, "b"), "2")
	if does := <-asked; len(does) != 1 || does[0].Path != "b" {
		t.Fatalf("asked about %+v", does)
	}
	w.hears("put b", 1)
	if _, there := w.copied()["a"]; there {
		t.Fatal("what was refused is there")
	}
	answers <- false
	write(t, filepath.Join(w.local, "a"), "another one")
	<-asked
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	if got := w.tree.Waiting(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("waiting: %q", got)
	}
	if len(asked) > 0 {
		t.Errorf("asked once more about %+v", <-asked)
	}
}
