package script

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "alias", Theme: "scripts", Secret: history.Secret{Wraps: true, Behind: 1}, Args: "[name [command…]]", Short: "give a line a name, or show the names", JSON: true,
	Long: "$1 to $9 in the line are the words after the name, $@ all of them, $# their number; a line without any of these " +
		"gets the words at its end. In the line the alias's own name means the command. The table [alias] of the " +
		"configuration holds those of every session.",
	Examples: []command.Example{
		{Line: "alias ll ls -l", Says: "then `ll pub`"},
		{Line: "alias today 'mkdir $1 && cd $1'", Says: "then `today 2026-01-31`"},
	},
	Max: -1, Complete: []completion.Kind{completion.Command}, Foreign: command.Refused, Run: aliasCommand,
	Flags: func(fs *pflag.FlagSet) { fs.SetInterspersed(false) },
})

func aliasCommand(_ context.Context, c *command.Call) error {
	switch len(c.Args) {
	case 0:
		return allAliases(c)
	case 1:
		text, known := c.Shell.Aliases[c.Arg(0)]
		if !known {
			return c.Usage("%s is not an alias", c.Arg(0))
		}
		return showAlias(c, c.Arg(0), text)
	}
	text := c.Arg(1)
	if len(c.Args) > 2 {
		text = syntax.Typed(c.Args[1:])
	}
	return c.Shell.SetAlias(c.Arg(0), text)
}

type aliasObject struct {
	Name string `json:"name"`
	Line string `json:"line"`
}

func showAlias(c *command.Call, name, text string) error {
	return command.Result(c, aliasObject{name, text}, "alias %s %s", name, syntax.Quote(text))
}

func allAliases(c *command.Call) error {
	for _, name := range slices.Sorted(maps.Keys(c.Shell.Aliases)) {
		if err := showAlias(c, name, c.Shell.Aliases[name]); err != nil {
			return err
		}
	}
	return nil
}
