package learn

import (
	"context"
	"time"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "noop", Theme: "the protocol", Short: "check that the server still answers, and how fast (NOOP)",
	Wire: command.Sends("NOOP"), Needs: command.Connection, Foreign: command.Confined, Run: noop,
})

func noop(ctx context.Context, c *command.Call) error {
	start := time.Now()
	if err := c.Session().Noop(ctx); err != nil {
		return err
	}
	if c.Shell.Settings.Verbose {
		c.Note("answered in %s", round(time.Since(start)))
	}
	return nil
}
