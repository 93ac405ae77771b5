package teach

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestPacked: what the program brings is what the files say.
func TestPacked(t *testing.T) {
	t.Parallel()
	data, _ := filepath.Glob("data/*.json")
	lessons, _ := filepath.Glob("lessons/*.json")
	names := append(data, lessons...)
	for _, name := range names {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(files(), filepath.ToSlash(name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what packed.zip has (%v): go run ./docs/generate", name, err)
		}
	}
	brought := 0
	_ = fs.WalkDir(files(), ".", func(_ string, e fs.DirEntry, _ error) error {
		if !e.IsDir() {
			brought++
		}
		return nil
	})
	if brought != len(names) || len(data) == 0 || len(lessons) == 0 {
		t.Errorf("packed.zip has %d files, and there are %d: go run ./docs/generate", brought, len(names))
	}
}
