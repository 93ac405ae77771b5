package docs

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// TestProtocolPage: the table of protocol.md is what the tables of commands and
// of the protocol say.
func TestProtocolPage(t *testing.T) {
	page, err := os.ReadFile("protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "protocol.md", section(t, string(page), "verbs", verbTables()))
}

// verbTables has a table for each document that defines commands.
func verbTables() string {
	senders := senders()
	var b strings.Builder
	for _, doc := range teach.Documents() {
		rows := ""
		for _, v := range teach.Verbs() {
			if len(v.Refs) == 0 || v.Refs[0].Doc != doc.ID {
				continue
			}
			by := "by hand"
			if names := senders[v.Name]; len(names) > 0 {
				by = codes(names)
			}
			rows += fmt.Sprintf("| %s | %s | %s | %s |\n", code(v.Name), cell(v.Refs[0].Section), cell(v.Summary), by)
		}
		if rows == "" {
			continue
		}
		fmt.Fprintf(&b, "### %s: %s\n\n", doc.ID, doc.Title)
		fmt.Fprintf(&b, "%s\n\n| verb | section | what it asks | sent by |\n|---|---|---|---|\n%s\n", doc.Adds, rows)
	}
	return b.String()
}

// manySenders is where a list of commands stops saying anything.
const manySenders = 8

// senders are the commands that may send a verb.
func senders() map[string][]string {
	by := map[string][]string{}
	for _, group := range shell.Catalog() {
		for _, c := range group.Commands {
			for _, verb := range c.Wire {
				if !slices.Contains(by[verb], c.Name) {
					by[verb] = append(by[verb], c.Name)
				}
			}
		}
	}
	for _, verb := range shell.LoginVerbs {
		by[verb] = []string{"open"}
	}
	for verb, names := range by {
		if len(names) > manySenders {
			by[verb] = append(slices.Clone(names[:manySenders]), "...")
		}
	}
	return by
}
