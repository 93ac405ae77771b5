package learn

import (
	"context"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "ladder", Theme: "learn", Complete: []completion.Kind{completion.None}, Args: "[N|all]", Short: "draw what the last command did on the wire",
	Long: "Time goes down, ftpsh is on the left and the server on the right; C is the control connection, D1 a data connection. " +
		"With a number it draws the command that many back. It draws at most 24 lines of each command; --all draws them all.",
	Examples: []command.Example{{Line: "ladder", Says: "the last command"}, {Line: "ladder 2", Says: "the one before it"}},
	Max:      1, Words: []string{"all"},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("wide", "w", false, "as wide as the terminal, not 80 columns")
		fs.Bool("all", false, "all lines of it")
	},
	Foreign: command.Refused, Run: ladder,
})

func ladder(_ context.Context, c *command.Call) error {
	style := drawingStyle(c)
	if !c.Is("wide") {
		style.Width = min(style.Width, 80)
	}
	events := c.Shell.Recorder.Events(0)
	if c.Arg(0) == "all" {
		all := teach.Operations(events)
		if len(all) == 0 {
			return errNothing
		}
		return ladders(c, all, events, style, c.Is("all"))
	}
	n := 1
	if c.Arg(0) != "" {
		var err error
		if n, err = strconv.Atoi(c.Arg(0)); err != nil {
			return c.Usage("%q is neither a number nor all", c.Arg(0))
		}
	}
	o, err := operation(&c.Shell.Learning, n)
	if err != nil {
		return err
	}
	return ladders(c, []teach.Operation{o}, events, style, c.Is("all"))
}

// ladders draws operations, with a blank line between them.
func ladders(c *command.Call, operations []teach.Operation, events []*teach.Event, style teach.Style, all bool) error {
	for i, o := range operations {
		lines := teach.Ladder(o, events, style, all)
		if i > 0 {
			lines = append([]string{""}, lines...)
		}
		if err := drawLines(c, lines); err != nil {
			return err
		}
	}
	return nil
}
