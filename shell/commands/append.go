package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "append", Theme: "upload", Once: true, Between: &command.Between{Reverse: true, Op: transfer.Append}, Args: "local [remote]", Short: "add a local file to the end of a remote one", JSON: true,
	Min: 1, Max: 2, Ask: []string{"local-file"},
	Complete: []completion.Kind{completion.LocalPath, completion.RemotePath},
	Wire:     command.Verbs(command.ListVerbs, command.Sends("APPE")), Needs: command.Login, Detach: true,
	Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return put(ctx, c, transfer.Append) },
})
