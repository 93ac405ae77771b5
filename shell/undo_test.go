package shell

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"pgregory.net/rapid"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// changer changes what a server has, with two sessions of one user.
type changer struct {
	files    afero.Fs
	local    string // with up, longer, and the folder site
	sessions [2]*command.Shell
	out      strings.Builder
}

func newChanger(t testing.TB, local string) *changer {
	c := &changer{files: afero.NewMemMapFs(), local: local}
	for _, name := range []string{"a", "b", "d/a", "d/e/c"} {
		if err := afero.WriteFile(c.files, "/"+name, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(practice.Options{FS: c.files, TLS: practice.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	state := t.TempDir()
	for i := range c.sessions {
		sh, err := New(command.Options{StateDir: state, Console: console.Options{In: strings.NewReader(""), Out: &c.out, Err: &c.out}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { Close(sh) })
		c.sessions[i] = sh
		if err := c.does(i, fmt.Sprintf("set trash on; open ftp://%s:%s@%s/", practice.User, strings.ReplaceAll(practice.Password, " ", "%20"), server.Addr())); err != nil {
			t.Fatalf("%v\n%s", err, &c.out)
		}
	}
	return c
}

func (c *changer) does(session int, line string) error {
	fmt.Fprintf(&c.out, "%d> %s\n", session, line)
	err := c.sessions[session].Do(command.Line{Text: line, Script: "x"})
	if err != nil {
		fmt.Fprintln(&c.out, err)
	}
	return err
}

// all does a line until it says that there is nothing left, in turn with both sessions, and returns
// how often it did something.
func (c *changer) all(line string) (times int, err error) {
	for {
		err := c.does(times%2, line)
		nothing := new(failure.UsageError)
		switch {
		case errors.As(err, &nothing):
			return times, nil
		case err != nil:
			return times, err
		}
		times++
	}
}

// tree is what the server has, without its trash.
func (c *changer) tree() map[string]string {
	all := map[string]string{}
	afero.Walk(c.files, "/", func(name string, info fs.FileInfo, err error) error {
		switch {
		case err != nil:
			all[name] = err.Error()
		case info.IsDir() && strings.HasPrefix(info.Name(), ".ftpsh-"):
			return filepath.SkipDir
		case info.IsDir():
			all[name+"/"] = ""
		default:
			text, _ := afero.ReadFile(c.files, name)
			all[name] = fmt.Sprintf("%s %v %s", text, info.Mode(), info.ModTime().UTC().Format("20060102150405"))
		}
		return nil
	})
	return all
}

// changes are lines that change something; refusals are part of it.
var changes = []string{
	"rm FROM", "rm -r FROM", "mv FROM TO", "mkdir FROM", "rmdir FROM", "put LOCAL/up FROM", "put --atomic LOCAL/longer FROM",
	"cp FROM TO", "touch -t 202001010000 FROM", "chmod 600 FROM", "put -r LOCAL/site TO", "mirror -R --delete --max-delete 99 LOCAL/site FROM",
	"mirror -R --delete --renames --max-delete 99 LOCAL/site d", "rm a; mv b a; put LOCAL/up b", "foreach f in a b; mv $f d; end", "mdelete -f *",
}

// TestUndoOfAnything: whatever lines two sessions have done with the trash on, undo of all of them is the tree
// at first, redo of all the tree at last, and undo of all again the tree at first.
func TestUndoOfAnything(t *testing.T) {
	local := t.TempDir()
	for name, text := range map[string]string{"up": "up", "longer": "longer than that", "site/a": "site", "site/e/c": "c", "site/new/n": "n"} {
		os.MkdirAll(filepath.Dir(filepath.Join(local, name)), 0o700)
		writeOwn(t, filepath.Join(local, name), text)
	}
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		flag.Set(f.Name, "15")
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := newChanger(t, local)
		first := c.tree()
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "d/a", "d/e", "d/e/c", "n", "n/a"})
		for range rapid.IntRange(1, 8).Draw(rt, "lines") {
			line := strings.NewReplacer("FROM", name.Draw(rt, "from"), "TO", name.Draw(rt, "to"), "LOCAL", local).Replace(rapid.SampledFrom(changes).Draw(rt, "line"))
			_ = c.does(rapid.IntRange(0, 1).Draw(rt, "session"), line)
		}
		last := c.tree()
		is := func(what string, want map[string]string) {
			if got := c.tree(); !maps.Equal(got, want) {
				rt.Fatalf("after %s: %v\nwant %v\n%s", what, got, want, &c.out)
			}
		}
		undone, err := c.all("undo -y")
		if err != nil {
			rt.Fatalf("%v\n%s", err, &c.out)
		}
		is("undo of all", first)
		redone, err := c.all("redo -y")
		if err != nil || redone != undone {
			rt.Fatalf("%d undone, %d done again: %v\n%s", undone, redone, err, &c.out)
		}
		is("redo of all", last)
		if _, err := c.all("undo -y"); err != nil {
			rt.Fatalf("%v\n%s", err, &c.out)
		}
		is("undo of all once more", first)
	})
}
