package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "rename", Theme: "change files", Plans: true, Risk: command.ReplacesRenamed, Args: "from to", Short: "rename a file or directory", JSON: true,
	Long: "When the new name ends with a slash the file keeps its name in that directory. `mv` moves several.",
	Min:  2, Max: 2, Ask: []string{"from-name", "to-name"}, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.Sends("RNFR", "RNTO"), Needs: command.Login, Foreign: command.Confined, Run: rename,
})

func rename(ctx context.Context, c *command.Call) error {
	from, to := c.Arg(0), c.Arg(1)
	if len(to) > 1 && to[len(to)-1] == '/' {
		to += command.BaseName(from)
	}
	return renameFile(ctx, c, from, to)
}
