package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "delete", Theme: "change files", Plans: true, Risk: command.Deletes, Args: "remote", Short: "delete a file", JSON: true,
	Min: 1, Max: 1, Ask: []string{"remote-file"}, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.Sends("DELE"), Needs: command.Login, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return remove(ctx, c, c.Arg(0)) },
})
