package shell

import (
	// Each of these packages adds its commands to the catalog.

	"slices"

	"github.com/ftpsh/ftpsh/shell/command"
	_ "github.com/ftpsh/ftpsh/shell/commands"
	_ "github.com/ftpsh/ftpsh/shell/jobs"
	_ "github.com/ftpsh/ftpsh/shell/learn"
	_ "github.com/ftpsh/ftpsh/shell/prompt"
	_ "github.com/ftpsh/ftpsh/shell/script"
)

// The tables of the shell as documentation needs them.

// ExitStatus is one row of what the program can exit with.
type ExitStatus struct {
	Status int
	Says   string
}

// ExitStatuses are all statuses, each once, in ascending order.
func ExitStatuses() []ExitStatus {
	all := []ExitStatus{{0, "done"}, {1, "a command failed in another way"}}
	for _, row := range command.Statuses {
		all = append(all, ExitStatus{row.Status, row.Says})
	}
	slices.SortStableFunc(all, func(a, b ExitStatus) int { return a.Status - b.Status })
	return slices.Compact(all)
}

// Catalog is all commands.
func Catalog() command.Groups { return command.Catalog() }
