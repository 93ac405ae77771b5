package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
)

// evilNames are names of files that mean something to a shell, to ours or to the one of this computer. A practice
// server on Windows has no name with a backslash.
var evilNames = slices.DeleteFunc([]string{
	"plain", "-rf", "a b", "a;lmkdir PWNED", "a&&lmkdir PWNED", "a|touch PWNED", "|touch PWNED", "!touch PWNED", "$x", "$(touch PWNED)",
	"`touch PWNED`", `q"uote`, "q'uote", `back\slash`, "@", "*", "[a]", "{x,y}", "{}", "> PWNED", "#hash", "~", "lmkdir PWNED",
}, func(name string) bool { return filepath.Separator == '\\' && strings.Contains(name, `\`) })

// evilServer has a file under each of the evil names.
func evilServer(t *testing.T) (*command.Shell, afero.Fs, func() string) {
	t.Helper()
	t.Chdir(t.TempDir())
	files := afero.NewMemMapFs()
	for _, name := range evilNames {
		if err := afero.WriteFile(files, "/in/"+name, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(practice.Options{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	sh, out := batchShell(t, command.Options{Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"})
	sh.Do(command.Line{Text: "let x value; open ftp://" + practice.User + "@" + server.Addr()})
	return sh, files, out.String
}

// TestFindExecNamesAreOneWord: whatever a server calls its files, each name is one word of the command that find runs: it gets
// each file, deletes each file, and runs nothing else, also where another command gets the name and runs it.
func TestFindExecNamesAreOneWord(t *testing.T) {
	for _, row := range []struct {
		name, line string
		left       int
	}{
		{"rm", "find in -type f -exec rm {}", 0},
		{"a line", "find in -type f -exec 'size {} && rm {}'", 0},
		{"as part of a word", "find in -type f -exec mv {} {}.old", len(evilNames)},
		{"where names are bare", "cd in; find '' -type f -exec rm {}", 0},
		{"an alias", "alias gone rm; find in -type f -exec gone {}", 0},
		{"a pattern beside it", "mkdir empty; find in -type f -exec ls {}*", len(evilNames)},
		{"another that runs it", "cd in; find '' -type f -exec repeat 2 {}", len(evilNames)},
		{"a queue that runs it", "cd in; find '' -type f -exec queue {}; wait", len(evilNames)},
	} {
		t.Run(row.name, func(t *testing.T) {
			sh, files, out := evilServer(t)
			for _, line := range strings.Split(row.line, "; ") {
				sh.Do(command.Line{Text: line})
			}
			there, err := afero.ReadDir(files, "/in")
			if err != nil || len(there) != row.left {
				t.Errorf("%d files are left, want %d (%v)\n%s", len(there), row.left, err, out())
			}
			if here, _ := os.ReadDir("."); len(here) > 0 {
				t.Errorf("a name has made %s\n%s", here[0].Name(), out())
			}
		})
	}
}

// TestFindExecFromElsewhere: in a file of somebody else, find runs what that file may run, and nothing else.
func TestFindExecFromElsewhere(t *testing.T) {
	sh, o, _ := watched(t)
	for line, want := range map[string]bool{"find -exec size {}": true, "find -exec source {}": false, "find -exec let x {}": false, "find -exec 'size {} | cat'": true} {
		held, leave := confined(t, sh, recordingOf(t, "find"))
		err := held.Do(command.Line{Text: line})
		if refused := err != nil && strings.Contains(err.Error(), "a file from elsewhere"); refused == want {
			t.Errorf("%s: %v", line, err)
		}
		leave()
	}
	o.check(t)
}
