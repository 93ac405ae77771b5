package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "rstatus", Rare: true, Theme: "the protocol", Args: "[path]", Short: "ask the server for its status, or about one name (STAT)",
	Max: 1, Complete: []completion.Kind{completion.RemotePath}, Wire: command.Sends("STAT"), Needs: command.Connection,
	Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error {
		r, err := c.Session().Server().Status(ctx, c.Arg(0))
		if err != nil {
			return err
		}
		return command.Reply(c, "STAT", r)
	},
})
