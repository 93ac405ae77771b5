package script

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "unlet", Theme: "scripts", Args: "name…", Short: "forget variables",
	Min: 1, Max: -1, Complete: []completion.Kind{completion.Variable}, Foreign: command.Refused, Run: unlet,
})

func unlet(_ context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		delete(c.Shell.Vars, name)
	}
	return nil
}
