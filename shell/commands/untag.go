package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "untag", Theme: "look around", Args: "[remote…]", Short: "take the marks of tag away",
	Long: "Alone it takes all of them away.",
	Max:  -1, Complete: []completion.Kind{completion.RemotePath}, Wire: command.ListVerbs, Needs: command.Login, Foreign: command.Confined, Run: untag,
})

func untag(ctx context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		c.Shell.Tags = nil
		return nil
	}
	names, err := c.Expand(ctx, c.Args)
	if err != nil {
		return err
	}
	return untagged(c, names)
}
