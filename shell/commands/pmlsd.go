package commands

import (
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "pmlsd", Rare: true, Theme: "look around", Args: "[directory]", Short: "the same, page by page",
	Max: 1, Complete: []completion.Kind{completion.RemoteDir},
	Wire: command.Verbs(command.DataVerbs, command.Sends("MLSD")), Needs: command.Login, Program: true, Foreign: command.Confined, Run: Paged(mlsd),
})
