package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/prompt"
)

// TestWhatTabOffers: every kind of word is completed, quoted as the line needs
// it, on both sides, behind other commands, and from the middle of a path.
func TestWhatTabOffers(t *testing.T) {
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	t.Chdir(t.TempDir())
	state := t.TempDir()
	sh, _ := batchShell(t, command.Options{
		StateDir: state, Bookmarks: filepath.Join(state, "bookmarks.toml"),
		Password: practice.Password, PasswordSource: "FTPSH_PASSWORD",
	})
	for _, name := range []string{"local.csv", "local.txt", "our file"} {
		if err := os.WriteFile(name, []byte("12345"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stamp := time.Date(2024, 2, 3, 4, 5, 6, 0, time.Local)
	if err := os.Chtimes("local.csv", stamp, stamp); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("USERPROFILE", os.Getenv("HOME"))
	if err := os.WriteFile(filepath.Join(os.Getenv("HOME"), "blank here"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"open ftp://" + practice.User + "@" + server.Addr(), "bookmark add work", "alias ll 'ls -l'",
		"put local.csv a.csv", "put local.csv b.csv", "put local.csv 'with blank'", "mkdir data", "mkdir Data2",
	} {
		if err := sh.Do(command.Line{Text: line}); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	sh.Macros["twice"] = []string{"noop"}
	for _, row := range []struct{ name, typed, want string }{
		{"a command", "hist", "history"},
		{"the second of a line", "pwd; hist", "history"},
		{"an alias", "ll", "ll lls"},
		{"behind an alias", "ll a", "a.csv"},
		{"a macro", "$tw", "twice"},
		{"an option", "ls --ti", "--time --time-style"},
		{"the value of an option", "ls --time-style i", "iso"},
		{"one of several values", "ls --table --columns name,mod", "name,modified name,mode"},
		{"behind the value of an option", "ls --time-style iso a", "a.csv"},
		{"a setting", "set clob", "clobber"},
		{"its value", "set clobber o", "on off"},
		{"a bookmark", "open wo", "work"},
		{"a remote name", "get b", "b.csv"},
		{"a list on the server", "manifest check :b", ":b.csv"},
		{"a list on the server, with a blank", "manifest check :w", `:with\ blank`},
		{"a list here", "manifest check local.c", "local.csv"},
		{"with a blank", "get w", `with\ blank`},
		{"within quotes", "get 'w", `'with blank'`},
		{"a directory", "cd d", "data/"},
		{"in another case", "cd data2", "Data2/"},
		{"nothing below", "get data/", ""},
		{"a remote pattern", "mget *.csv", "a.csv b.csv"},
		{"one match", "mget ?.txt [b]*", "b.csv"},
		{"a local name", "put o", `our\ file`},
		{"a local pattern", "mput local.*", "local.csv local.txt"},
		{"local, behind >", "ls > lo", "local.csv local.txt"},
		{"local, for another program", "!vi lo", "local.csv local.txt"},
		{"home", "put ~", "~/"},
		{"below home", "put ~/b", `~/blank\ here`},
		{"a SITE command", "site ch", "CHMOD"},
		{"behind queue", "queue get b", "b.csv"},
		{"an option behind queue", "queue get --forc", "--force"},
		{"behind find -exec", "find . -exec get b", "b.csv"},
		{"the command of find -exec", "find . -exec mkd", "mkdir"},
		{"behind repeat", "repeat 3 get b", "b.csv"},
		{"behind watch", "watch -n 3 hist", "history"},
		{"help is no other command", "help get b", "backup begin bell bg binary bookmark borders bye"},
		{"a verb", "quote re", "REIN REST RETR"},
		{"nothing", "echo b", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			found := prompt.CompleteLine(t.Context(), sh, row.typed, len(row.typed))
			var got []string
			for _, c := range found.Candidates {
				got = append(got, c.Text)
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("%q: got %q, want %q", row.typed, got, row.want)
			}
		})
	}
	for _, typed := range []string{"put local.c", "get a"} {
		found := prompt.CompleteLine(t.Context(), sh, typed, len(typed))
		if note := found.Candidates[0].Note; !strings.Contains(note, "5  20") {
			t.Errorf("%q: size and date are %q", typed, note)
		}
	}
}
