package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "close", Theme: "connect", Aliases: []string{"disconnect"}, Args: "[session]", Short: "end the session, stay in the shell",
	Long: "With a name it ends that one.",
	Max:  1, Complete: []completion.Kind{completion.Session},
	Wire: command.Sends("QUIT"), Foreign: command.Confined, Run: closeSession,
})

func closeSession(_ context.Context, c *command.Call) error {
	sh := c.Shell
	end := func() error {
		sh.Disconnect()
		return nil
	}
	if name := c.Arg(0); name != "" && name != sh.Name {
		i := sh.Other(name)
		if i < 0 {
			return noSession(sh, name)
		}
		return sh.Lend(i, end)
	}
	if err := sh.Needs(command.Connection); err != nil && sh.Gateway == nil {
		return err
	}
	_ = end()
	if names := SessionNames(&sh.Connections); len(names) > 0 {
		c.Note("still open: %s; `session NAME` goes there", strings.Join(names, ", "))
	}
	return nil
}
