package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "commit", Theme: "whole trees", JSON: true, Short: "make all changes since begin at once, or none of them",
	Long: "Everything that is replaced or deleted is compared with what was there when the change was made; if " +
		"somebody has changed it since, nothing is done and the status is 10. Then only renames are left, many in " +
		"one packet: directories first, then new files, replaced files, and deletions last; or in the order in " +
		"which they were typed, where one needs another. What was there moves into the folder, and into the trash, " +
		"if that is on.\n" +
		"When the server refuses a step, those before it are undone. When the connection is lost, commit " +
		"reconnects and checks; after a crash of this computer `tx recover` does.\n" +
		"With --no-old an upload replaces a file by one rename: nobody finds the name empty, and nothing is kept of the old " +
		"file. Once one is replaced, neither `tx recover` nor undo can go back: when the server refuses " +
		"a later step, commit says what is done and what is not, the uploads wait, and `tx recover --forward` continues. A server that does " +
		"not replace files so is found out before, and has them moved away as without --no-old.",
	Examples: []command.Example{{Line: "commit -n", Says: "the steps that it would take"}, {Line: "commit --no-old", Says: "no gap where a file is replaced, and no way back"}},
	Max:      0, Flags: commitFlags,
	Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: commitTx,
})

func commitFlags(fs *pflag.FlagSet) {
	fs.BoolP("dry-run", "n", false, "compare and show the steps, and do nothing")
	fs.Bool("no-old", false, "replace files by one rename and keep nothing of them: no gap, and no way back")
}

func commitTx(ctx context.Context, c *command.Call) error {
	c.SumsUp()
	if err := insideTx(c); err != nil {
		return err
	}
	t, s := c.Shell.Tx, c.Session()
	if isDry(c) {
		steps, err := t.Dry(ctx, s, noOld(c))
		if err = foreignTx(c, err); err != nil {
			return err
		}
		return showSteps(c, steps)
	}
	out, err := t.Commit(ctx, s, noOld(c))
	for _, note := range out.Notes {
		c.Note("%s", note)
	}
	if err != nil {
		return foreignTx(c, err)
	}
	return committed(ctx, c, t.Rows(), out)
}

// noOld reports whether files are to be replaced by one rename, if the server is not known to refuse that.
func noOld(c *command.Call) bool {
	if !c.Is("no-old") {
		return false
	}
	if lackOf(c, c.Session()) == transfer.Replaces {
		c.Note("this server was found to replace no file by a rename, so the old ones are moved away first; `limits` says until when that is believed")
		return false
	}
	return true
}

// showSteps shows what a commit would send.
func showSteps(c *command.Call, steps []tx.Step) error {
	for _, step := range steps {
		o := command.DryAction{DryRun: true, Action: string(step.Do), What: string(step.From), To: string(step.To)}
		to := o.To
		if step.Over != nil {
			o.Action, to = "replace", "over "+to+", no way back"
		}
		line := strings.TrimSpace(fmt.Sprintf("would %s %s %s", step.Do, step.From, to))
		if err := command.Result(c, o, "%s", line); err != nil {
			return err
		}
	}
	return nil
}
