package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestOneRuleForLocalFiles: whichever command writes a local file, with `set clobber off` it replaces
// none, a link that the user named is written through, and a command that fails leaves what was there.
func TestOneRuleForLocalFiles(t *testing.T) {
	for _, line := range []string{
		"ls . OUT", "dir . OUT", "nlist . OUT", "mlsd . OUT", "mls . nested OUT", "mdir . nested OUT", "ls > OUT", "cat README.txt > OUT",
		"get README.txt OUT", "lesson report --html OUT",
		"trace save OUT --as txt", "record OUT; record stop",
	} {
		t.Run(line, func(t *testing.T) {
			p := newPupil(t)
			p.Do(command.Line{Text: "practice start --tls off; practice open"})
			write := func(name, text string) {
				if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
					t.Fatal(err)
				}
			}
			read := func(name string) string {
				text, _ := os.ReadFile(name)
				return string(text)
			}
			do := func(line, name string) error {
				return p.Do(command.Line{Text: strings.ReplaceAll(line, "OUT", name), Script: "script", Number: 1})
			}
			write("old", "old\n")
			if err := do("set clobber off; "+line, "old"); command.Status(err) != 7 || read("old") != "old\n" {
				t.Errorf("with clobber off: %v, and the file has %q", err, read("old"))
			}
			if err := do(line, "new"); err != nil || read("new") == "" {
				t.Errorf("a new file: %v", err)
			}
			if err := os.Symlink("old", "link"); err != nil {
				t.Fatal(err)
			}
			if err := do("set clobber on; "+line, "link"); err != nil || read("old") == "old\n" {
				t.Errorf("with clobber on: %v, and the file has %q", err, read("old"))
			}
			if info, err := os.Lstat("link"); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Error("the link is no link any more")
			}
			if info, err := os.Stat("old"); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("the permissions are %v", info.Mode())
			}
			if first, rest, ok := strings.Cut(line, " . "); ok {
				write("old", "old\n")
				if err := do(first+" nowhere "+rest, "old"); err == nil || first != "mls" && first != "mdir" && read("old") != "old\n" {
					t.Errorf("a command that failed: %v, and the file has %q", err, read("old"))
				}
			}
			if left, _ := filepath.Glob(".ftpsh-*"); len(left) > 0 {
				t.Errorf("temporary files stay: %v", left)
			}
		})
	}
}
