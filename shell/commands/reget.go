package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "reget", Theme: "download", Args: "remote [local]", Short: "resume a download", JSON: true,
	Long: "What is in NAME.part, or in NAME when another client began it, is kept and only the rest is fetched. " +
		"If the file on the server has changed since, all of it is fetched again: NAME.part.note holds the size " +
		"and time of the one that was begun.",
	Min: 1, Max: 2, Ask: []string{"remote-file"},
	Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire:     downloadVerbs, Needs: command.Login, Reach: command.WholeLine, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return get(ctx, c, true) },
	ByURL: func(ctx context.Context, c *command.Call) error { return getByURL(ctx, c, true) },
})
