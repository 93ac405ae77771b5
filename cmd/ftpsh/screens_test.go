//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/console/tmux"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// A place is where a program runs: its own directory, and a server.
type place struct {
	dir    string
	server *practice.Server
}

func newPlace(t *testing.T, opt practice.Options, files map[string]string) place {
	t.Helper()
	return place{t.TempDir(), serves(t, opt, files)}
}

// sized starts the program, logged in, on a screen of its own and waits for its
// prompt.
func (p place) sized(t *testing.T, width, height int, variables ...string) *tmux.Screen {
	t.Helper()
	tm := p.run(t, width, height, "alice@"+p.server.Addr(), variables...)
	tm.Until("prompt", func(screen string) bool { return strings.Contains(screen, "PLAIN> ") })
	return tm
}

// run starts the program on a screen of its own.
func (p place) run(t *testing.T, width, height int, words string, variables ...string) *tmux.Screen {
	t.Helper()
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	set := "env TERM=xterm-256color " + quickRace + " FTPSH_PASSWORD=" + syntax.Quote(practice.Password)
	for _, v := range append([]string{"XDG_STATE_HOME=" + filepath.Join(p.dir, "state"), "XDG_CONFIG_HOME=" + p.dir, "HOME=" + p.dir}, variables...) {
		set += " " + syntax.Quote(v)
	}
	return tmux.Start(t, width, height, fmt.Sprintf("cd %s && exec %s %s --tls=off --no-config -V %s",
		syntax.Quote(p.dir), set, syntax.Quote(path), words))
}

func (p place) start(t *testing.T, variables ...string) *tmux.Screen {
	return p.sized(t, 80, 24, variables...)
}

// got waits until the server has got a command.
func (p place) got(t *testing.T, verb string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := p.server.WaitCommand(ctx, verb); err != nil {
		t.Fatal(err)
	}
}

// slow lets a file of this size take a minute.
var slow = practice.Options{Faults: []practice.Fault{{Name: "rate", At: 16 << 10}}}

// bigFile is no variable: it would be made at each start of the program, which is this test.
func bigFile() map[string]string {
	return map[string]string{"big.bin": strings.Repeat("x", 1<<20), "a.csv": "1", "b.csv": "22"}
}

const here = "alice@127.0.0.1:/ PLAIN> "

func TestScreenOfSlips(t *testing.T) {
	p := newPlace(t, practice.Options{}, map[string]string{"big.bin": "1", "sub/x": ""})
	tm := p.start(t)
	for _, row := range []struct{ name, typed, want string }{
		{"a command", "gte big.bin", "hint: did you mean `gate` or `get`?"},
		{"an option", "ls --tabel", "hint: did you mean `--table`?"},
		{"a setting", "set clober on", "hint: did you mean `set clobber`?"},
		{"a remote name", "ls; size bgi.bin", "hint: did you mean `big.bin`?"},
		{"a directory", "ls; rm sub", "hint: `rm -r sub` deletes a directory"},
		{"a local name", "put nofile", "put: nofile: no such file or directory\n  hint: `lls` shows"},
		{"a job", "fg 7", "hint: `jobs` lists them"},
		{"a format", "set prompt-format {usr}", "{usr} is not one of user, host, port, dir"},
	} {
		t.Run(row.name, func(t *testing.T) {
			tm.Type(row.typed + "\r")
			tm.Until(row.want, func(screen string) bool {
				return strings.Contains(screen, row.want) && strings.HasSuffix(screen, here+"▏")
			})
		})
	}
}

func TestScreenOfPrompts(t *testing.T) {
	p := newPlace(t, practice.Options{}, map[string]string{"deep/deeper/deepest/of/all/x": ""})
	tm := p.sized(t, 60, 12)
	tm.Type("cd deep/deeper/deepest/of/all\r")
	tm.Ends("\nalice@127.0.0.1:…/of/all PLAIN> ▏")
	tm.Type("set prompt-format '{host} {base}[ ({user})][ {status}]> '\r")
	tm.Ends("\n127.0.0.1 all (alice)> ▏")
	tm.Type("size y\r")
	tm.Ends("\n127.0.0.1 all (alice) 6> ▏")
	tm.Type("set prompt-right {state}; set prompt-format '> '\r")
	tm.Ends("\n> ▏" + strings.Repeat(" ", 52) + "PLAIN")
	tm.Type("close\r")
	tm.Ends("\n> ▏")
	tm.Type("unset prompt-format\r")
	tm.Ends("\nftpsh> ▏")
}

