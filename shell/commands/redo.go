package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "redo", Theme: "change files", JSON: true, Short: "redo what undo has taken back", Long: "It works as " +
		"long as nothing else has changed.",
	Flags: undoFlags, Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: redo,
})

func redo(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	command.EndChanges(c.Shell)
	log := command.UndoLog(c.Shell, command.ServerOf(c.Session()))
	all, err := log.Groups()
	if err != nil {
		return err
	}
	undone, g := trash.Redoable(all)
	if undone == nil {
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nothing was taken back since the last change"}
	}
	undone.Command = g.Command
	return takeBack(ctx, c, "redo", undone, "", func() error {
		return log.Change(func(all []*trash.Group) []*trash.Group {
			for _, of := range all {
				if of.ID == g.ID {
					of.Undone = false
				}
				of.Undone = of.Undone || of.ID == undone.ID
			}
			return all
		})
	})
}
