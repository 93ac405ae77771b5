package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// verbTables has a table for each document that defines commands, and one for
// the commands that have none.
func verbTables() string {
	senders := senders()
	var b strings.Builder
	table := func(title, adds string, defined func(teach.VerbFacts) bool) {
		rows := ""
		for _, v := range teach.Verbs() {
			if defined(v) {
				rows += verbRow(v, senders[v.Name])
			}
		}
		if rows != "" {
			fmt.Fprintf(&b, "### %s\n\n%s\n\n| verb | section | what it asks | sent by |\n|---|---|---|---|\n%s\n", title, adds, rows)
		}
	}
	documents := map[string]bool{}
	for _, doc := range teach.Documents() {
		documents[doc.ID] = true
		table(doc.ID+": "+doc.Title, doc.Adds, func(v teach.VerbFacts) bool { return len(v.Refs) > 0 && v.Refs[0].Doc == doc.ID })
	}
	table("Without a document", "What servers have agreed on by example.", func(v teach.VerbFacts) bool {
		return len(v.Refs) == 0 || !documents[v.Refs[0].Doc]
	})
	return b.String()
}

func verbRow(v teach.VerbFacts, senders []string) string {
	by, section := "by hand", ""
	if len(senders) > 0 {
		by = codes(senders)
	} else if verb, ok := strings.CutPrefix(v.Summary, "Experimental ancestor of "); ok {
		by = "in place of " + code(strings.Trim(verb, ".")) + " where that is not known"
	}
	if len(v.Refs) > 0 {
		section = v.Refs[0].Section
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", code(v.Name), cell(section), cell(v.Summary), by)
}

// manySenders is where a list of commands stops saying anything.
const manySenders = 8

// senders are the commands that may send a verb.
func senders() map[string][]string {
	by := map[string][]string{}
	for _, group := range shell.Catalog() {
		for _, c := range group.Commands {
			for _, line := range c.Wire {
				verb, _, _ := strings.Cut(line, " ")
				for _, name := range []string{line, verb} {
					if !slices.Contains(by[name], c.Name) {
						by[name] = append(by[name], c.Name)
					}
				}
			}
		}
	}
	for _, line := range command.LoginVerbs {
		verb, _, _ := strings.Cut(line, " ")
		by[line], by[verb] = []string{"open"}, []string{"open"}
	}
	for verb, names := range by {
		if len(names) > manySenders {
			by[verb] = append(slices.Clone(names[:manySenders]), "...")
		}
	}
	return by
}
