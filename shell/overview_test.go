package shell

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestHelpFitsTheScreen: the first thing that somebody types who is new needs no pager at 80x24, and what it leaves out is in
// help -a.
func TestHelpFitsTheScreen(t *testing.T) {
	sh, out := batchShell(t, command.Options{})
	said := func(line string) string {
		out.Reset()
		if err := sh.Do(command.Line{Text: line}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if text := said("help"); strings.Count(text, "\n") > 22 {
		t.Errorf("%d lines:\n%s", strings.Count(text, "\n"), text)
	}
	all := said("help -a")
	for c := range sh.Catalog.Commands() {
		if !strings.Contains(all, "\n  "+c.Name) {
			t.Errorf("%s is not in help -a", c.Name)
		}
	}
}
