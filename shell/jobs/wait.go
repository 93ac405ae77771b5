package jobs

import (
	"cmp"
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "wait", Theme: "jobs", Args: "[job…]", Short: "wait until jobs have ended: those named, or all",
	Long: "Its status is that of the first one that failed. Ctrl-C stops the waiting, not the jobs. A script waits for its jobs at its end.",
	Max:  -1, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused, Run: waitForJobs,
})

func waitForJobs(ctx context.Context, c *command.Call) error {
	waited := Of(c.Shell).All()
	if len(c.Args) > 0 {
		waited = nil
	}
	for _, word := range c.Texts() {
		j, err := findJob(c.Shell, word)
		if err != nil {
			return err
		}
		waited = append(waited, j)
	}
	defer Of(c.Shell).running(true)
	return AwaitJobs(ctx, c.Shell, waited)
}

// AwaitJobs waits for jobs, and shows how far they are. The error is the first of
// theirs; they have shown it themselves.
func AwaitJobs(ctx context.Context, sh *command.Shell, waited []*job) error {
	var gauges []*command.Gauge
	for _, j := range waited {
		gauges = append(gauges, j.Sh.Gauge)
	}
	defer sh.Draw(gauges...)()
	var first error
	for _, j := range waited {
		select {
		case <-j.Done:
		case <-ctx.Done():
			return ctx.Err()
		}
		first = cmp.Or(first, failure.Shown(j.err))
	}
	return first
}
