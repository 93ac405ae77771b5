package docs

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"os"
	"path/filepath"
)

// packed is shell/teach/packed.zip: what explain and the lessons know, always the same of the same files.
func packed(root string) (string, error) {
	teach := filepath.Join(root, "shell", "teach")
	var names []string
	for _, dir := range []string{"data", "lessons"} {
		found, err := filepath.Glob(filepath.Join(teach, dir, "*.json"))
		if err != nil {
			return "", err
		}
		names = append(names, found...)
	}
	var b bytes.Buffer
	all := zip.NewWriter(&b)
	all.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, name := range names {
		if err := pack(all, teach, name); err != nil {
			return "", err
		}
	}
	err := all.Close()
	return b.String(), err
}

func pack(all *zip.Writer, teach, name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	below, err := filepath.Rel(teach, name)
	if err != nil {
		return err
	}
	w, err := all.CreateHeader(&zip.FileHeader{Name: filepath.ToSlash(below), Method: zip.Deflate})
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
