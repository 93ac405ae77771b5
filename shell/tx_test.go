package shell

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
)

// txShell is a shell of somebody's, logged in at the server.
func (o *owner) txShell(t *testing.T) *command.Shell {
	t.Helper()
	sh, err := New(command.Options{StateDir: filepath.Join(o.home, "state"), Console: console.Options{In: strings.NewReader(""), Out: &o.out, Err: &o.out}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	if err := sh.Do(command.Line{Text: o.fill("open $URL")}); err != nil {
		t.Fatalf("%v\n%s", err, &o.out)
	}
	return sh
}

// crash is the end of a shell that says goodbye to nobody.
func (o *owner) crash(sh *command.Shell) {
	sh.Tx.Release()
	sh.Tx = nil
	sh.Session.Drop()
	o.out.Reset()
}

// waiting begins a transaction that stays when its shell has crashed, and returns its journal.
func (o *owner) waiting(t *testing.T) string {
	t.Helper()
	file := filepath.ToSlash(filepath.Join(t.TempDir(), "up"))
	writeOwn(t, file, "new")
	sh := o.txShell(t)
	if err := sh.Do(command.Line{Text: "mkdir web; begin --in web; put " + file + " web/a; mkdir web/d", Script: "x"}); err != nil {
		t.Fatalf("%v\n%s", err, &o.out)
	}
	o.crash(sh)
	names, _ := filepath.Glob(filepath.Join(o.home, "state/tx/*.jsonl"))
	if len(names) != 1 {
		t.Fatalf("journals: %v", names)
	}
	return names[0]
}

// TestTxRecover: the next shell says that a transaction has not ended, takes it up, and commits it;
// then nothing is left of it.
func TestTxRecover(t *testing.T) {
	o := newOwner(t)
	journal := o.waiting(t)
	sh := o.txShell(t)
	if !strings.Contains(o.out.String(), "in /web has not ended: `tx recover`") {
		t.Errorf("the login says\n%s", &o.out)
	}
	if err := sh.Do(command.Line{Text: "tx recover; commit; size web/a; cd web/d", Script: "x"}); err != nil {
		t.Errorf("%v\n%s", err, &o.out)
	}
	if left, _ := filepath.Glob(filepath.Dir(journal) + "/*"); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if err := sh.Do(command.Line{Text: "tx recover"}); command.Status(err) != 2 {
		t.Errorf("once more: %v", err)
	}
}

// TestTxHeld: nobody takes a transaction from a shell that has it open, and a job does not change
// its server.
func TestTxHeld(t *testing.T) {
	o := newOwner(t)
	sh := o.txShell(t)
	if err := sh.Do(command.Line{Text: "mkdir web; begin --in web", Script: "x"}); err != nil {
		t.Fatal(err)
	}
	other := o.txShell(t)
	if strings.Contains(o.out.String(), "has not ended") {
		t.Errorf("the other one is told\n%s", &o.out)
	}
	if err := other.Do(command.Line{Text: "tx recover"}); command.Status(err) != 7 || !strings.Contains(err.Error(), "another ftpsh has the transaction open") {
		t.Errorf("%v", err)
	}
	if err := sh.Do(command.Line{Text: "bg mkdir web/job; wait", Script: "x"}); err == nil || !strings.Contains(o.out.String(), "jobs change nothing on its server") {
		t.Errorf("%v\n%s", err, &o.out)
	}
}

// TestTxDamagedJournal: one that is cut in the middle, was changed, or is of another version is
// refused with its line, and neither it nor the server is changed; a last line that was cut is left out.
func TestTxDamagedJournal(t *testing.T) {
	for name, row := range map[string]struct {
		damage func(text string) string
		says   string // "": it is read
	}{
		"the last line": {func(s string) string { return s[:len(s)-9] }, ""},
		"a line is out": {func(s string) string {
			lines := strings.SplitAfter(s, "\n")
			return strings.Join(append(lines[:2:2], lines[3:]...), "")
		}, ":3: the journal was changed"},
		"another name": {func(s string) string { return strings.Replace(s, `"/web/a"`, `"/etc/a"`, 1) }, ":2: the journal was changed"},
		"another dir":  {func(s string) string { return strings.Replace(s, `"dir":"/web"`, `"dir":"/"`, 1) }, ":1: "},
		"version":      {func(s string) string { return strings.Replace(s, `"v":1`, `"v":2`, 1) }, ":1: version 2"},
		"empty":        {func(string) string { return "" }, "the file is empty"},
		"huge":         {func(s string) string { return s + strings.Repeat("x", 2<<20) + "\n" }, "a line of more than"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOwner(t)
			journal := o.waiting(t)
			text, err := os.ReadFile(journal)
			if err != nil {
				t.Fatal(err)
			}
			damaged := row.damage(string(text))
			writeOwn(t, journal, damaged)
			sh := o.txShell(t)
			sent := len(o.server.Commands())
			err = sh.Do(command.Line{Text: "tx recover"})
			after, _ := os.ReadFile(journal)
			if row.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if command.Status(err) != 7 || !strings.Contains(err.Error(), journal) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v", err)
			}
			if !bytes.Equal(after, []byte(damaged)) || len(o.server.Commands()) != sent {
				t.Errorf("the journal or the server was changed: %q", o.server.Commands()[sent:])
			}
		})
	}
}

// TestTxAtTheEnd: a script that ends without commit changes nothing, and leaves nothing.
func TestTxAtTheEnd(t *testing.T) {
	o := newOwner(t)
	sh := o.txShell(t)
	if err := sh.Do(command.Line{Text: "mkdir web; begin --lock --in web; mkdir web/d; close", Script: "x"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(o.out.String(), "was not committed: rolled back, nothing was changed") {
		t.Errorf("%s", &o.out)
	}
	last := strings.Join(o.server.Commands(), "\n")
	if strings.Contains(last, "MKD /web/d") || !strings.Contains(last, "RMD /web/.ftpsh-lock") {
		t.Errorf("%s", last)
	}
}

// TestTxForeign: what somebody else has changed since is shown, nothing is done, and the script ends
// with another status than that of a refusal.
func TestTxForeign(t *testing.T) {
	o := newOwner(t)
	sh := o.txShell(t)
	file := filepath.ToSlash(filepath.Join(t.TempDir(), "up"))
	writeOwn(t, file, "new")
	if err := sh.Do(command.Line{Text: "mkdir web; put " + file + " web/a; begin --in web; put " + file + " web/a; put " + file + " web/b", Script: "x"}); err != nil {
		t.Fatalf("%v\n%s", err, &o.out)
	}
	if err := afero.WriteFile(o.server.FS(), "/web/a", []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := sh.Do(command.Line{Text: "commit"})
	if command.Status(err) != 10 || !strings.Contains(o.out.String(), "/web/a  was 3 bytes") || !strings.Contains(o.out.String(), "is 6 bytes") {
		t.Errorf("%v\n%s", err, &o.out)
	}
	if _, err := o.server.FS().Stat("/web/b"); err == nil {
		t.Error("the other one was put")
	}
	if err := sh.Do(command.Line{Text: "put " + file + " web/a; commit; size web/b", Script: "x"}); err != nil {
		t.Errorf("%v\n%s", err, &o.out)
	}
}
