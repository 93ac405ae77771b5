//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestTypedAheadIsNoAnswer: at each question of the program, what was typed before it appeared neither answers it nor becomes
// a command behind it.
func TestTypedAheadIsNoAnswer(t *testing.T) {
	for _, row := range []struct{ name, line, ahead, question, answer, then string }{
		{"rm of several", "rm ?.txt", "y", "delete 2 files? [y/n] ", "n", ""},
		{"rm -r", "rm -r tree", "y", "? [y/n] ", "n", ""},
		{"mdelete", "mdelete ?.txt", "a", "mdelete a.txt? [ynapq?] ", "q", ""},
		{"mget", "mget ?.txt", "a", "? [ynapq?] ", "q", ""},
		{"a local file is there", "get a.txt", "y", "replace it? ", "n", "stays as it was"},
		{"an argument is missing", "delete", "a.txt", "(remote-file) ", "nosuch", "550 "},
		{"a list into a file", "mls a.txt b.txt a.txt", "y", "? [y/n] ", "n", ""},
		{"password save", "password save bob@h", "typed ahead", "password of bob@h: ", "\x03", "interrupted"},
		{"account", "account", "typed ahead", "account: ", "\x03", "an argument is missing"},
		{"step", "step on; noop", "s", "send `NOOP`? ", "k", "not sent"},
		{"a password", "user alice", "typed ahead", "password: ", practice.Password, "PLAIN> "},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"a.txt": "a", "b.txt": "b", "tree/x": "x"}
			server := serves(t, practice.Options{}, files)
			term, dir := loggedIn(t, server)
			if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
				t.Fatal(err)
			}
			term.press(row.line + "\r" + row.ahead + "\r" + "mkdir ahead\r")
			term.see(row.question)
			term.enter(row.answer)
			term.see(row.then)
			term.enter("step off")
			term.enter("mkdir behind")
			term.enter("bye")
			term.ends(0)
			for name, text := range files {
				if got, err := afero.ReadFile(server.FS(), "/"+name); err != nil || string(got) != text {
					t.Errorf("%s holds %q, %v", name, got, err)
				}
			}
			if got, err := os.ReadFile(filepath.Join(dir, "a.txt")); err != nil || string(got) != "mine" {
				t.Errorf("a.txt holds %q, %v", got, err)
			}
			sent := strings.Join(server.Commands(), "\n")
			if strings.Contains(sent, "MKD ahead") || !strings.Contains(sent, "MKD behind") {
				t.Errorf("the server got\n%s", sent)
			}
		})
	}
}
