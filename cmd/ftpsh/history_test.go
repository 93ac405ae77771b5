//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestHistoryAsAScript: history -s is what was done, without what failed, as a file that does it again.
func TestHistoryAsAScript(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "text"})
	term, dir := loggedIn(t, server)
	for _, do := range [][2]string{{"size a.txt", "4"}, {"size none", "550"}, {"mkdir new", ""}, {"history -s > again.ftp", ""}, {"rmdir new", ""}, {"source again.ftp", "4"}, {"rmdir new", ""}, {"pwd", "/"}} {
		term.enter(do[0])
		term.see(do[1])
		term.see("PLAIN> ")
	}
	if text, err := os.ReadFile(filepath.Join(dir, "again.ftp")); string(text) != "size a.txt\nmkdir new\n" {
		t.Errorf("%q, %v", text, err)
	}
	term.enter("bye")
	term.ends(0)
}
