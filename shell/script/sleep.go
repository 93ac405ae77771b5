package script

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "sleep", Theme: "scripts", Values: [][]string{{"1s", "30s", "5m", "1h"}}, Args: "time", Short: "wait",
	Long: "The time is in seconds, or with a unit: 500ms, 30s, 5m, 2h.",
	Min:  1, Max: 1, Complete: []completion.Kind{completion.Text}, Nests: true, Detach: true, Foreign: command.Refused, Run: sleep,
})

func sleep(ctx context.Context, c *command.Call) error {
	d, err := settings.ReadDuration(c.Arg(0))
	if err != nil {
		return c.Usage("%s", err)
	}
	return commands.IdleAlive(ctx, c.Shell, d)
}