// TestScreenOfJobs: what a job prints appears above the half-typed line, and
// the prompt follows.
func TestScreenOfJobs(t *testing.T) {
	t.Parallel()
	p := newPlace(t, practice.Options{}, bigFile())
	tm := p.start(t)
	tm.Type("sleep 1 && size a.csv &\r")
	tm.Ends("[1] sleep 1 && size a.csv\nalice@127.0.0.1:/ PLAIN, 1 job> ▏")
	tm.Type("half a line\x1b[D\x1b[D")
	tm.Ends("1\n[1] done  sleep 1 && size a.csv\n" + here + "half a li▏ne")
	tm.Type("\x05\x15jobs\r")
	tm.Until("the list", func(screen string) bool {
		return strings.Contains(screen, "\n[1]  done  0:0") && strings.HasSuffix(screen, "  sleep 1 && size a.csv\n"+here+"▏")
	})
	tm.Type("nonsense &\r")
	tm.Until("the failure", func(screen string) bool {
		return strings.Contains(screen, "nonsense: no such command") && strings.HasSuffix(screen, "[1] failed (2)  nonsense\n"+here+"▏")
	})
}

// TestScreenOfCtrlZ: a transfer continues while its session, opened again, answers
// other commands; fg brings it back, kill ends it, and leaving asks.
func TestScreenOfCtrlZ(t *testing.T) {
	t.Parallel()
	p := newPlace(t, slow, bigFile())
	tm := p.start(t)
	tm.Type("get big.bin\r")
	tm.Until("progress", func(screen string) bool {
		return strings.Contains(screen, "big.bin") && strings.Contains(screen, "of 1.0M")
	})
	tm.Type("\x1a")
	tm.Ends("[1] get big.bin\nalice@127.0.0.1:/ PLAIN, 1 job> ▏")
	tm.Type("size a.csv\r")
	tm.Ends("\n1\nalice@127.0.0.1:/ PLAIN, 1 job> ▏")
	tm.Type("fg\r")
	tm.Until("progress", func(screen string) bool { return strings.Count(screen, "of 1.0M") == 1 })
	tm.Type("\x1a")
	tm.Ends("[1] get big.bin\nalice@127.0.0.1:/ PLAIN, 1 job> ▏")
	tm.Type("bye\r")
	tm.Ends("1 job still runs: [w]ait, [k]ill, [d]etach, [S]tay here? ▏")
	tm.Type("s\r")
	tm.Ends("\nalice@127.0.0.1:/ PLAIN, 1 job> ▏")
	tm.Type("kill 1\r")
	tm.Until("the end of the job", func(screen string) bool {
		return strings.Contains(screen, "`reget big.bin` resumes\n[1] killed  get big.bin\n") && strings.HasSuffix(screen, here+"▏")
	})
	if _, err := os.Stat(filepath.Join(p.dir, "big.bin.part")); err != nil {
		t.Error(err)
	}
}

