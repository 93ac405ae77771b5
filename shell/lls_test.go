package shell

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// TestOwnLls: where the system has no ls, lls lists by itself.
func TestOwnLls(t *testing.T) {
	p := newPupil(t)
	if err := os.Mkdir("tree", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tree/b.txt", "tree/a\x1b[31m", "tree/.hidden", "one"} {
		if err := os.WriteFile(name, []byte("12345"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", "")
	for _, row := range []struct{ line, want string }{
		{"lls tree", "a\x1b[31m\nb.txt\n"},
		{"lls -a tree", ".hidden\na\x1b[31m\nb.txt\n"},
		{"lls one", "one\n"},
		{"lls tree/*.txt", "tree/b.txt\n"},
	} {
		p.out.Reset()
		if err := p.Do(command.Line{Text: row.line}); err != nil || p.out.String() != row.want {
			t.Errorf("%s: %v, %q, not %q", row.line, err, p.out.String(), row.want)
		}
	}
	p.out.Reset()
	if err := p.Do(command.Line{Text: "lls -l one"}); err != nil || !strings.HasPrefix(p.out.String(), "-rw-r--r--") || !strings.Contains(p.out.String(), " 5 ") {
		t.Errorf("lls -l: %v, %q", err, p.out.String())
	}
	if err := p.Do(command.Line{Text: "lls nowhere"}); command.Status(err) != 7 {
		t.Errorf("a name that is not there: status %d", command.Status(err))
	}
	if err := p.Do(command.Line{Text: "lls --recursive"}); command.Status(err) != 2 {
		t.Errorf("an option that only ls has: status %d", command.Status(err))
	}
}

// TestLocalPatternsEnd: a ** that goes through a whole disk ends with the command.
func TestLocalPatternsEnd(t *testing.T) {
	p := newPupil(t)
	if err := os.MkdirAll("a/b/c", 0o700); err != nil {
		t.Fatal(err)
	}
	word := syntax.Lex("**/c")[0]
	if names, err := commands.LocalNames(t.Context(), p.Shell, word); err != nil || len(names) != 1 {
		t.Fatalf("%q, %v", names, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if names, err := commands.LocalNames(ctx, p.Shell, word); !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", names, err)
	}
}
