package script

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "echo", Theme: "scripts", Args: "[word…]", Short: "print words",
	Examples: []command.Example{{Line: "echo status $?", Says: "how the last command ended"}},
	Max:      -1, Complete: []completion.Kind{completion.LocalPath}, Foreign: command.Confined, Run: echo,
})

func echo(_ context.Context, c *command.Call) error {
	return c.Print("%s", strings.Join(c.Texts(), " "))
}
