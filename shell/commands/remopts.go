package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "remopts", Rare: true, Theme: "look around", Values: [][]string{nil, {"type;size;modify;"}}, Args: "command [options]", Short: "choose options of a protocol command (OPTS)",
	Examples: []command.Example{{Line: "remopts MLST type;size;", Says: "facts in listings"}, {Line: "remopts UTF8 ON", Says: "names in UTF-8"}},
	Min:      1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Verb, completion.Text},
	Wire: command.Sends("OPTS MLST"), Needs: command.Connection, Foreign: command.Confined, Run: remopts,
})

func remopts(ctx context.Context, c *command.Call) error {
	words := c.Texts()
	words[0] = strings.ToUpper(words[0])
	if facts := &words[len(words)-1]; words[0] == "MLST" && len(words) > 1 && !strings.HasSuffix(*facts, ";") {
		*facts += ";" // each fact ends with one, and the last one ends a command here
	}
	r, err := c.Session().Quote(ctx, "OPTS "+strings.Join(words, " "))
	if err != nil {
		return err
	}
	return command.Reply(c, "OPTS", r)
}
