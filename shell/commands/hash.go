package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

func init() {
	command.Add(&command.Command{
		Name: "hash", Theme: "transfers", Args: "[on|off|bytes]", Short: "print a # for each block of bytes moved",
		Long: "The usual number is 1024; k, m and g multiply. The line of progress makes room for them.",
		Max:  1, Complete: []completion.Kind{completion.SettingValue}, Sets: true, Foreign: command.Confined, Run: command.ToggleSetting("hash"),
	})
}
