package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "mreget", Rare: true, Theme: "download", Args: "pattern…", Short: "resume the downloads of several files", JSON: true,
	Flags: intoFlag,
	Min:   1, Max: -1, Ask: []string{"remote-files"}, Complete: []completion.Kind{completion.RemotePath},
	Wire: downloadVerbs, Needs: command.Login, Reach: command.EachWord, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return mget(ctx, c, true) },
})
