package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "mls", Rare: true, Theme: "look around", Args: "path… local-file", Short: "list several directories into a local file", JSON: true,
	Long: "The last argument is the local file; - is the screen, and \"|command\" or | a local command.",
	Min:  2, Max: -1, ToFile: true, Ask: []string{"remote-files", "local-file"},
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     command.ListVerbs, Needs: command.Login, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return mls(ctx, c, false) },
})
