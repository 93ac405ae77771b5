package commands

import (
	"archive/tar"
	"bytes"
	"path"
	"strings"
	"testing"
)

// FuzzUntar: whatever a tar file has in it, each of its members goes below the directory, or nowhere.
func FuzzUntar(f *testing.F) {
	for _, name := range []string{"a/b", "../up", "/etc/passwd", "a/../../b", "./x", "a\nb", "", strings.Repeat("d/", 200) + "f"} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Name: name, Size: 1, Mode: 0o644})
		_, _ = w.Write([]byte("x"))
		_ = w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: "../.."})
		_ = w.Close()
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := tar.NewReader(bytes.NewReader(raw))
		for range 100 {
			h, err := r.Next()
			if err != nil {
				return
			}
			name, err := memberName("top", h.Name)
			if err != nil {
				continue
			}
			if clean := path.Clean(name); clean != "top" && !strings.HasPrefix(clean, "top/") || strings.ContainsAny(name, "\r\n\x00") {
				t.Errorf("%q goes to %q", h.Name, name)
			}
		}
	})
}