// TestScreenOfSeveralFiles: a row for each that moves, with both ends of its
// name, and one for all; then the sum, or how to go on. What the server says to
// further sessions is no business of the user's.
func TestScreenOfSeveralFiles(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 1<<20)
	p := newPlace(t, slow, map[string]string{
		"a.csv": "1", "b.csv": "22", "c.csv": "333",
		"backup of the site 1.bin": big, "backup of the site 2.bin": big, "backup of the site 3.bin": big, "backup of the site 4.bin": big,
	})
	tm := p.sized(t, 40, 10)
	tm.Type("prompt off; set parallel 2; verbose on\rmget *.csv\r")
	tm.Until("the sum", func(screen string) bool {
		return strings.Contains(screen, "\n3 files  6 bytes in ") && strings.HasSuffix(screen, here+"▏") && !strings.Contains(screen, "221")
	})
	tm.Type("mget *.bin\r")
	progress := func(screen string) bool {
		at := strings.LastIndex(screen, " *.bin\nbackup …")
		return at > 0 && strings.Contains(screen[at:], "\nbackup …e 1.bin ") && strings.Contains(screen[at:], "\nbackup …e 2.bin ") && strings.Contains(screen[at:], "\n0 of 4 files ")
	}
	tm.Until("progress", progress)
	tm.Type("\x03")
	tm.Ends(here + "mget *.bin\n0 of 4 files are done; `mget -c *.bin`\n  resumes\nmget: interrupted\n" + here + "▏")
	tm.Type("mget -c *.bin\r")
	tm.Until("progress", progress)
	tm.Type("\x03")
	tm.Ends("-c *.bin\n0 of 4 files are done; `mget -c *.bin`\n  resumes\nmget: interrupted\n" + here + "▏")
}

