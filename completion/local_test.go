package completion

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLocal(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"docs", "docs/deep", ".git"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"data.csv", "Data.txt", "docs/a b", ".profile"} {
		if err := os.WriteFile(filepath.Join(dir, f), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("docs", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	local := Local{Dir: dir, Home: dir}
	for _, row := range []struct {
		name, typed string
		dirs        bool
		want        string
		common      string
	}{
		{"all", "", false, "data.csv Data.txt docs/ link/", ""},
		{"directories", "", true, "docs/ link/", ""},
		{"hidden", ".", false, ".git/ .profile", "."},
		{"case", "Da", false, "Data.txt", "Data.txt"},
		{"exact case first", "da", false, "data.csv", "data.csv"},
		{"below", "docs/", false, "docs/a b docs/deep/", "docs/"},
		{"through a link", "link/a", false, "link/a b", "link/a b"},
		{"absolute", dir + "/do", false, dir + "/docs/", dir + "/docs/"},
		{"home", "~/do", false, "~/docs/", "~/docs/"},
		{"home alone", "~", false, "~/", "~/"},
		{"nobody's home", "~no such user", false, "", "~no such user"},
		{"shortened", "do/d", false, "docs/deep/", "docs/deep/"},
		{"no such directory", "nope/x", false, "", "nope/x"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := local.Complete(row.typed, row.dirs)
			if texts(r) != row.want || r.Common != row.common {
				t.Errorf("got %q, %q; want %q, %q", texts(r), r.Common, row.want, row.common)
			}
		})
	}
	local.Note = func(i os.FileInfo) string { return i.Mode().String()[:1] }
	if c := local.Complete("do", false).Candidates[0]; c.Note != "d" || c.Shown != "docs/" || !c.Open {
		t.Errorf("got %+v", c)
	}
}

func TestLocalPath(t *testing.T) {
	local := Local{Dir: "/srv", Home: "/home/me"}
	for typed, want := range map[string]string{
		"a": "/srv/a", "/a/../b": "/b", "~": "/home/me", "~/x": "/home/me/x", "": "/srv", "a~": "/srv/a~",
	} {
		if got := filepath.ToSlash(local.Path(typed)); got != want {
			t.Errorf("Path(%q): got %q, want %q", typed, got, want)
		}
	}
}
