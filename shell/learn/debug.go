package learn

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "debug", Theme: "learn", Complete: []completion.Kind{completion.None}, Args: "[0|1|2|3]", Short: "the same as trace; without a number only commands and replies",
	Max: 1, Words: []string{"0", "1", "2", "3"}, Foreign: command.Refused, Run: debug,
})

func debug(_ context.Context, c *command.Call) error { return traceLevel(c, c.Arg(0), 1) }
