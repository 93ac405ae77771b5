//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestMirrorWatch: what is saved goes to the server, what is ignored does not, and Ctrl-C ends it
// well, with status 8 where a file waits.
func TestMirrorWatch(t *testing.T) {
	server := serves(t, practice.Options{}, nil)
	cmd, errs := batch(t, server, "--json", "-c", "mirror -R --watch --quiet-time 50ms --delete site site")
	site := filepath.Join(cmd.Dir, "site")
	save := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(site, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	os.Mkdir(site, 0o700)
	save("a.txt", "1")
	save(".ftpignore", "*.tmp\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	hears := func(action, path string) {
		t.Helper()
		for lines.Scan() {
			var event struct{ Action, Path, Error string }
			if err := json.Unmarshal(lines.Bytes(), &event); err != nil || event.Error != "" {
				t.Fatalf("%s: %v", lines.Bytes(), err)
			}
			if filepath.Ext(event.Path) == ".tmp" || event.Path == ".ftpignore" || event.Path == "4913" {
				t.Fatalf("what is ignored was sent: %s", lines.Bytes())
			}
			if event.Action == action && event.Path == path {
				return
			}
		}
		t.Fatalf("no %s of %s\n%s", action, path, errs)
	}
	hears("upload", "a.txt")
	save("b.tmp", "x")
	save("4913", "")
	save("c.txt", "2") // the tree is watched from before it is sent
	hears("put", "c.txt")
	os.Rename(filepath.Join(site, "c.txt"), filepath.Join(site, "d.txt"))
	hears("rename", "c.txt")
	os.Remove(filepath.Join(site, "a.txt"))
	hears("delete", "a.txt")
	cmd.Process.Signal(syscall.SIGINT)
	for lines.Scan() {
	}
	cmd.Wait()
	ended(t, cmd, errs, 0)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := server.WaitCommand(ctx, "QUIT"); err != nil {
		t.Error(err)
	}
}
