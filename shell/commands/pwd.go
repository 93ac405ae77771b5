package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "pwd", Theme: "look around", Short: "show the remote directory", JSON: true,
	Wire: command.Sends("PWD"), Needs: command.Login, Foreign: command.Confined, Run: pwd,
})

func pwd(ctx context.Context, c *command.Call) error {
	dir, err := c.Session().Getwd(ctx)
	if err != nil {
		return err
	}
	if was := c.Session().Dir(); dir == "" && was != "" {
		c.Note("the server does not say where this is any more: somebody may have deleted %s", was)
	}
	if dir == "" && !c.JSON() {
		dir = "unknown"
	}
	return c.Word("path", dir)
}
