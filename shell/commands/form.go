package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

// FormCommands are the rows of this file in the catalog.
var FormCommands = []*command.Command{
	onlyValue("form", "the print format of text", "non-print", "n"),
	onlyValue("struct", "the structure of files", "file", "f"),
	{
		Name: "tenex", Short: "transfer files as bytes of 8 bits (TYPE L 8), for computers with other words",
		Needs: command.Connection, Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return setType(c, client.Local8) },
	},
}

// onlyValue is a classic command for a choice of which one is left: RFC 1123
// section 4.1.2 asks for no other, and nobody has them.
func onlyValue(name, short string, values ...string) *command.Command {
	return &command.Command{
		Name: name, Args: "[" + values[0] + "]", Values: [][]string{values}, Short: "show " + short + ": " + values[0],
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
