package shell

import (
	"iter"
	"slices"
)

// Catalog is all commands, by theme. It is a function because help refers to
// it: a variable would be an initialisation cycle.
func Catalog() []Group {
	return []Group{
		{"connect", openCommands},
		{"look around", slices.Concat(lsCommands, cdCommands)},
		{"download", slices.Concat(getCommands, catCommands)},
		{"upload", putCommands},
		{"change things on the server", slices.Concat(rmCommands, mkdirCommands)},
		{"ask about a file", sizeCommands},
		{"this computer", lcdCommands},
		{"how transfers work", modeCommands},
		{"the protocol itself", quoteCommands},
		{"the shell", slices.Concat(setCommands, statusCommands, helpCommands)},
	}
}

// Commands goes through all commands of the catalog.
func Commands() iter.Seq[*Command] {
	return func(yield func(*Command) bool) {
		for _, group := range Catalog() {
			for _, c := range group.Commands {
				if !yield(c) {
					return
				}
			}
		}
	}
}
