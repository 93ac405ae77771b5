package commands

import (
	"context"
	"strconv"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "bye", Theme: "connect", NoProxy: true, Values: [][]string{{"0", "1"}}, Aliases: []string{"quit", "exit"}, Args: "[status]", Short: "end the session and leave",
	Long: "The program exits with the status, a number from 0 to 255. Without one a script exits with that of its first failure, or 0.",
	Max:  1, Complete: []completion.Kind{completion.Text}, Examples: []command.Example{{Line: "exit 20", Says: "a status that means something to the caller of the script"}},
	Wire: command.Sends("QUIT"), Foreign: command.Confined, Run: bye,
})

func bye(ctx context.Context, c *command.Call) error {
	status, err := strconv.ParseUint(c.Arg(0), 10, 8)
	if len(c.Args) > 0 && err != nil {
		return c.Usage("%q is not a number from 0 to 255", c.Arg(0))
	}
	if !c.Shell.Hooks.MayLeave(ctx, c.Shell) {
		return nil
	}
	if len(c.Args) > 0 {
		n := int(status)
		c.Shell.Exits = &n
	}
	c.Shell.Disconnect()
	c.Shell.Quitting = true
	return nil
}
