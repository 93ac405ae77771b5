package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "ascii", Theme: "transfers", Short: "transfer text, with the line ends of each side",
	Long:  "Sizes differ on both sides then, so nothing is checked against them, and binary files are damaged.",
	Needs: command.Connection, Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return setType(c, client.ASCII) },
})
