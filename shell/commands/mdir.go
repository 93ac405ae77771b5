package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "mdir", Rare: true, Theme: "look around", Args: "path… local-file", Short: "the same with sizes and times", JSON: true,
	Min: 2, Max: -1, ToFile: true, Ask: []string{"remote-files", "local-file"},
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     command.ListVerbs, Needs: command.Login, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return mls(ctx, c, true) },
})
