package learn

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "system", Theme: "the protocol", Short: "show what kind of system the server is (SYST)", JSON: true,
	Wire: command.Sends("SYST"), Needs: command.Connection, Foreign: command.Confined, Run: system,
})

func system(ctx context.Context, c *command.Call) error {
	text, err := c.Session().Server().System(ctx)
	if err != nil {
		return err
	}
	return c.Word("system", text)
}
