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
	if dir == "" && !c.JSON() {
		dir = "unknown"
	}
	return c.Word("path", dir)
}
