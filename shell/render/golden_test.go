package render

import (
	"os"
	"path/filepath"
	"testing"
)

// golden compares with testdata/name; UPDATE=1 writes it instead.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s (UPDATE=1 go test ./shell/render writes it)\ngot\n%s\nwant\n%s", file, got, want)
	}
}
