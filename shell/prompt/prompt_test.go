package prompt

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/render"
)

// A directory loses its beginning between names, whatever a server calls its
// directory, and without anybody waiting for it.
func TestShortDir(t *testing.T) {
	for _, row := range []struct {
		dir  string
		room int
		want string
	}{
		{"/home/alice/pictures", 12, "…/pictures"},
		{"/home/alice/pictures", 40, "/home/alice/pictures"},
		{"/日本語日本語/x", 9, "…/x"},
		{"/" + strings.Repeat("x", 100), 20, "…" + strings.Repeat("x", 19)},
		{strings.Repeat("/a", 1<<19), 20, "…" + strings.Repeat("/a", 9)}, // a megabyte
	} {
		if got := shortDir(row.dir, render.Width(row.dir)-row.room); got != row.want {
			t.Errorf("%.30q in %d cells is %q, want %q", row.dir, row.room, got, row.want)
		}
	}
}
