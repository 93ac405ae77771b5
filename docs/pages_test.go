package docs

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell"
)

// TestPages: the pages that are made from tables, and what examples print, are as they would be made now.
func TestPages(t *testing.T) {
	pages, err := Pages("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s is not what the tables say (%v): go run ./docs/generate", name, err)
		}
	}
}

// TestJSONIsDescribed: every command that prints objects is in the table.
func TestJSONIsDescribed(t *testing.T) {
	page, err := os.ReadFile("scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| object of | keys |")
	table, _, _ = strings.Cut(table, "\n\n")
	for c := range shell.Catalog().Commands() {
		moves := slices.ContainsFunc(c.Wire, func(verb string) bool { return verb == "RETR" || verb == "STOR" || verb == "APPE" })
		if c.JSON && !moves && !strings.Contains(table, "`"+c.Name+"`") {
			t.Errorf("scripting.md does not say what `%s --json` prints", c.Name)
		}
	}
}
