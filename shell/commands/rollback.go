package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "rollback", Theme: "whole trees", JSON: true, Short: "drop all changes since begin",
	Long: "Nobody has seen any of it. The files that were uploaded for it are deleted from the server.",
	Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: rollbackTx,
})

func rollbackTx(ctx context.Context, c *command.Call) error {
	c.SumsUp()
	if err := insideTx(c); err != nil {
		return err
	}
	t, s := c.Shell.Tx, c.Session()
	if not, err := command.WouldRun(c.Shell, "rollback"); not {
		return err
	}
	n := len(t.Rows())
	if err := t.Rollback(ctx, s); err != nil {
		return err
	}
	command.Closes(c.Shell, true)
	text := "rolled back: " + command.Plural(n, "change", "changes") + " dropped, nothing was changed"
	return tellResult(c, map[string]any{"dropped": n}, text)
}
