package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "ccc", Theme: "connect", Short: "end TLS on the control connection and keep it on data connections (CCC)",
	Long: "For a firewall on the way that must read which ports are used. From then on anyone in between can read names and " +
		"commands, and no password is sent; a connection that has to be reopened has TLS again.",
	Wire: command.Sends("PBSZ", "PROT", "CCC"), Needs: command.Connection, Foreign: command.Confined, Run: clearControl,
})

func clearControl(ctx context.Context, c *command.Call) error {
	session := c.Session()
	if control, _ := session.Protected(); !control {
		return c.Usage("the control connection has no TLS")
	}
	if err := session.ClearControl(ctx); err != nil {
		return err
	}
	c.Shell.Warn("commands and names travel in the clear from here on; no password is sent")
	return nil
}
