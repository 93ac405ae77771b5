package transfer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// TestPartOfSomebodyElse: a file that has the name of our part stays as it is, on every server; when
// all such names are taken nothing is sent.
func TestPartOfSomebodyElse(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		dir := filepath.Join(srv.Root, "parts")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		os.Chmod(dir, 0o777)
		write := func(name string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("theirs"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(dir, name))
			return string(text)
		}
		s := srv.Open(t, nil)
		put := func() (transfer.Result, error) {
			return transfer.Run(t.Context(), s, transfer.Task{Op: transfer.Upload, Remote: "parts/a", In: strings.NewReader("ours"), Atomic: true}, nil)
		}
		write("a.part")
		r, err := put()
		if err != nil || read("a") != "ours" || read("a.part") != "theirs" || read("a.2.part") != "" || !strings.Contains(r.Note, "a.2.part") {
			t.Errorf("%v, %q: a has %q, a.part %q", err, r.Note, read("a"), read("a.part"))
		}
		for _, n := range []string{"2", "3", "4", "5", "6", "7", "8", "9"} {
			write("a." + n + ".part")
		}
		if _, err := put(); err == nil || !strings.Contains(err.Error(), "names are taken") {
			t.Errorf("all are taken: %v", err)
		}
	})
}
