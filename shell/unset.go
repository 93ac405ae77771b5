package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "unset", Theme: "the shell", Args: "setting", Short: "reset a setting to its default",
	Min: 1, Max: 1, Ask: []string{"setting"}, Complete: []completion.Kind{completion.Setting}, Foreign: command.Confined, Run: unset,
})

func unset(_ context.Context, c *command.Call) error {
	row, err := settings.Find(c.Arg(0))
	if err != nil {
		return err
	}
	usual := settings.Default(c.Interactive())
	return c.Changed(row, row.Show(&usual))
}
