package script

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "unalias", Theme: "scripts", Args: "name…", Short: "forget aliases",
	Min: 1, Max: -1, Complete: []completion.Kind{completion.Alias}, Foreign: command.Refused, Run: unalias,
})

func unalias(_ context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		if _, known := c.Shell.Aliases[name]; !known {
			return c.Usage("%s is not an alias", name)
		}
		delete(c.Shell.Aliases, name)
	}
	return nil
}
