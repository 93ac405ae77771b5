package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "auth", Theme: "connect", Short: "start TLS on a connection that was opened without it (AUTH TLS)",
	Long: "`open` does this by itself where the server has TLS, before anything secret is sent. It is for a connection that was " +
		"opened with --tls=off; some servers want another `user` after it.",
	Wire: command.Sends("AUTH"), Needs: command.Connection, Foreign: command.Confined, Run: auth,
})

func auth(ctx context.Context, c *command.Call) error {
	sh, session := c.Shell, c.Session()
	if err := session.ProtectControl(ctx); err != nil {
		return err
	}
	if sh.Settings.Verbose {
		c.Note("TLS is on")
	}
	opt := session.Options()
	return sh.Known.Remember(opt.Addr)
}
