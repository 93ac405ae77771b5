package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
)

// WayCommands are the rows of this file in the catalog.
var WayCommands = []*command.Command{
	familyCommand("ipany", "any", "connect over IPv4 or IPv6, whichever answers"),
	familyCommand("ipv4", "4", "connect over IPv4 only"),
	familyCommand("ipv6", "6", "connect over IPv6 only"),
}

// familyCommand is a classic command for a value of the setting family.
func familyCommand(name, value, short string) *command.Command {
	return &command.Command{
		Name: name, Short: short, Long: "The next `open` uses it.",
		Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return c.Shell.Set("family", value) },
	}
}
