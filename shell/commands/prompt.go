package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

func init() {
	command.Add(&command.Command{
		Name: "prompt", Theme: "the shell", Args: "[on|off]", Short: "ask before each file of mget, mput and mdelete",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting("prompt"),
	})
}
