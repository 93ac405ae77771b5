package learn

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "site", Theme: "the protocol", Secret: history.Secret{Verb: true}, Once: true, Args: "word…", Short: "send a command of the server's own (SITE)",
	Examples: []command.Example{{Line: "site help", Says: "which there are"}},
	Min:      1, Max: -1, Ask: []string{"arguments to SITE command"}, Complete: []completion.Kind{completion.None, completion.RemotePath},
	Words: []string{"CHMOD", "CPFR", "CPTO", "HELP", "IDLE", "SYMLINK", "UMASK", "UTIME"},
	Wire:  command.Sends("SITE"), Needs: command.Connection, Foreign: command.Confined, Run: siteCommand,
})

func siteCommand(ctx context.Context, c *command.Call) error {
	if not, err := command.ManualDry(c.Shell, "SITE "+strings.Join(c.Texts(), " ")); not {
		return err
	}
	r, err := c.Session().Site(ctx, c.Texts()...)
	if err != nil {
		return err
	}
	return command.Reply(c, "SITE", r)
}
