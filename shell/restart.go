package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var restartCommands = []*Command{{
	Name: "restart", Values: [][]string{{"0"}}, Args: "offset", Short: "begin the next get or put at this byte",
	Long: "`get` keeps so many bytes of the local file and fetches the rest, `put` sends what comes after them (REST). 0 takes it " +
		"back. `reget` and `put -c` find the place by themselves.",
	Examples: []Example{{"restart 1000000", "and then `get big.iso`"}},
	Min:      1, Max: 1, Ask: []string{"offset"}, Complete: []completion.Kind{completion.Text}, Needs: Login, Foreign: Confined, Run: restart,
}}

func restart(_ context.Context, c *Call) error {
	n, err := settings.ParseBytes(c.Arg(0))
	if err != nil {
		return c.Usage("%s", err)
	}
	c.Shell.restart = n
	return nil
}

// takeRestart returns where a transfer is to begin; the next one begins at 0.
func (n *names) takeRestart() int64 {
	begin := n.restart
	n.restart = 0
	return begin
}
