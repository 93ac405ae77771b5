//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// scripted is the program with one line, as a script runs it.
func scripted(t *testing.T, dir string, words ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ftpsh", append([]string{"--tls=off"}, words...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), quickRace, "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"), "FTPSH_PASSWORD="+practice.Password)
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
	for range 2 {
		cmd := scripted(t, dir, "--tls=auto", "-V", "-c", "get -f a; put a b; rm b", address(server))
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// TestAsManySessionsAsAsked: as many sessions carry large files as were asked for.
func TestAsManySessionsAsAsked(t *testing.T) {
	t.Parallel()
	for _, sessions := range []int{2, 4} {
		t.Run(strconv.Itoa(sessions), func(t *testing.T) {
			t.Parallel()
			files := map[string]string{}
			for i := range 4 {
				files[fmt.Sprintf("tree/big%d", i)] = strings.Repeat("x", 6<<20)
			}
			// Each connection is slow, so that nobody is done before all have begun.
			server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 8 << 20}}}, files)
			output(t, scripted(t, t.TempDir(), "-c", fmt.Sprintf("mirror -P %d tree", sessions), address(server)))
			logins := 0
			for _, line := range server.Commands() {
				if strings.HasPrefix(line, "USER") {
					logins++
				}
			}
			if logins != sessions {
				t.Errorf("%d sessions", logins)
			}
		})
	}
}
