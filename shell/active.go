package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var activeCommands = []*Command{
	{
		Name: "active-ports", Values: [][]string{{"any", "40001-40100"}}, Args: "[first-last|any]", Short: "show or choose the ports on which active data connections are awaited",
		Long: "For a firewall that lets the server in on some ports only, or a router that forwards them: `set active-address` " +
			"names the router then.",
		Examples: []Example{{"active-ports 40001-40100", "a hundred ports"}, {"active-ports any", "whichever the system gives"}},
		Max:      1, Complete: []completion.Kind{completion.Text}, JSON: true, Foreign: Confined, Run: activePortsCommand,
	},
}

func activePortsCommand(_ context.Context, c *Call) error {
	row, err := settings.Find("active-ports")
	if err != nil {
		return err
	}
	if len(c.Args) == 0 {
		return c.setting(row, "")
	}
	return c.changed(row, c.Arg(0))
}

// useAddresses tells the sessions what the settings say.
func useAddresses(sh *Shell) {
	sh.sessions(func(s *client.Session) {
		s.SetActive(sh.Settings.ActivePorts, sh.Settings.ActiveAddress.AsSlice())
		s.AcceptFrom(sh.Settings.ActiveFrom)
		s.TrustPassiveAddress(sh.Settings.PasvAddress == "server")
	})
}
