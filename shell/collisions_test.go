package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
)

// underRules runs lines against a server with files, in a folder of its own that is said to have rules.
func underRules(t *testing.T, rules localname.Rules, files map[string]string, lines ...string) (status []int, got map[string]string, out string) {
	t.Helper()
	asked := commands.AskFolder
	t.Cleanup(func() { commands.AskFolder = asked })
	commands.AskFolder = func(*os.Root) localname.Rules { return rules }
	server, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	for name, text := range files {
		if err := afero.WriteFile(server.FS(), name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(t.TempDir())
	sh, text := batchShell(t, command.Options{Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"})
	if err := sh.Do(command.Line{Text: "open ftp://" + practice.User + "@" + server.Addr()}); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		status = append(status, command.Status(sh.Do(command.Line{Text: line})))
	}
	got = map[string]string{}
	filepath.WalkDir(".", func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := os.ReadFile(name)
			got[filepath.ToSlash(name)] = string(text)
		}
		return err
	})
	return status, got, text.String()
}

// TestFoldingFolder: where Foo and foo are one file here, none of them is lost without a word: the second is refused by name,
// or kept under a number. Elsewhere both arrive.
func TestFoldingFolder(t *testing.T) {
	both := map[string]string{"/Foo": "1", "/foo": "2", "/foo.txt": "3"}
	for _, row := range []struct {
		name   string
		lines  []string
		rules  localname.Rules
		status []int
		want   map[string]string
	}{
		{"an exact folder", []string{"mget *"}, localname.Linux, []int{0}, map[string]string{"Foo": "1", "foo": "2", "foo.txt": "3"}},
		{"refused", []string{"mget *"}, localname.MacOS, []int{7}, map[string]string{"Foo": "1", "foo.txt": "3"}},
		{"numbered", []string{"set collisions number; mget *"}, localname.MacOS, []int{0}, map[string]string{"Foo": "1", "foo (2)": "2", "foo.txt": "3"}},
		{"the same twice", []string{"mget Foo F*"}, localname.MacOS, []int{0}, map[string]string{"Foo": "1"}},
		{"over sessions", []string{"set parallel 3; mget *"}, localname.MacOS, []int{7}, map[string]string{"Foo": "1", "foo.txt": "3"}},
		{"in a tree", []string{"mirror . ."}, localname.MacOS, []int{7}, map[string]string{"Foo": "1", "foo.txt": "3"}},
		{"numbered in a tree", []string{"set collisions number; mirror . .", "mirror . . --delete"}, localname.MacOS, []int{0, 0}, map[string]string{"Foo": "1", "foo (2)": "2", "foo.txt": "3"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, got, out := underRules(t, row.rules, both, row.lines...)
			for i, want := range row.status {
				if status[i] != want {
					t.Errorf("%s: status %d\n%s", row.lines[i], status[i], out)
				}
			}
			if len(got) != len(row.want) {
				t.Errorf("got %q\n%s", got, out)
			}
			for name, text := range row.want {
				if got[name] != text {
					t.Errorf("%s holds %q", name, got[name])
				}
			}
		})
	}
}

// TestEveryWriterHasTheRulesOfTheFolder: a name that the file system does not take as it is becomes the same other one,
// whichever command brings the file.
func TestEveryWriterHasTheRulesOfTheFolder(t *testing.T) {
	if err := os.WriteFile(filepath.Join(t.TempDir(), "a:b"), nil, 0o600); err != nil {
		t.Skip("the real file system would have to take all names")
	}
	files := map[string]string{"/d:/a:b": "text", "/d:/NUL": "device"}
	for line, want := range map[string]string{
		"get 'd:/a:b'": "a%3Ab", "mget d:/a*": "a%3Ab", "newer 'd:/a:b'": "a%3Ab", "reget 'd:/a:b'": "a%3Ab", "mreget d:/a*": "a%3Ab", "pget 'd:/a:b'": "a%3Ab",
		"get 'd:/a:b' 'd:/NUL' .": "a%3Ab %4EUL", "get -r 'd:'": "d%3A/a%3Ab d%3A/%4EUL", "mget -r d:": "d%3A/a%3Ab d%3A/%4EUL", "mirror 'd:'": "d%3A/a%3Ab d%3A/%4EUL",
		"mirror 'd:' x": "x/a%3Ab x/%4EUL", "lmkdir x; get -O x 'd:/a:b'": "x/a%3Ab", "lmkdir x; mget -O x d:/*": "x/a%3Ab x/%4EUL", "nlist 'd:/a:b' list; fget list": "list a%3Ab",
		"get 'd:/a:b' as:typed": "as:typed", "ls > as:typed": "as:typed", "nmap $1:$2 $2:$1; get 'd:/a:b'": "b%3Aa", "get 'd:/a:b' &; wait": "a%3Ab",
	} {
		t.Run(line, func(t *testing.T) {
			status, got, out := underRules(t, localname.Windows, files, line)
			names := 0
			for name := range strings.FieldsSeq(want) {
				names++
				if text, there := got[name]; !there || text != "text" && text != "device" && name != "list" && name != "as:typed" {
					t.Errorf("%s holds %q", name, text)
				}
			}
			if len(got) != names || status[0] != 0 {
				t.Errorf("status %d, got %q\n%s", status[0], got, out)
			}
		})
	}
}

// TestLaterCommandsDoNotReplaceAnotherName: what an earlier command has brought is not replaced by a file of another name
// that is the same here. The real folder is exact, so that both would be seen.
func TestLaterCommandsDoNotReplaceAnotherName(t *testing.T) {
	files := map[string]string{"/Foo": "1", "/foo": "2", "/x/foo": "3", "/FOO": "4"}
	for _, row := range []struct {
		line   string
		status int
		want   string
	}{
		{"get Foo; get Foo", 0, "Foo"}, {"get foo; get x/foo", 0, "foo"}, {"get Foo; get foo mine", 0, "Foo mine"}, {"get foo; get Foo", 0, "foo Foo"},
	} {
		status, got, out := underRules(t, localname.Linux, files, row.line)
		if status[0] != row.status || len(got) != len(strings.Fields(row.want)) {
			t.Errorf("%s: status %d, got %q\n%s", row.line, status[0], got, out)
		}
	}
}
