//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestDetach: a job goes on in a process without a terminal, with the type, the
// settings and the directories that it had, and its log says how it ended.
func TestDetach(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"sub/UP.TXT": "one\r\ntwo\r\n", "sub/b.txt": "22"})
	term, dir := loggedIn(t, server)
	for _, line := range []string{"cd sub", "quote TYPE A", "quote OPTS MLST type", "set case on", "set prompt-format 'it''s {dir}> '", "!mkdir here", "lcd here", "sleep 0.3 && get UP.TXT &", "sleep 0.3 && size nothing &"} {
		term.enter(line)
		term.see("> ")
	}
	term.see("[2] sleep")
	term.enter("bye")
	term.see("[d]etach")
	term.enter("d")
	term.see("they continue without the terminal and write to ")
	term.ends(0)
	for range 5 { // of this shell, of both jobs and where each began; the last comes when all is said
		if _, err := server.WaitCommand(t.Context(), "QUIT"); err != nil {
			t.Fatal(err)
		}
	}
	// Each connection has it: by hand, and those of the process and of its jobs.
	if told, logins := sent(server, "OPTS MLST type"), sent(server, "USER alice"); told != logins || logins < 5 {
		t.Errorf("%d logins, %d times OPTS MLST in %q", logins, told, server.Commands())
	}
	if got, err := os.ReadFile(filepath.Join(dir, "here", "up.txt")); string(got) != "one\ntwo\n" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	logs, _ := filepath.Glob(filepath.Join(dir, "state", "ftpsh", "detached-*.log"))
	if len(logs) != 1 {
		t.Fatalf("logs: %q", logs)
	}
	text, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"[1] done  sleep 0.3 && get UP.TXT\n", "size: nothing: 550 ", "[2] failed (6)  sleep 0.3 && size nothing\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), practice.Password) {
		t.Errorf("the password is in\n%s", text)
	}
}

// TestAttach: a later shell sees what was detached, shows what it says, and ends it.
func TestAttach(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a"})
	first, dir := loggedIn(t, server)
	first.enter("sleep 300 && size a.txt &")
	first.see("[1] sleep")
	first.enter("bye")
	first.see("[d]etach")
	first.enter("d")
	first.see("`jobs` shows them")
	first.ends(0)
	logs, _ := filepath.Glob(filepath.Join(dir, "state", "ftpsh", "detached-*.log"))
	if len(logs) != 1 {
		t.Fatalf("logs: %q", logs)
	}
	name := strings.TrimSuffix(filepath.Base(logs[0]), ".log")
	id := "@" + name[strings.LastIndexByte(name, '-')+1:]

	term := startIn(t, dir, address(server))
	term.see("password: ")
	term.enter(practice.Password)
	term.see("PLAIN> ")
	term.enter("jobs")
	term.see("[" + id + "]  detached  sleep 300 && size a.txt")
	term.enter("attach " + id)
	term.see("sleep 300 && size a.txt")
	term.press("\x03")
	term.see("it continues; `kill " + id + "` ends it")
	term.enter("kill " + id)
	term.see("PLAIN> ")
	term.enter("attach " + id)
	term.see(id + ": no detached job has this number")
	term.enter("bye")
	term.ends(0)
}

// sent counts how often a server has got a line.
func sent(server *practice.Server, line string) (n int) {
	for _, got := range server.Commands() {
		if got == line {
			n++
		}
	}
	return n
}
