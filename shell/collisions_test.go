package shell

import (
	"os"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestFoldingFolder: where Foo and foo are one file here, none of them is lost without a word: the second is refused by name,
// or kept under a number. Elsewhere both arrive.
func TestFoldingFolder(t *testing.T) {
	asked := foldsHere
	t.Cleanup(func() { foldsHere = asked })
	for _, row := range []struct {
		name, line string
		folds      bool
		status     int
		want       map[string]string
	}{
		{"an exact folder", "mget *", false, 0, map[string]string{"Foo": "1", "foo": "2", "foo.txt": "3"}},
		{"refused", "mget *", true, 7, map[string]string{"Foo": "1", "foo.txt": "3"}},
		{"numbered", "set collisions number; mget *", true, 0, map[string]string{"Foo": "1", "foo (2)": "2", "foo.txt": "3"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			server, err := practice.Start(practice.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { server.Close() })
			for name, text := range map[string]string{"/Foo": "1", "/foo": "2", "/foo.txt": "3"} {
				if err := afero.WriteFile(server.FS(), name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			foldsHere = func(string) bool { return row.folds }
			t.Chdir(t.TempDir())
			sh, out := batchShell(t, Options{Password: practice.Password, HasPassword: true})
			if err := sh.Do(Line{Text: "open ftp://" + practice.User + "@" + server.Addr()}); err != nil {
				t.Fatal(err)
			}
			if got := Status(sh.Do(Line{Text: row.line})); got != row.status {
				t.Errorf("status %d\n%s", got, out)
			}
			files, _ := os.ReadDir(".")
			if len(files) != len(row.want) {
				t.Errorf("got %v", files)
			}
			for name, text := range row.want {
				if got, err := os.ReadFile(name); err != nil || string(got) != text {
					t.Errorf("%s holds %q, %v", name, got, err)
				}
			}
		})
	}
}
