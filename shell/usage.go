package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "usage", Theme: "the shell", Args: "command…", Short: "show the arguments of a command on one line",
	Min: 1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Command}, Foreign: command.Refused, Run: usage,
})

func usage(_ context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		row, err := c.Shell.Catalog.Find(name)
		if err != nil {
			return err
		}
		if err := command.Prose(c, row.Synopsis()); err != nil {
			return err
		}
	}
	return nil
}
