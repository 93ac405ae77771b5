package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "cdup", Theme: "look around", Short: "go to the directory above",
	Wire: command.Sends("CDUP", "PWD"), Needs: command.Login, Foreign: command.Confined, Run: cdup,
})

func cdup(ctx context.Context, c *command.Call) error { return chdir(ctx, c, "..") }
