package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

func init() {
	command.Add(&command.Command{
		Name: "epsv", Theme: "transfers", Args: "[on|off]", Short: "use EPSV and EPRT, over IPv4 and IPv6",
		Max: 1, Complete: []completion.Kind{completion.None}, Words: []string{"on", "off"}, Sets: true, Foreign: command.Confined, Run: command.ToggleSetting("epsv4", "epsv6"),
	})
}
