package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var usageCommands = []*command.Command{
	{
		Name: "usage", Args: "command…", Short: "show the arguments of a command on one line",
		Min: 1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Command}, Foreign: command.Refused, Run: usage,
	},
	{
		Name: "unset", Args: "setting", Short: "give a setting its usual value back",
		Min: 1, Max: 1, Ask: []string{"setting"}, Complete: []completion.Kind{completion.Setting}, Foreign: command.Confined, Run: unset,
	},
}

func usage(_ context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		command, err := c.Shell.Catalog.Find(name)
		if err != nil {
			return err
		}
		if err := c.Print("%s", command.Synopsis()); err != nil {
			return err
		}
	}
	return nil
}

func unset(_ context.Context, c *command.Call) error {
	row, err := settings.Find(c.Arg(0))
	if err != nil {
		return err
	}
	usual := settings.Default(c.Interactive())
	return c.Changed(row, row.Show(&usual))
}
