package teach

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
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
	if *update {
		if err := os.WriteFile("packed.zip", pack(t, names), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, name := range names {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(files(), filepath.ToSlash(name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what packed.zip has (%v): go test ./shell/teach -run Packed -update", name, err)
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
		t.Errorf("packed.zip has %d files, and there are %d: go test ./shell/teach -run Packed -update", brought, len(names))
	}
}

// pack makes the archive, always the same of the same files.
func pack(t *testing.T, names []string) []byte {
	t.Helper()
	var b bytes.Buffer
	all := zip.NewWriter(&b)
	all.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := all.CreateHeader(&zip.FileHeader{Name: filepath.ToSlash(name), Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := all.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
