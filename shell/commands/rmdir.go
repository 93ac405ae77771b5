package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "rmdir", Theme: "change files", Plans: true, Risk: command.Deletes, Args: "directory…", Short: "remove empty directories", JSON: true,
	Min: 1, Max: -1, Ask: []string{"directory-name"}, Complete: []completion.Kind{completion.RemoteDir},
	Wire: command.Sends("RMD"), Needs: command.Login, Foreign: command.Confined, Run: rmdir,
})

func rmdir(ctx context.Context, c *command.Call) error {
	for _, dir := range c.Texts() {
		if err := removed(c, "RMD", dir, c.Session().Rmdir(ctx, dir)); err != nil {
			return err
		}
	}
	return nil
}
