package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "!", Theme: "this computer", Args: "[command]", Short: "run a command of this computer",
	Long:     "The rest of the line goes to your own shell as it stands. Alone it starts one; `exit` comes back.",
	Examples: []command.Example{{Line: "!df -h .", Says: "is there space left"}},
	Max:      1, Program: true, Foreign: command.Refused, Run: bang,
})

func bang(ctx context.Context, c *command.Call) error {
	text := strings.TrimSpace(c.Arg(0))
	if text == "" && !c.Interactive() {
		return c.Usage("a command is missing")
	}
	if not, err := command.WouldRun(c.Shell, text); not {
		return err
	}
	return runLocal(c, c.Shell.LocalShell(ctx, text))
}
