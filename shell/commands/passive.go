package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "passive", Theme: "transfers", Args: "[on|off]", Short: "choose who opens data connections",
	Long: "On, the client connects to the server, which works behind most firewalls. Off, the server connects to us " +
		"(active mode). Without a word it switches.",
	Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting("passive"),
})
