package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(onlyValue("form", "the print format of text", "non-print", "n"))

// onlyValue is a classic command for a choice of which one is left: RFC 1123
// section 4.1.2 asks for no other, and nobody has them.
func onlyValue(name, short string, values ...string) *command.Command {
	return &command.Command{
		Name: name, Rare: true, Theme: "transfers", Args: "[" + values[0] + "]", Values: [][]string{values}, Short: "show " + short + ": " + values[0],
		Long: "Other values are known to old standards only and are refused here. `quote` asks the server for them.",
		Max:  1, Complete: []completion.Kind{completion.None}, JSON: true,
		Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error {
			switch {
			case len(c.Args) == 0:
				return c.Word(name, values[0])
			case slices.Contains(values, strings.ToLower(c.Arg(0))):
				return nil
			}
			return c.Usage("only %s is supported", values[0])
		},
	}
}
