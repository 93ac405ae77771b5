package treewatch_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ftpsh/ftpsh/client/internal/everystep"
)

// TestReplacedTree: another tree gets the name of the one that is followed, and is followed.
func TestReplacedTree(t *testing.T) {
	srv := everystep.Practice(t)
	w := watch(t, srv, srv.Open(t, nil), nil)
	write(t, filepath.Join(w.local, "d/a"), "1")
	write(t, filepath.Join(w.local, "only-old"), "1")
	w.settles("new")
	for _, what := range []string{"replaced", "replaced once more"} {
		other := t.TempDir()
		write(t, filepath.Join(other, "d/a"), what)
		write(t, filepath.Join(other, "new/b"), what)
		if err := os.Rename(w.local, filepath.Join(t.TempDir(), "old")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(other, w.local); err != nil {
			t.Fatal(err)
		}
		w.settles(what)
		write(t, filepath.Join(w.local, "new/b"), "changed in it")
		w.settles("a change in the tree that was " + what)
	}
	for _, dir := range []string{"d", "new"} { // and a directory in it
		other := t.TempDir()
		write(t, filepath.Join(other, "a"), "of another directory")
		os.Rename(filepath.Join(w.local, dir), filepath.Join(t.TempDir(), "old"))
		os.Rename(other, filepath.Join(w.local, dir))
		w.settles("a directory that was replaced")
		write(t, filepath.Join(w.local, dir, "a"), "changed in it")
		w.settles("a change in it")
	}
}
