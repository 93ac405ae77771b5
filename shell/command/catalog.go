package command

import (
	"iter"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/history"
)

// order is in which order help shows the themes and their commands. A command that it does not
// name comes at the end of its theme.
var order = []struct {
	theme, names string
}{
	{"connect", "open user close bye session bookmark password gate ipany ipv4 ipv6 proxy fxp auth ccc tls prot limits"},
	{"look around", "ls dir nlist mls mdir tree find du df mlsd pmlsd mlst remopts cd cdup pwd watch size modtime stat verify diff manifest"},
	{"download", "get pget reget mget mreget newer fget cat zcat unzip grep head tail page lpage pls pdir"},
	{"upload", "put append mput"},
	{"whole trees", "mirror sync plan apply deploy begin tx commit rollback"},
	{"change files", "rm delete mdelete rename mv cp edit touch ln mkdir rmdir chmod trash undo redo"},
	{"this computer", "lcd lpwd lls ! lmkdir lrm lmv"},
	{"transfers", "binary ascii type passive form struct tenex mode bell case cr glob preserve progress qc runique sendport " +
		"sunique tick epsv4 epsv6 epsv hash rcvbuf sndbuf xferbuf rate active-ports nmap ntrans restart"},
	{"the protocol", "quote site features system noop raw rhelp rstatus account idle umask reset"},
	{"learn", "trace debug ladder explain why step doctor practice lesson record replay"},
	{"the shell", "set verbose prompt status help usage unset macdef $ history"},
	{"jobs", "jobs fg bg wait kill queue"},
	{"scripts", "if foreach assert let unlet alias unalias source repeat sleep echo"},
}

// rows are all commands, as their files have added them.
var rows []*Command

// Add puts a command into the catalog. The file of each command does it, with its row.
func Add(c *Command) *Command {
	rows = append(rows, c)
	for _, name := range append([]string{c.Name}, c.Aliases...) {
		if c.Secret != (history.Secret{}) {
			history.Know(name, c.Secret)
		}
	}
	return c
}

// Group is the commands of one theme, as help shows them.
type Group struct {
	Title    string
	Commands []*Command
}

// Groups are commands by theme.
type Groups []Group

// Catalog is all commands. A command reaches it through its Shell.
func Catalog() Groups {
	var all Groups
	for _, line := range order {
		all = append(all, Group{Title: line.theme})
	}
	for _, c := range rows {
		i := slices.IndexFunc(all, func(g Group) bool { return g.Title == c.Theme })
		if i < 0 {
			i, all = len(all), append(all, Group{Title: c.Theme})
		}
		all[i].Commands = append(all[i].Commands, c)
	}
	for i, line := range order {
		names := strings.Fields(line.names)
		place := func(c *Command) int {
			if i := slices.Index(names, c.Name); i >= 0 {
				return i
			}
			return len(names)
		}
		slices.SortStableFunc(all[i].Commands, func(a, b *Command) int { return place(a) - place(b) })
	}
	return all
}

// Commands goes through all commands.
func (g Groups) Commands() iter.Seq[*Command] {
	return func(yield func(*Command) bool) {
		for _, group := range g {
			for _, c := range group.Commands {
				if !yield(c) {
					return
				}
			}
		}
	}
}
