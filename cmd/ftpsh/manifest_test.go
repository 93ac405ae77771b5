package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// TestManifestOnServers: sha256sum agrees with the list of a server's tree, of 1,000 files on one of
// them, and the tree with the list of sha256sum. What is known from before is not read again, and a file that was
// changed within its minute, and has the same size, is.
func TestManifestOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, s *daemon.Server) {
		dir, n := t.TempDir(), 50
		if s.Flavour == "vsftpd" { // whose listings tell minutes only
			n = 1000
		}
		s.PutSmall(n)
		url := scheme(s) + "://" + s.User + "@" + s.Addr() + "/"
		runs := func(want int, line string) string {
			t.Helper()
			out, err := onServer(t, s, dir, "-c", line, url)
			code, failed := 0, new(exec.ExitError)
			if errors.As(err, &failed) {
				code = failed.ExitCode()
			}
			if code != want {
				t.Fatalf("%s: status %d, want %d", line, code, want)
			}
			return out
		}
		root := filepath.Join(s.Root, "small")
		list := filepath.Join(dir, "SHA256SUMS")
		if err := os.WriteFile(list, []byte(runs(0, "manifest make small")), 0o600); err != nil {
			t.Fatal(err)
		}
		check := exec.Command("sha256sum", "--check", "--strict", "--quiet", list)
		check.Dir = root
		if out, err := check.CombinedOutput(); err != nil {
			t.Fatalf("sha256sum: %v\n%s", err, out)
		}
		sums := exec.Command("sh", "-c", "find . -type f | xargs sha256sum")
		sums.Dir = root
		theirs, err := sums.Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(list, theirs, 0o600); err != nil {
			t.Fatal(err)
		}
		if out := runs(0, "manifest check --json SHA256SUMS small"); strings.Count(out, `"how":"cache"`) != n {
			t.Errorf("%d of %d were known from before", strings.Count(out, `"how":"cache"`), n)
		}

		changed := filepath.Join(root, "d07/f00007.bin")
		before, err := os.Stat(changed)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(changed, daemon.Content(1024, 4711), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(changed, time.Time{}, before.ModTime().Add(20*time.Second)); err != nil {
			t.Fatal(err)
		}
		out := runs(8, "manifest check SHA256SUMS small")
		if strings.Count(out, "FAILED") != 1 || !strings.Contains(out, "FAILED   d07/f00007.bin") {
			t.Errorf("the change was not found:\n%.500s", out)
		}

		// And one that was changed just now, twice, within a second: nothing tells of that.
		for _, text := range []string{"one", "two"} {
			if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			now := time.Now().Truncate(time.Second)
			if err := os.Chtimes(changed, now, now); err != nil {
				t.Fatal(err)
			}
			sum := exec.Command("sha256sum", changed)
			want, err := sum.Output()
			if err != nil {
				t.Fatal(err)
			}
			if out := runs(0, "manifest make small/d07"); !strings.Contains(out, fmt.Sprintf("%.64s  f00007.bin", want)) {
				t.Errorf("the sum of %q is not in the list", text)
			}
		}

		// A link is no file of its own, also where MLSD describes what it leads to.
		if err := os.Symlink("f00007.bin", filepath.Join(root, "d07/link")); err != nil {
			t.Fatal(err)
		}
		if out := runs(0, "manifest make --format bsd small/d07"); strings.Contains(out, "(link)") || !strings.Contains(out, "(f00007.bin)") {
			t.Errorf("with a link:\n%.500s", out)
		}
	})
}
