package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "list", Theme: "look around", Args: "[path [local-file]]", Short: "list a directory as the server does it",
	Long: "The lines are the server's own (LIST). A path that begins with a dash has options for its ls, where it takes any; " +
		"quotes keep it in one piece.",
	Examples: []command.Example{{Line: "list", Says: "what it says of this directory"}, {Line: "list '-la pub'", Says: "with options"}},
	Max:      2, Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire: command.Verbs(command.DataVerbs, command.Sends("LIST")), Needs: command.Login, Foreign: command.Confined,
	Run: func(ctx context.Context, c *command.Call) error { return printFacts(ctx, c, "LIST") },
})
