package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "ntrans", Rare: true, Theme: "transfers", Args: "[from [to]]", Short: "replace characters in names as files are moved",
	Long: "It applies to transfers without a target name. " +
		"Each character of the first word becomes the one at the same place " +
		"in the second, or nothing where that is shorter. Without arguments it is switched off.",
	Examples: []command.Example{{Line: "ntrans : _", Says: "a:b becomes a_b"}, {Line: "ntrans ' '", Says: "blanks disappear"}},
	Max:      2, Complete: []completion.Kind{completion.Text}, Foreign: command.Confined, Run: setNameTrans,
})

func setNameTrans(_ context.Context, c *command.Call) error {
	c.Shell.Ntrans = command.NameTrans{From: []rune(c.Arg(0)), To: []rune(c.Arg(1))}
	tellMap(c, "ntrans", len(c.Args) > 0)
	return nil
}
