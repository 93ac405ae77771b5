package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "reset", Rare: true, Theme: "the protocol", Short: "get in step with the server again: read the replies that are still owed",
	Long: "It is hardly ever needed: each reply is matched with its command, and what comes unasked is dropped.",
	Wire: command.Sends("NOOP"), Needs: command.Connection, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return c.Session().Noop(ctx) },
})
