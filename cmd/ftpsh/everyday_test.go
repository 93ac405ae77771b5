//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// scripted is the program with one line, as a script runs it.
func scripted(t *testing.T, dir string, words ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ftpsh", append([]string{"--tls=off"}, words...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"), "FTPSH_PASSWORD="+practice.Password)
	return cmd
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v: %s", cmd, err, errs.String())
	}
	return string(out)
}

// TestPipesGetBytes: a name that is not UTF-8 goes into a pipe of ours, and out to one of the caller's, as it is.
func TestPipesGetBytes(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{}, map[string]string{"\xe4.txt": "x"})
	for _, line := range []string{"ls", "ls | cat", "ls -1 | cat", "find . -name *.txt", "nlist", "nlist | cat"} {
		if got := output(t, scripted(t, t.TempDir(), "-c", line, address(server))); strings.TrimPrefix(got, "./") != "\xe4.txt\n" {
			t.Errorf("%s: %q", line, got)
		}
	}
}

// TestColourOnRequest: --color says for all that is printed whether it has colours, also into a pipe.
func TestColourOnRequest(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{}, map[string]string{"dir/x": "x"})
	for words, want := range map[string]bool{"": false, "--color=always": true, "--color=never": false, "--color=auto": false} {
		for _, line := range []string{"ls", "ls -l"} {
			got := output(t, scripted(t, t.TempDir(), append(strings.Fields(words), "-c", line, address(server))...))
			if strings.Contains(got, "\x1b[") != want {
				t.Errorf("%s %s: %q", words, line, got)
			}
		}
	}
}

// TestQuietWhenAllIsWell: cron sends no mail about a run in which nothing was wrong.
func TestQuietWhenAllIsWell(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{}, map[string]string{"a": "x"})
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tree"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := os.WriteFile(filepath.Join(dir, "tree", "a"), []byte("a"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := scripted(t, dir, "--tls=auto", "-V", "-c", "get -f a; verify a; put a b; rm b; mirror -R --delete tree there; mirror -R tree there; sync -y tree two; "+
			"begin --in there; put a there/a; commit; begin; rollback; deploy tree site; mkdir x; touch x/1 x/2; rm -r x; mput -f a; find there -name a -delete", address(server))
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// TestAsManySessionsAsAsked: as many sessions carry files as were asked for, also where there are no more files than that,
// and also where those are not large.
func TestAsManySessionsAsAsked(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ sessions, size int }{{2, 6 << 20}, {4, 6 << 20}, {4, 1 << 20}} {
		t.Run(fmt.Sprintf("%d of %d", row.sessions, row.size), func(t *testing.T) {
			t.Parallel()
			files := map[string]string{}
			for i := range 4 {
				files[fmt.Sprintf("tree/big%d", i)] = strings.Repeat("x", row.size)
			}
			// Each connection is slow, so that nobody is done before all have begun.
			server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: int64(row.size)}}}, files)
			output(t, scripted(t, t.TempDir(), "-c", fmt.Sprintf("mirror -P %d tree", row.sessions), address(server)))
			logins := 0
			for _, line := range server.Commands() {
				if strings.HasPrefix(line, "USER") {
					logins++
				}
			}
			if logins != row.sessions {
				t.Errorf("%d sessions", logins)
			}
		})
	}
}

// TestKilledInParts: what a file that comes in parts has brought before a SIGKILL is not fetched again, however early that
// comes and however small the parts are.
func TestKilledInParts(t *testing.T) {
	t.Parallel()
	const size, each = 12 << 20, 300_000
	text := strings.Repeat("0123456789abcdef", size/16)
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "stall", At: each}}}, map[string]string{"big": text})
	dir := t.TempDir()
	cmd := scripted(t, dir, "-c", "pget -n 4 big", address(server))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	limit := time.After(patience)
	for missing := int64(size); missing > size-4*each; missing = missingIn(t, filepath.Join(dir, "big.segments"), size) {
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf("%d bytes are missing, says the note", missing)
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	server.SetFaults()
	var event struct{ Bytes, Resumed int64 }
	if err := json.Unmarshal([]byte(output(t, scripted(t, dir, "--json", "-c", "reget big", address(server)))), &event); err != nil {
		t.Fatal(err)
	}
	if event.Resumed != 4*each || event.Bytes != size-4*each {
		t.Errorf("%d bytes were there, %d came", event.Resumed, event.Bytes)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "big")); err != nil || string(got) != text {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// missingIn is how many bytes of a file are missing, as the note behind its parts says.
func missingIn(t *testing.T, path string, size int64) (sum int64) {
	t.Helper()
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return size
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	note, err := io.ReadAll(io.NewSectionReader(file, size, 1<<20))
	_, parts, found := strings.Cut(string(note), "missing:\n")
	if err != nil || !found {
		return size
	}
	for line := range strings.Lines(parts) {
		var next, end int64
		if n, _ := fmt.Sscan(line, &next, &end); n == 2 {
			sum += end - next
		}
	}
	return sum
}
