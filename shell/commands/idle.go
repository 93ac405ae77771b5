package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "idle", Rare: true, Theme: "the protocol", Values: [][]string{{"300", "900", "3600"}}, Args: "[seconds]", Short: "show or change how long the server waits before it hangs up (SITE IDLE)",
	Max: 1, Complete: []completion.Kind{completion.Text}, Wire: command.Sends("SITE IDLE"), Needs: command.Login, Foreign: command.Confined, Run: siteValue("IDLE"),
})
