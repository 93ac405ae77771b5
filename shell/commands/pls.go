package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "pls", Rare: true, Theme: "download", Args: "[path]", Short: "list a directory, page by page", Long: pageLong, JSON: true,
	Max: 1, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.ListVerbs, Needs: command.Login,
	Program: true, Foreign: command.Confined, Run: Paged(func(ctx context.Context, c *command.Call) error { return list(ctx, c, c.Is("long")) }),
})
