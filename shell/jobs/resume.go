package jobs

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "resume", Theme: "jobs", Args: "[job…]", Short: "let jobs that pause go on",
	Long: "Without a number it is the last job. To resume yesterday's download use `reget`.",
	Max:  -1, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused,
	Run: func(_ context.Context, c *command.Call) error {
		return eachJob(c, func(j *job) { j.Sh.Pause.Resume() })
	},
})
