package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "commit", Theme: "whole trees", JSON: true, Short: "make all changes since begin at once, or none of them",
	Long: "Everything that is replaced or deleted is compared with what was there when the change was made; if " +
		"somebody has changed it since, nothing is done and the status is 10. Then only renames are left, many in " +
		"one packet: directories first, then new files, replaced files, and deletions last; or in the order in " +
		"which they were typed, where one needs another. What was there moves into the folder, and into the trash, " +
		"if that is on.\n" +
		"When the server refuses a step, those before it are undone. When the connection is lost, commit " +
		"reconnects and checks; after a crash of this computer `tx recover` does.",
	Examples: []command.Example{{Line: "commit -n", Says: "the steps that it would take"}},
	Max:      0, Flags: func(fs *pflag.FlagSet) { fs.BoolP("dry-run", "n", false, "compare and show the steps, and do nothing") },
	Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: commitTx,
})

func commitTx(ctx context.Context, c *command.Call) error {
	c.SumsUp()
	t, s := c.Shell.Tx, c.Session()
	switch {
	case t == nil:
		return noTx(c)
	case !command.InTx(c.Shell, s):
		return c.Usage("the transaction is on another server: %s", t.Server)
	case c.Is("dry-run") || c.Shell.Options.DryRun:
		steps, err := t.Dry(ctx, s)
		if err = foreignTx(c, err); err != nil {
			return err
		}
		return showSteps(c, steps)
	}
	out, err := t.Commit(ctx, s)
	for _, note := range out.Notes {
		c.Note("%s", note)
	}
	if err != nil {
		return foreignTx(c, err)
	}
	return committed(ctx, c, t.Rows(), out)
}

// showSteps shows what a commit would send.
func showSteps(c *command.Call, steps []tx.Step) error {
	for _, step := range steps {
		from, _ := render.Text(string(step.From))
		to, _ := render.Text(string(step.To))
		if c.JSON() {
			if err := c.Object(command.DryAction{DryRun: true, Action: string(step.Do), What: from, To: to}); err != nil {
				return err
			}
			continue
		}
		if err := c.Print("%s", strings.TrimSpace(fmt.Sprintf("would %s %s %s", step.Do, from, to))); err != nil {
			return err
		}
	}
	return nil
}
