package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "binary", Theme: "transfers", Aliases: []string{"image"}, Short: "transfer files byte by byte (the default)",
	Needs: command.Connection, Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return setType(c, client.Binary) },
})
