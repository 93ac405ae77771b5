package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "rhelp", Rare: true, Theme: "the protocol", Args: "[verb]", Short: "ask the server for help (HELP)",
	Max: -1, Complete: []completion.Kind{completion.Verb}, Wire: command.Sends("HELP"), Needs: command.Connection,
	Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error {
		r, err := c.Session().Server().Help(ctx, c.Texts()...)
		if err != nil {
			return err
		}
		return command.Reply(c, "HELP", r)
	},
})

// siteValue is a command for a value that the server keeps.
func siteValue(name string) func(context.Context, *command.Call) error {
	return func(ctx context.Context, c *command.Call) error {
		if strings.ContainsFunc(c.Arg(0), func(r rune) bool { return r < '0' || r > '9' }) {
			return c.Usage("%s is not a number", c.Arg(0))
		}
		r, err := c.Session().Site(ctx, append([]string{name}, c.Texts()...)...)
		if err != nil {
			return err
		}
		return command.Reply(c, "SITE", r)
	}
}
