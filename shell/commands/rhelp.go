package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

// RhelpCommands are the rows of this file in the catalog.
var RhelpCommands = []*command.Command{
	{
		Name: "rhelp", Args: "[verb]", Short: "ask the server for help (HELP)",
		Max: -1, Complete: []completion.Kind{completion.Verb}, Wire: command.Sends("HELP"), Needs: command.Connection,
		Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error {
			r, err := c.Session().Server().Help(ctx, c.Texts()...)
			if err != nil {
				return err
			}
			return command.Reply(c, "HELP", r)
		},
	},
	{
		Name: "rstatus", Args: "[path]", Short: "ask the server how things are, or about one name (STAT)",
		Max: 1, Complete: []completion.Kind{completion.RemotePath}, Wire: command.Sends("STAT"), Needs: command.Connection,
		Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error {
			r, err := c.Session().Server().Status(ctx, c.Arg(0))
			if err != nil {
				return err
			}
			return command.Reply(c, "STAT", r)
		},
	},
	{
		Name: "account", Args: "[account]", Short: "give the server the account it asks for (ACCT)",
		Long: "Without an argument it is asked for and not shown.",
		Max:  1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("ACCT"), Needs: command.Connection, Foreign: command.Confined, Run: account,
	},
	{
		Name: "idle", Values: [][]string{{"300", "900", "3600"}}, Args: "[seconds]", Short: "show or change after how much silence the server hangs up (SITE IDLE)",
		Max: 1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("SITE IDLE"), Needs: command.Login, Foreign: command.Confined, Run: siteValue("IDLE"),
	},
	{
		Name: "umask", Values: [][]string{{"022", "027", "077"}}, Args: "[mask]", Short: "show or change which permissions new remote files do not get (SITE UMASK)",
		Examples: []command.Example{{Line: "umask 022", Says: "only you can write to them"}},
		Max:      1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("SITE UMASK"), Needs: command.Login, Foreign: command.Confined, Run: siteValue("UMASK"),
	},
	{
		Name: "reset", Short: "get in step with the server again: read the replies that are still owed",
		Long: "It is hardly ever needed: each reply is matched with its command, and what comes unasked is dropped.",
		Wire: command.Sends("NOOP"), Needs: command.Connection, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return c.Session().Noop(ctx) },
	},
}

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
