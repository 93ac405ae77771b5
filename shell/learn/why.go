package learn

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "why", Theme: "learn", Args: "[code|word]", Short: "explain what the last command did, as explain last does",
	Max: -1, Complete: []completion.Kind{completion.Topic}, JSON: true, Foreign: command.Refused, Run: why,
})

func why(ctx context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		return explainLast(c)
	}
	return explain(ctx, c)
}
