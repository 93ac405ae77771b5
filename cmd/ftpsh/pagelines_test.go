//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// shellLine is a line of a block that a local shell runs.
var shellLine = regexp.MustCompile(`(?m)^    ((?:ftpsh|printf|source|go run \./cmd/ftpsh) .*?)(?: {2,}#.*)?$`)

// TestLinesOfPagesRun: what README and guide say to type in a local shell does what it should, with the practice server in the
// place of ftp.example.org. (The FAQ has what its lines print, which a test of docs makes again.)
func TestLinesOfPagesRun(t *testing.T) {
	t.Parallel()
	files := map[string]string{"pub/notes.txt": "notes", "incoming/x": ""}
	server := serves(t, practice.Options{TLS: practice.Explicit}, files)
	implicit := serves(t, practice.Options{TLS: practice.Implicit}, files)
	dir := t.TempDir()
	authorities := filepath.Join(dir, "ca.pem")
	for name, text := range map[string][]byte{"ca.pem": append(server.CAPEM(), implicit.CAPEM()...), "report.csv": []byte("1;2\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "DIR"), 0o700); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, page := range []string{"README.md", "docs/guide.md"} {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range shellLine.FindAllStringSubmatch(string(text), -1) {
			line := strings.Replace(found[1], "go run ./cmd/ftpsh", "ftpsh", 1)
			line = strings.ReplaceAll(line, "ftps://ftp.example.org", "ftps://"+implicit.Addr())
			line = strings.ReplaceAll(line, "ftp.example.org", server.Addr())
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			cmd := exec.CommandContext(ctx, "bash", "-c", line)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader("pwd\n")
			cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir,
				"SSL_CERT_FILE="+authorities, "FTPSH_PASSWORD="+practice.Password)
			if err := runLine(cmd, strings.Contains(line, "--serve")); err != nil {
				t.Errorf("%s: %s: %v", page, found[1], err)
			}
			cancel()
			ran++
		}
	}
	if ran < 8 {
		t.Errorf("%d lines were found", ran)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "notes.txt")); err != nil || string(got) != "notes" {
		t.Errorf("mget *.txt got %q, %v", got, err)
	}
	if got, err := afero.ReadFile(server.FS(), "/incoming/report.csv"); err != nil || string(got) != "1;2\n" {
		t.Errorf("put stored %q, %v", got, err)
	}
}

// runLine runs a command to its end, or a server until it says where it is.
func runLine(cmd *exec.Cmd, serves bool) error {
	if !serves {
		if out, err := cmd.CombinedOutput(); err != nil {
			return errors.Join(err, errors.New(string(out)))
		}
		return nil
	}
	out := &until{seen: make(chan struct{}), word: "ftp://"}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return errors.Join(errors.New("it ended: "+out.text.String()), err)
	case <-out.seen:
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-ended
	return nil
}

// until is a writer that notes when a word has come.
type until struct {
	text bytes.Buffer
	word string
	seen chan struct{}
	done bool
}

func (u *until) Write(p []byte) (int, error) {
	u.text.Write(p)
	if !u.done && strings.Contains(u.text.String(), u.word) {
		u.done = true
		close(u.seen)
	}
	return len(p), nil
}
