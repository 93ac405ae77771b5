package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "nlist", Rare: true, Theme: "look around", Args: "[pattern [local-file]]", Short: "list bare names, as the server sends them",
	Long: "The server makes the list (NLST), so it decides what a pattern means and whether directories are in it.",
	Max:  2, Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire: command.Verbs(command.DataVerbs, command.Sends("NLST")), Needs: command.Login, Foreign: command.Confined,
	Run: func(ctx context.Context, c *command.Call) error { return printFacts(ctx, c, "NLST") },
})
