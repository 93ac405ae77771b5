package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "reset", Rare: true, Theme: "the protocol", Short: "get back in step with the server: read the replies that are still due",
	Long: "You hardly ever need it: each reply is matched with its command, and unexpected ones are dropped.",
	Wire: command.Sends("NOOP"), Needs: command.Connection, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return c.Session().Noop(ctx) },
})
