//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestOneBadNameStopsNothing: one listed name that leads elsewhere is warned of, and all others have their turn, in each
// command that takes a pattern or a directory.
func TestOneBadNameStopsNothing(t *testing.T) {
	var lines strings.Builder
	for _, name := range []string{"good1", "../bad", "a/b", "good2"} {
		fmt.Fprintf(&lines, `type=file;size=4;modify=20200101000000; %s\r\n`, name)
	}
	for line, want := range map[string]string{
		"cat good*": "texttext", "cat *": "texttext", "ls": "good1 good2", "ls *": "good1 good2", "ls -l good*": "good1 good2", "mget -O . good*; lls": "good1 good2",
		"foreach f in good*; echo $f; end": "good1 good2", "mls good* -": "good1 good2", "mdir good* -": "good1 good2", "head *": "==> good1 <== text ==> good2 <==", "find .": "good1 good2", "du -a": "good1 good2",
		"rm good*; pwd": "/", "mdelete -f good*; pwd": "/", "chmod 600 good*; pwd": "/", "tree": "good1 good2",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "listing", Verb: "MLSD", Text: lines.String()}}}, map[string]string{"good1": "text", "good2": "text"})
			cmd, errs := batch(t, server, "--tls", "off", "-k", "-c", line)
			out, _ := cmd.Output()
			for _, word := range strings.Fields(want) {
				if !strings.Contains(string(out), word) {
					t.Errorf("no %q in %q\n%s", word, out, errs)
				}
			}
			if strings.Contains(string(out), "bad") {
				t.Errorf("%q", out)
			}
		})
	}
}

// TestLogOnAFullDisk: at a terminal, too, a log that is not complete is said, and the status tells it.
func TestLogOnAFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	server := serves(t, practice.Options{}, nil)
	term, _ := start(t, "FTPSH_PASSWORD="+practice.Password, "--log", "/dev/full", address(server))
	term.see("PLAIN> ")
	term.enter("pwd")
	term.see("PLAIN> ")
	term.enter("bye")
	term.see("the log is not complete")
	term.ends(7)
}

// TestLongPaths: directories inside of each other whose path is longer than what the system takes at once come down, go up,
// and nothing is left out without a word.
func TestLongPaths(t *testing.T) {
	name := strings.Repeat("d", 240)
	path := strings.Repeat(name+"/", 20) + "file"
	server := serves(t, practice.Options{}, map[string]string{path: "deep"})
	cmd, errs := batch(t, server, "--tls", "off", "-c", "mirror / tree")
	cmd.Run()
	at := filepath.Join(cmd.Dir, "tree")
	dir, err := os.OpenRoot(at)
	if err != nil {
		t.Fatal(err, errs)
	}
	defer dir.Close()
	text, err := dir.ReadFile(path)
	if string(text) != "deep" && cmd.ProcessState.ExitCode() == 0 {
		t.Errorf("%q, %v, and status 0\n%s", text, err, errs)
	}
	if cmd.ProcessState.ExitCode() != 0 && !strings.Contains(errs.String(), "ddd") {
		t.Errorf("status %d without a word about it\n%s", cmd.ProcessState.ExitCode(), errs)
	}
	t.Logf("status %d, %q, %.300s", cmd.ProcessState.ExitCode(), text, errs)
}
