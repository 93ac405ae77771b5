package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "dir", Theme: "look around", Args: "[path [local-file]]", Short: "list a directory with sizes and times", Long: listLong, JSON: true,
	Max: 2, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire: command.ListVerbs, Needs: command.Login, Reach: command.WholeLine, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return list(ctx, c, true) },
})
