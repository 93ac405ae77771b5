package jobs

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "fg", Theme: "jobs", Aliases: []string{"attach"}, Args: "[job]", Short: "bring a job to the foreground: its progress, Ctrl-C and Ctrl-Z",
	Long: "A job that was detached from an earlier shell (`jobs` calls it @ and a number) shows what it says until it has ended; " +
		"Ctrl-C leaves it alone.",
	Max: 1, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused, Run: toForeground,
})

func toForeground(ctx context.Context, c *command.Call) error {
	if isDetached(c.Arg(0)) {
		d, err := findDetached(c.Shell, c.Arg(0))
		if err != nil {
			return err
		}
		return attachJob(ctx, c, d)
	}
	j, err := findJob(c.Shell, c.Arg(0))
	if err != nil {
		return err
	}
	c.Note("%s", j.shown())
	j.Sh.Pause.Resume()
	return foreground(c.Shell, j, func() {}) // it runs, or waits in the queue
}
