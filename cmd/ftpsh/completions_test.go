//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/console/tmux"
)

// inShell starts a shell that has read the completion of ftpsh, and knows the
// bookmark work.
func inShell(t *testing.T, name, command, setUp string) *tmux.Screen {
	t.Helper()
	path := lookShell(t, name)
	dir := t.TempDir()
	config := filepath.Join(dir, "ftpsh")
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "bookmarks.toml"), []byte("work = 'ftp://bob@localhost'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "script.ftp"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tm := tmux.Start(t, 80, 24, "cd '"+dir+"' && exec env XDG_CONFIG_HOME='"+dir+"' HOME='"+dir+"' PS1='$ ' "+quickRace+" '"+path+"' "+command)
	tm.Until("prompt", func(screen string) bool { return strings.HasSuffix(screen, "$ ▏") })
	tm.Type(setUp + "; clear\r")
	tm.Cursor("$ ▏")
	return tm
}

func lookShell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(name + " is not installed")
		}
		t.Skip(name + " is not installed: its completion of ftpsh is not tested")
	}
	return path
}

// TestCompletionInShells: what `ftpsh --completion` prints works in the shell it
// is for.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	for _, shell := range []struct{ name, command, setUp string }{
		{"bash", "--norc -i", "source <(ftpsh --completion bash)"},
		{"zsh", "-f -i", "autoload -U compinit; compinit -u -D; source <(ftpsh --completion zsh)"},
	} {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			tm := inShell(t, shell.name, shell.command, shell.setUp)
			for _, row := range []struct{ name, typed, want string }{
				{"an option", "ftpsh --no-co\t", "ftpsh --no-config ▏"},
				{"its value", "ftpsh --tls req\t", "ftpsh --tls require ▏"},
				{"behind =", "ftpsh --tls=req\t", "ftpsh --tls=require ▏"},
				{"a bookmark", "ftpsh wor\t", "ftpsh work ▏"},
				{"a file", "ftpsh -f scr\t", "ftpsh -f script.ftp ▏"},
			} {
				tm.Type("\x15" + row.typed)
				tm.Until(row.name, func(screen string) bool { return strings.HasSuffix(screen, "$ "+row.want) })
			}
		})
	}
	t.Run("fish", func(t *testing.T) {
		t.Parallel()
		path := lookShell(t, "fish")
		for typed, want := range map[string]string{
			"ftpsh --no-co": "--no-config\t", "ftpsh --tls req": "require\t", "ftpsh --tls=req": "--tls=require\t",
		} {
			fish := exec.Command(path, "--no-config", "-c", "ftpsh --completion fish | source; complete -C '"+typed+"'")
			fish.Env = append(os.Environ(), "HOME="+t.TempDir())
			out, err := fish.CombinedOutput()
			if err != nil || !strings.HasPrefix(string(out), want) {
				t.Errorf("%s: %q, %v", typed, out, err)
			}
		}
	})
}

// TestPowershellCompletion: PowerShell is not run here. An array in an array would be one flat list, and a result
// without a text is an exception: each spelling has one result, with a text, and quotes are closed in every line.
func TestPowershellCompletion(t *testing.T) {
	script := powershellCompletion(completedOptions())
	for _, o := range completedOptions() {
		for _, name := range o.spellings() {
			result := "CompletionResult]::new('" + name + "', '" + name + "', 'ParameterName', '"
			if strings.Count(script, result) != 1 || strings.Contains(script, result+"')") {
				t.Errorf("%s has not one result with a text", name)
			}
			if value := "\n\t\t'" + name + "' { "; strings.Contains(script, value) != o.takes {
				t.Errorf("%s takes a value: %v", name, o.takes)
			}
		}
	}
	for line := range strings.SplitSeq(script, "\n") {
		if strings.Count(line, "'")%2 != 0 {
			t.Errorf("an open quote in %s", line)
		}
	}
}
