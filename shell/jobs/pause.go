package jobs

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "pause", Theme: "jobs", Args: "[job…]", Short: "hold the transfers of jobs still, until resume",
	Long: "Without a number it is the last job. A server waits some minutes, then it ends the transfer; that is tried again, from where it was, as any that breaks. " +
		"A job that moves nothing runs to its next transfer.",
	Max: -1, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused,
	Run: func(_ context.Context, c *command.Call) error { return eachJob(c, func(j *job) { j.Sh.Pause.Hold() }) },
})

// eachJob does something with the jobs that are named, or with the last one.
func eachJob(c *command.Call, do func(*job)) error {
	words := c.Texts()
	if len(words) == 0 {
		words = []string{""}
	}
	var errs []error
	for _, word := range words {
		j, err := findJob(c.Shell, word)
		if errs = append(errs, err); err == nil {
			do(j)
		}
	}
	return failure.Several(errs...)
}
