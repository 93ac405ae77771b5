package jobs

import (
	"cmp"
	"context"
	"slices"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "kill", Theme: "jobs", Args: "job… | all", Short: "stop jobs",
	Long: "`reget` resumes a download that was stopped.",
	Min:  1, Max: -1, Ask: []string{"job"}, Complete: []completion.Kind{completion.Job}, Nests: true, Foreign: command.Refused, Run: killJobs,
})

func killJobs(ctx context.Context, c *command.Call) error {
	words := c.Texts()
	if len(words) == 1 && words[0] == "all" {
		return killEach(ctx, c.Shell, Of(c.Shell).running(false))
	}
	for _, word := range words {
		if isDetached(word) {
			d, err := findDetached(c.Shell, word)
			if err := cmp.Or(err, d.stop(ctx)); err != nil {
				return err
			}
			continue
		}
		j, err := findJob(c.Shell, word)
		if err == nil {
			err = killEach(ctx, c.Shell, []*job{j})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// killEach stops jobs and waits for their ends: the last one first, so that none of the queue begins when another one ends.
func killEach(ctx context.Context, sh *command.Shell, all []*job) error {
	for _, j := range slices.Backward(all) {
		stopJob(sh, j, ErrKilled)
	}
	for _, j := range all {
		select {
		case <-j.Done:
		case <-ctx.Done(): // it hangs, and Ctrl-C was pressed
			if j.session != nil {
				j.session.Drop()
			}
			return ctx.Err()
		}
	}
	return nil
}
