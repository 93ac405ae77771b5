package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

func init() {
	command.Add(&command.Command{
		Name: "verbose", Theme: "the shell", Args: "[on|off]", Short: "show the server's words and a line for each transfer",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting("verbose"),
	})
}
