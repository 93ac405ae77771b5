package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "active-ports", Theme: "transfers", Values: [][]string{{"any", "40001-40100"}}, Args: "[first-last|any]", Short: "show or choose the ports for active data connections",
	Long: "For a firewall that lets the server in on some ports only, or a router that forwards them: `set active-address` " +
		"names the router then.",
	Examples: []command.Example{{Line: "active-ports 40001-40100", Says: "a hundred ports"}, {Line: "active-ports any", Says: "whichever the system gives"}},
	Max:      1, Complete: []completion.Kind{completion.Text}, JSON: true, Foreign: command.Confined,
	Run: func(_ context.Context, c *command.Call) error {
		return showOrChange(c, settings.Row("active-ports"), "")
	},
})
