package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "account", Rare: true, Theme: "the protocol", Secret: history.Secret{Open: 1}, Args: "[account]", Short: "give the server the account it asks for (ACCT)",
	Long: "Without an argument it is asked for and not shown.",
	Max:  1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("ACCT"), Needs: command.Connection, Foreign: command.Confined, Run: account,
})

func account(ctx context.Context, c *command.Call) error {
	text := c.Arg(0)
	if text == "" {
		var err error
		if text, err = c.Shell.Console.ReadSecret(ctx, "account: "); err != nil {
			return c.Usage("an argument is missing")
		}
	}
	r, err := c.Session().Quote(ctx, "ACCT "+text)
	if err != nil {
		return err
	}
	return command.Reply(c, "ACCT", r)
}
