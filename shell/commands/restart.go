package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "restart", Rare: true, Theme: "transfers", Values: [][]string{{"0"}}, Args: "offset", Short: "begin the next get or put at this byte",
	Long: "`get` keeps this many bytes of the local file and fetches the rest, `put` sends what comes after them (REST). " +
		"0 cancels it. `reget` and `put -c` find the place by themselves.",
	Examples: []command.Example{{Line: "restart 1000000", Says: "and then `get big.iso`"}},
	Min:      1, Max: 1, Ask: []string{"offset"}, Complete: []completion.Kind{completion.Text}, Needs: command.Login, Foreign: command.Confined, Run: restart,
})

func restart(_ context.Context, c *command.Call) error {
	n, err := settings.ParseBytes(c.Arg(0))
	if err != nil {
		return c.Usage("%s", err)
	}
	c.Shell.Restart = n
	return nil
}
