package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mlst", Rare: true, Theme: "look around", Args: "[path]", Short: "show the facts about one name, as the server sends them",
	Max: 1, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.Sends("MLST"), Needs: command.Login, Foreign: command.Confined, Run: mlst,
})

func mlst(ctx context.Context, c *command.Call) error {
	line := "MLST"
	if name := c.Arg(0); name != "" {
		line += " " + name
	}
	r, err := c.Session().Quote(ctx, line)
	if err == nil && r.Class() != 2 {
		err = command.Reply(c, "MLST", r)
	}
	if err != nil {
		return failure.About(command.OrDot(c.Arg(0)), err)
	}
	for _, line := range r.Body() {
		if err := printRawLine(c, strings.TrimPrefix(line, " ")); err != nil {
			return err
		}
	}
	return nil
}