// TestQueue: commands wait their turn in the order that the user gives, and
// what waits when he leaves is there the next time.
func TestQueue(t *testing.T) {
	p := newPlace(t, slow, bigFile())
	tm := p.start(t)
	tm.Type("quote OPTS MLST type\rqueue get big.bin\rqueue get a.csv\rqueue get b.csv\r")
	tm.Ends("[3] queued  get b.csv\nalice@127.0.0.1:/ PLAIN, 3 jobs> ▏")
	tm.Type("queue -m 3 1; queue\r")
	tm.Ends("[1]  running  get big.bin\n[3]  queued   get b.csv\n[2]  queued   get a.csv\nalice@127.0.0.1:/ PLAIN, 3 jobs> ▏")
	p.got(t, "RETR")
	tm.Type("bye\r")
	tm.Ends("[S]tay here? ▏")
	tm.Type("k\r")
	again := p.start(t)
	again.Until("the offer", func(screen string) bool {
		return strings.Contains(screen, "3 commands are queued from an earlier session")
	})
	again.Type("set queue-jobs 3; queue start; kill 1; wait\r")
	again.Ends("  get big.bin  (after OPTS MLST type)\n  get b.csv  (after OPTS MLST type)\n  get a.csv  (after OPTS MLST type)\n" +
		"run 3 commands of an earlier session? [y/n] ▏")
	again.Type("y\r")
	again.Until("the end", func(screen string) bool {
		return strings.Contains(screen, "done  get --continue b.csv") && strings.Contains(screen, "done  get --continue a.csv") && strings.HasSuffix(screen, here+"▏")
	})
	for name, want := range map[string]string{"a.csv": "1", "b.csv": "22"} {
		if got, err := os.ReadFile(filepath.Join(p.dir, name)); string(got) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	// By hand, and on the connection of each job that came to its turn, here and there.
	if told := sent(p.server, "OPTS MLST type"); told < 4 {
		t.Errorf("%d times OPTS MLST in %q", told, p.server.Commands())
	}
}

func TestScreenOfHistory(t *testing.T) {
	p := newPlace(t, practice.Options{}, bigFile())
	tm := p.start(t)
	tm.Type("size a.csv\rsize b.csv\rhistory csv\r")
	tm.Ends("1  size a.csv\n2  size b.csv\n3  history csv\n" + here + "▏")
	tm.Type("!1\r")
	tm.Ends(here + "!1\nsize a.csv\n1\n" + here + "▏")
	tm.Type("!?b.c\r")
	tm.Ends(here + "!?b.c\nsize b.csv\n2\n" + here + "▏")
	tm.Type("!-2\r")
	tm.Ends(here + "!-2\nsize a.csv\n1\n" + here + "▏")
	tm.Type("!nonsense\r")
	tm.Until("the local shell", func(screen string) bool {
		return strings.Contains(screen, "not found") && strings.HasSuffix(screen, here+"▏")
	})
	tm.Type("clear") // and what is typed is suggested from this host
	tm.Ends(here + "clear▏")
	tm.Type("\x15siz")
	tm.Ends(here + "siz▏e a.csv")
}

// TestScreenOfCautions: what a line would destroy, before Return, as far as the
// directories are known that were listed.
func TestScreenOfCautions(t *testing.T) {
	p := newPlace(t, practice.Options{}, map[string]string{"a.csv": "1", "b.csv": "22", "notes.txt": "x", "old/a.csv": "0"})
	if err := os.WriteFile(filepath.Join(p.dir, "here.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tm := p.start(t)
	tm.Type("ls old; ls\r")
	tm.Until("the listing", func(screen string) bool { return strings.Contains(screen, "notes.txt  old\n"+here+"▏") })
	for _, row := range []struct{ name, typed, caution string }{
		{"pattern", "rm *.csv", "deletes 2 files"},
		{"two commands", "rm *.txt; rmdir old", "deletes 1 file; deletes old"},
		{"pasted lines", "\x1b[200~size a.csv\nrm *.csv\nls\x1b[201~", "deletes 2 files"},
		{"nothing", "rm *.jpg", "nothing matches, as far as is known"},
		{"not listed", "rm old/deeper/*", "deletes what matches old/deeper/*"},
		{"tree", "rm -r old", "deletes old"},
		{"upload", "put here.txt a.csv", "replaces a.csv on the server"},
		{"other name", "mv notes.txt b.csv", "replaces b.csv on the server"},
		{"free name", "mv notes.txt c.csv", ""},
		{"not if there", "mv -n notes.txt b.csv", ""},
		{"into a directory", "mv a.csv b.csv old", "replaces old/a.csv on the server"},
		{"copy", "cp a.csv old/", "replaces old/a.csv on the server"},
		{"rename", "rename a.csv b.csv", "replaces b.csv on the server"},
		{"mirror", "mirror --delete old", "deletes what is only on the other side; --dry-run shows what"},
		{"download", "get -f a.csv here.txt", "replaces the local here.txt"},
		{"output", "ls > here.txt", "replaces the local here.txt"},
		{"added output", "ls >> here.txt", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			tm.Type("\x15" + row.typed)
			shown := strings.NewReplacer("\x1b[200~", "", "\x1b[201~", "", "\n", "⏎").Replace(row.typed)
			tm.Ends(strings.TrimSuffix(here+shown+"▏\n"+row.caution, "\n"))
		})
	}
}

// TestScreenOfWatch: what is new is marked, in words where there are no colours.
func TestScreenOfWatch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, variable, marked string }{
		{"colour", "COLUMNS=80", "\x1b[33mnew.txt"},
		{"no colour", "NO_COLOR=1", "new.txt  (new)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, practice.Options{}, map[string]string{"a.txt": "1", "z.txt": "1"})
			tm := p.start(t, row.variable)
			tm.Type("watch -n 1 ls -1\r")
			tm.Ends("ls -1  (Ctrl-C ends it)\na.txt\nz.txt▏")
			if err := afero.WriteFile(p.server.FS(), "/new.txt", nil, 0o644); err != nil {
				t.Fatal(err)
			}
			tm.Until("the mark", func(string) bool { return strings.Contains(tm.Styled(), row.marked) })
			tm.Type("\x03")
			tm.Ends("\na.txt\nnew.txt\nz.txt\n" + here + "▏")
		})
	}
}

