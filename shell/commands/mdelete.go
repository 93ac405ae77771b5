package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mdelete", Rare: true, Theme: "change files", Plans: true, Risk: command.Deletes, Args: "pattern…", Short: "delete several files, asking about each", JSON: true,
	Long: "A script cannot be asked: there it deletes only after `prompt off`, or with -f.",
	Min:  1, Max: -1, Ask: []string{"remote-files"}, Flags: forceFlag,
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     command.Verbs(command.ListVerbs, command.Sends("DELE")), Needs: command.Login, Foreign: command.Confined, Run: mdelete,
})

func mdelete(ctx context.Context, c *command.Call) error {
	if !c.Interactive() && c.Shell.Settings.Prompt && !c.Is("force") {
		return cannotAsk(c, "`prompt off` before it, or `mdelete -f`")
	}
	names, missed := c.Expand(ctx, c.Args)
	asked := &each{call: c, all: c.Is("force")}
	return failure.Several(missed, asked.do(ctx, files(names), noNote, func(name command.RemoteName) error { return remove(ctx, c, name.Path) }))
}
