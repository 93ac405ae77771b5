package commands

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "undo", Theme: "change files", Args: "[number | list]", JSON: true, Short: "undo what the last command changed on the server",
	Long: "Each command line that changed something with `set trash on` is a group; undo takes back the newest, or the one of a number: " +
		"deleted and replaced files come back from the trash, new ones go there, renamed ones get their old names, " +
		"modes and times their old values. What has changed since is left alone, unless -f is given. " +
		"At a terminal you are asked, a script " +
		"needs -y. `undo list` shows the groups of this server.",
	Examples: []command.Example{{Line: "undo -n", Says: "what would be taken back"}, {Line: "undo", Says: "take it back"}, {Line: "undo list", Says: "the last hundred"}},
	Max:      1, Flags: undoFlags, Words: []string{"list"}, Complete: []completion.Kind{completion.None},
	Wire: takeBackVerbs, Needs: command.Login, Foreign: command.Refused, Run: undo,
})

func undo(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil && c.Arg(0) != "list" {
		return err
	}
	command.EndChanges(c.Shell) // what the line did before is a group, too
	log := command.UndoLog(c.Shell, command.ServerOf(c.Session()))
	all, err := log.Groups()
	if err != nil {
		return err
	}
	g := trash.Undoable(all)
	switch {
	case c.Arg(0) == "list":
		return listUndo(c, all)
	case c.Arg(0) != "":
		if g, err = undoNumber(c, all); err != nil {
			return err
		}
	case g == nil:
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "nothing is known that could be taken back", Hint: "`set trash on` makes it possible from then on"}
	}
	return takeBack(ctx, c, "undo", g, g.ID, func() error { return nil })
}

// undoNumber is the group that a number of the list means.
func undoNumber(c *command.Call, all []*trash.Group) (*trash.Group, error) {
	listed := undoListed(all)
	n, err := strconv.Atoi(c.Arg(0))
	switch {
	case err != nil || n < 1 || n > len(listed):
		return nil, c.Usage("%q is not list or one of its numbers", c.Arg(0))
	case listed[n-1].Undone:
		return nil, c.Usage("%s is undone already", c.Arg(0))
	}
	return listed[n-1], nil
}

// undoListed are the groups that the list shows, the newest first: what undo itself did is none.
func undoListed(all []*trash.Group) (listed []*trash.Group) {
	for _, g := range slices.Backward(all) {
		if g.Undoes == "" {
			listed = append(listed, g)
		}
	}
	return listed
}

func listUndo(c *command.Call, all []*trash.Group) error {
	t := render.Table{Header: []string{"n", "when", "steps", "state", "command"}, Right: []bool{true, false, true}}
	return command.Rows(c, t, "nothing was changed yet with the trash on", undoListed(all), func(i int, g *trash.Group) (any, []string) {
		state := "done"
		if g.Undone {
			state = "undone"
		}
		o := undoObject{Number: i + 1, Time: g.Time.Format(time.RFC3339), Command: g.Command, State: state, Steps: len(g.Steps)}
		return o, []string{strconv.Itoa(i + 1), stampText(c, g.Time), strconv.Itoa(len(g.Steps)), state, lineText(g.Command)}
	})
}