func TestEdit(t *testing.T) {
	p := newPlace(t, practice.Options{}, map[string]string{"a.txt": "one\n", "dir/x": ""})
	editor := filepath.Join(p.dir, "editor")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\ncat \"$1\"; read word; [ \"$word\" = - ] || echo $word >>\"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	tm := p.start(t, "EDITOR="+editor)
	tm.Type("edit a.txt\r")
	tm.Ends("edit a.txt\none\n▏")
	tm.Type("two\r")
	tm.Ends("two\n" + here + "▏")
	wantRemote(t, p, "a.txt", "one\ntwo\n")

	tm.Type("edit a.txt\r")
	tm.Ends("edit a.txt\none\ntwo\n▏")
	tm.Type("-\r")
	tm.Ends("a.txt was not changed\n" + here + "▏")

	tm.Type("edit new.txt\r")
	tm.Ends("edit new.txt\n▏")
	tm.Type("fresh\r")
	tm.Ends("\n" + here + "▏") // with or without an echo: the editor may not run yet
	wantRemote(t, p, "new.txt", "fresh\n")

	tm.Type("edit a.txt\r")
	tm.Ends("edit a.txt\none\ntwo\n▏")
	if err := afero.WriteFile(p.server.FS(), "/a.txt", []byte("by somebody else\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tm.Type("three\r")
	tm.Until("the question", func(screen string) bool {
		return strings.Contains(screen, "a.txt has changed on the server meanwhile (8 bytes of") && strings.HasSuffix(screen, "replace it? [y/n] ▏")
	})
	tm.Type("n\r")
	tm.Until("where it is", func(screen string) bool {
		return strings.Contains(screen, "your version is in ") && strings.HasSuffix(screen, here+"▏")
	})
	wantRemote(t, p, "a.txt", "by somebody else\n")

	tm.Type("edit off\r")
	tm.Ends("edit is off\n" + here + "▏")
	tm.Type("edit dir\r")
	tm.Until("the refusal", func(screen string) bool { return strings.Contains(screen, "edit: dir: is a directory") })
}

func wantRemote(t *testing.T, p place, name, want string) {
	t.Helper()
	got, err := afero.ReadFile(p.server.FS(), "/"+name)
	if string(got) != want {
		t.Errorf("%s holds %q, %v", name, got, err)
	}
}

// TestKillAll: all jobs end quietly, also those of an earlier session whose connections are just being made, and none of the
// queue begins when another one ends.
func TestKillAll(t *testing.T) {
	p := newPlace(t, slow, bigFile())
	tm := p.start(t)
	tm.Type("queue get big.bin\rqueue get a.csv\rqueue get b.csv\r")
	tm.Ends("[3] queued  get b.csv\nalice@127.0.0.1:/ PLAIN, 3 jobs> ▏")
	p.got(t, "RETR")
	tm.Type("bye\r")
	tm.Ends("[S]tay here? ▏")
	tm.Type("k\r")
	again := p.start(t)
	again.Until("the offer", func(screen string) bool {
		return strings.Contains(screen, "3 commands are queued from an earlier session")
	})
	p.server.SetFaults(practice.Fault{Name: "mute", Verb: "CONNECT"})
	again.Type("set queue-jobs 2; queue start\r")
	again.Ends("[y/n] ▏")
	again.Type("y\r")
	again.Ends("3 jobs> ▏")
	again.Type("kill all\r")
	again.Until("the end", func(screen string) bool { return strings.HasSuffix(screen, here+"▏") })
	_, said, _ := strings.Cut(again.Text(), "3 jobs> kill all\n")
	for _, n := range []string{"1", "2"} {
		if !strings.Contains(said, "["+n+"] killed  get --continue ") {
			t.Errorf("job %s was not killed", n)
		}
	}
	if strings.Count(said, "\n") != 2 {
		t.Errorf("it says\n%s", said)
	}
	again.Type("jobs; jobs; queue\r") // which are told once
	again.Ends("[3]  killed  0:00  get --continue b.csv\n" + here + "▏")
}

// TestCtrlZOfACopy: a copy between servers goes to the background as a download does.
func TestCtrlZOfACopy(t *testing.T) {
	t.Parallel()
	p := newPlace(t, slow, bigFile())
	other := serves(t, practice.Options{}, nil)
	tm := p.start(t)
	line := "fxp big.bin ftp://alice@" + other.Addr() + "/"
	tm.Type("clear\r" + line + "\r")
	tm.Until("progress", func(screen string) bool { return strings.Contains(lastRow(screen), "of 1.0M") })
	tm.Type("\x1a")
	tm.Ends("\n[1] " + line + "\nalice@127.0.0.1:/ PLAIN, 1 job> ▏")
	tm.Type("kill all\r")
	tm.Until("the end", func(screen string) bool {
		return strings.Contains(screen, "[1] killed  fxp ") && strings.HasSuffix(screen, here+"▏")
	})
}
