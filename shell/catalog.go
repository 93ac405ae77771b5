package shell

import (
	"iter"
	"slices"
)

// Groups are commands by theme.
type Groups []Group

// Catalog is all commands. Commands reach it through their Shell: a reference
// from one of them would be an initialisation cycle.
func Catalog() Groups {
	return Groups{
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
