package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "rmdir", Theme: "change files", Plans: true, Risk: command.Deletes, Args: "directory…", Short: "remove empty directories", JSON: true,
	Min: 1, Max: -1, Ask: []string{"directory-name"}, Complete: []completion.Kind{completion.RemoteDir},
	Wire: command.Sends("RMD"), Needs: command.Login, Foreign: command.Confined, Run: rmdir,
})

func rmdir(ctx context.Context, c *command.Call) error {
	for _, dir := range c.Texts() {
		if err := c.Session().Rmdir(ctx, dir); err != nil {
			return failure.About(dir, err)
		}
		c.Shell.Remote.Remove(c.Absolute(dir))
		if err := c.Done(command.Event{Verb: "RMD", Remote: dir}); err != nil {
			return err
		}
	}
	return nil
}
