package script

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "$", Theme: "the shell", Args: "macro [argument…]", Short: "run a macro that macdef defined",
	Long: "Patterns in the arguments are expanded by the commands that the macro runs.",
	Min:  1, Max: -1, Ask: []string{"macro name"}, Complete: []completion.Kind{completion.Macro, completion.RemotePath},
	Nests: true, Foreign: command.Refused, Run: func(_ context.Context, c *command.Call) error {
		return command.RunMacro(c.Shell, c, c.Arg(0), c.Args[1:])
	},
})
