package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "tenex", Rare: true, Theme: "transfers", Short: "transfer files as bytes of 8 bits (TYPE L 8), for computers with other words",
	Needs: command.Connection, Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return setType(c, client.Local8) },
})
