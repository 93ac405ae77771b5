//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/console/tmux"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// inShell starts an interactive shell on a screen of its own, with a variable F that starts the program on a server.
func (p place) inShell(t *testing.T) *tmux.Screen {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed: stopping and going on is not tested")
	}
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	line := "cd " + syntax.Quote(p.dir) + "; exec env PS1='sh$ ' " + bash + " --norc --noediting -i"
	tm := tmux.Start(t, 90, 24, line, quickRace, "FTPSH_PASSWORD="+practice.Password, "HOME="+p.dir, "XDG_STATE_HOME="+p.dir,
		"F="+path+" --tls=off --no-config -V")
	tm.Until("the shell", func(screen string) bool { return strings.HasSuffix(screen, "sh$ ▏") })
	return tm
}

// runs waits until a transfer shows how far it is.
func runs(tm *tmux.Screen) {
	tm.Until("progress", func(screen string) bool { return strings.Contains(lastRow(screen), "K/s") })
}

func lastRow(screen string) string { return screen[strings.LastIndexByte(screen, '\n')+1:] }

// TestNoEchoInProgress: what is typed while a file is on its way is not in its row, from the first moment on, and is what the
// next prompts read, also when it is not complete.
func TestNoEchoInProgress(t *testing.T) {
	t.Parallel()
	p := newPlace(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 100 << 10}}},
		map[string]string{"file.bin": strings.Repeat("x", 250<<10), "a.csv": "1"})
	tm := p.start(t)
	tm.Type("get file.bin\r")
	p.got(t, "RETR")
	tm.Type("pw")
	runs(tm)
	tm.Type("d\rsize a.csvv\x7f\rhalf a li")
	tm.Until("a clean end", func(screen string) bool {
		if row := lastRow(screen); strings.Contains(row, "K/s") && !strings.HasPrefix(row, "file.bin") {
			t.Fatalf("in the row of the file:\n%s", screen)
		}
		return strings.HasSuffix(screen, here+"pwd\n/\n"+here+"size a.csv\n1\n"+here+"half a li▏")
	})
	if screen := tm.Text(); strings.Contains(screen, "K/s") && !strings.Contains(screen, "250K in ") {
		t.Errorf("something of the row has stayed:\n%s", screen)
	}
}

// TestEchoForOtherPrograms: a program that gets the terminal finds it as it was, and so does the shell behind the end.
func TestEchoForOtherPrograms(t *testing.T) {
	p := newPlace(t, practice.Options{}, map[string]string{"a.csv": "1"})
	tm := p.inShell(t)
	tm.Type("clear; $F alice@" + p.server.Addr() + "\r")
	tm.Ends(here + "▏")
	tm.Type("!echo ready; read x; echo got $x\r")
	tm.Ends("\nready\n▏")
	tm.Type("words")
	tm.Ends("\nwords▏")
	tm.Type("\r")
	tm.Ends("got words\n" + here + "▏")
	tm.Type("bye\r")
	tm.Ends("sh$ ▏")
	tm.Type("stty | grep -c -e -echo\r")
	tm.Ends("-echo\n0\nsh$ ▏")
}

// TestStopInProgress: Ctrl-Z where a command cannot go on without the terminal gives that back as it was; fg brings the row
// back, and what is typed stays out of it again.
func TestStopInProgress(t *testing.T) {
	t.Parallel()
	p := newPlace(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 64 << 10}}},
		map[string]string{"file.bin": strings.Repeat("x", 400<<10)})
	tm := p.inShell(t)
	tm.Type("clear; $F ftp://alice@" + p.server.Addr() + "/ -c 'get file.bin'\r")
	runs(tm)
	tm.Type("\x1a")
	tm.Until("the shell", func(screen string) bool {
		return strings.Contains(screen, "Stopped") && strings.HasSuffix(screen, "sh$ ▏") && !strings.Contains(screen, "K/s")
	})
	tm.Type("stty | grep -c -e -echo\r")
	tm.Ends("-echo\n0\nsh$ ▏")
	tm.Type("clear; fg\r")
	runs(tm)
	tm.Type("echo later\r")
	tm.Ends("later\nsh$ ▏")
	if screen := tm.Text(); strings.Contains(screen, "K/s") {
		t.Errorf("the row has stayed:\n%s", screen)
	}
	if got, err := os.ReadFile(p.dir + "/file.bin"); err != nil || len(got) != 400<<10 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	tm.Type("stty | grep -c -e -echo\r")
	tm.Ends("-echo\n0\nsh$ ▏")
}

// TestEchoAfterASignal: whatever ends the program, the terminal is as it was.
func TestEchoAfterASignal(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"TERM", "HUP", "QUIT", "INT"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, slow, bigFile())
			tm := p.inShell(t)
			// no shell that mends the terminal by itself
			tm.Type("clear; sh -c 'echo $$ >pid; exec $F ftp://alice@" + p.server.Addr() + "/ -c \"get big.bin\"' | cat; stty | grep -c -e -echo\r")
			runs(tm)
			pid, err := os.ReadFile(p.dir + "/pid")
			if err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("kill", "-"+name, strings.TrimSpace(string(pid))).CombinedOutput(); err != nil {
				t.Fatalf("%s, %v", out, err)
			}
			tm.Ends("\n0\nsh$ ▏")
		})
	}
}
