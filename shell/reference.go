package shell

import "github.com/ftpsh/ftpsh/shell/command"

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
