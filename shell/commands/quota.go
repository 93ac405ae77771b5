package commands

import "github.com/ftpsh/ftpsh/shell/command"

var _ = command.Add(&command.Command{
	Name: "quota", Theme: "the protocol", Short: "show how much room the server gives this user (SITE QUOTA)",
	Long: "Servers with quotas know the word; `df` shows what is free.",
	Wire: command.Sends("SITE QUOTA"), Needs: command.Login, Foreign: command.Confined, Run: siteValue("QUOTA"),
})
