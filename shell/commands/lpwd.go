package commands

import (
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "lpwd", Theme: "this computer", Short: "show the local directory", JSON: true, Foreign: command.Confined, Run: lpwd,
})
