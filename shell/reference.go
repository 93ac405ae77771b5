package shell

import (
	"slices"
	"strings"
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
		for _, row := range statuses {
			if row.Status == n {
				all = append(all, ExitStatus{n, row.Says})
				break
			}
		}
	}
	return all
}

// Options are the options of a command: how each is typed, and what it does.
func (c *Command) Options() [][2]string {
	var all [][2]string
	for _, row := range flagRows(c) {
		all = append(all, [2]string{strings.TrimSpace(row[0]), row[1]})
	}
	return all
}

// Verbs are the FTP verbs that a command may send, each once, beside those that
// connect again after a loss.
func (c *Command) Verbs() []string {
	var once []string
	for _, verb := range c.Wire {
		if !slices.Contains(once, verb) {
			once = append(once, verb)
		}
	}
	return once
}
