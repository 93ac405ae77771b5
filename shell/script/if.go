package script

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "if", Theme: "scripts", Args: "condition; command… [else; command…] end", Short: "run commands when a condition holds",
	Long: "The conditions are those of `assert`; `not` before one inverts it. The parts stand on lines of their own, or " +
		"with ; between them. Every if has its own end.",
	Examples: []command.Example{
		{Line: "if exists README.txt; get README.txt; end", Says: "only if it is there"},
		{Line: "if not equals $? 0; echo it failed; else echo fine; end", Says: "what the last command did"},
	},
	Min: 1, Max: -1, Complete: []completion.Kind{completion.Condition, completion.RemotePath}, Wire: conditionVerbs,
	Nests: true, Foreign: command.Refused, Run: runIf,
})

func runIf(ctx context.Context, c *command.Call) error {
	holds, _, err := conditionHolds(ctx, c, c.Args)
	switch {
	case err != nil:
		return err
	case holds:
		return command.RunList(c, c.Statement.Body)
	}
	return command.RunList(c, c.Statement.Else)
}
