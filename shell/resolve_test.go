package shell

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

func TestFind(t *testing.T) {
	catalog := Catalog()
	for _, row := range []struct{ name, typed, want string }{
		{"exact", "get", "get"},
		{"alias", "recv", "get"},
		{"exact wins over longer names", "ls", "ls"},
		{"rm deletes files, though it begins rmdir", "rm", "rm"},
		{"classic prefix", "del", "delete"},
		{"classic prefix before ours", "sta", "status"},
		{"ours when no classic name fits", "mv", "mv"},
		{"prefix of two names of one command", "qui", "bye"},
		{"question mark", "?", "help"},
		{"ambiguous", "m", "error: m is ambiguous: macdef, mdelete, mdir, "},
		{"verb", "pasv", "error: PASV is a protocol command"},
		{"unknown", "frobnicate", "error: frobnicate: no such command"},
		{"a condition is not a command", "exists", "error: exists: no such command"},
		{"empty", "", "error: : no such command"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if c, err := catalog.Find(row.typed); err != nil {
				got = "error: " + err.Error()
			} else {
				got = c.Name
			}
			if !strings.HasPrefix(got, row.want) || row.want == "" || got != row.want && !strings.HasPrefix(row.want, "error") {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// The table is what help, completion and the checks are made of.
func TestCatalog(t *testing.T) {
	catalog := Catalog()
	for _, group := range catalog {
		if len(group.Commands) < 2 {
			t.Errorf("%s: one command is no theme", group.Title)
		}
	}
	names := map[string]bool{}
	for c := range catalog.Commands() {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if names[name] {
				t.Errorf("%s: two commands have this name", name)
			}
			names[name] = true
		}
		if c.Run == nil || c.Short == "" {
			t.Errorf("%s: no function or no text", c.Name)
		}
		if strings.HasSuffix(c.Short, ".") || strings.ToLower(c.Short[:1]) != c.Short[:1] {
			t.Errorf("%s: %q: lower case, no full stop", c.Name, c.Short)
		}
		if slices.Contains(command.ClassicCommands, c.Name) && c.Min > 0 && len(c.Ask) == 0 {
			t.Errorf("%s: no question for a missing argument", c.Name)
		}
		if c.Max >= 0 && c.Min > c.Max {
			t.Errorf("%s: more arguments needed than allowed", c.Name)
		}
		if c.Args != "" && c.Max != 0 && len(c.Complete) == 0 && c.Name != "!" {
			t.Errorf("%s: nothing says how its arguments are completed", c.Name)
		}
		for _, example := range c.Examples {
			word, _, _ := strings.Cut(strings.Replace(example.Line, "!", "! ", 1), " ")
			if found, err := catalog.Find(word); err != nil || found != c {
				t.Errorf("%s: the example %q runs something else", c.Name, example.Line)
			}
		}
	}
}

// fileNames are those of commands whose names are no names of files.
var fileNames = map[string]string{"!": "bang", "$": "dollar", "active-ports": "activeports"}

// TestCommandFiles: the row of a command is in the file of its name, alone.
func TestCommandFiles(t *testing.T) {
	files := map[string]string{}
	for _, dir := range strings.Fields(". commands jobs learn prompt script") {
		found, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, name := range found {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(text), "command.Add("); n > 1 {
				t.Errorf("%s has the rows of %d commands", name, n)
			}
			if strings.Contains(string(text), "command.Add(") {
				files[filepath.Base(name)] = string(text)
			}
		}
	}
	for c := range Catalog().Commands() {
		text := files[cmp.Or(fileNames[c.Name], c.Name)+".go"]
		if !strings.Contains(text, strconv.Quote(c.Name)) {
			t.Errorf("%s: its row is not in a file of its name", c.Name)
		}
	}
}
