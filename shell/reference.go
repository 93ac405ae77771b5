package shell

import (
	// Each of these packages adds its commands to the catalog.

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
	for n := 2; n < 256; n++ {
		for _, row := range command.Statuses {
			if row.Status == n {
				all = append(all, ExitStatus{n, row.Says})
				break
			}
		}
	}
	return all
}

// Catalog is all commands.
func Catalog() command.Groups { return command.Catalog() }
