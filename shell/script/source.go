package script

import (
	"context"
	"os"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "source", Theme: "scripts", Args: "file [argument…]", Short: "run the commands in a local file",
	Long: "The arguments are $1, $2 … in it, $@ all of them and $# their number. A failure ends the file, unless `set onerror " +
		"continue` or a dash before a command says otherwise.",
	Examples: []command.Example{{Line: "source nightly.ftp 2026-01-31", Says: "with one argument"}},
	Min:      1, Max: -1, Ask: []string{"local-file"}, Complete: []completion.Kind{completion.LocalPath}, Nests: true, Foreign: command.Refused, Run: source,
})

// deepestSource is how many files may run each other.
const deepestSource = 20

func source(ctx context.Context, c *command.Call) error {
	name := commands.LocalPath(c.Args[0])
	file, err := c.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if c.Shell.Sources == deepestSource {
		return c.Usage("%s: more than %d files run each other", name, deepestSource)
	}
	c.Shell.Sources++
	defer func() { c.Shell.Sources-- }()
	line := command.Line{Within: c, Vars: syntax.Vars{Args: append([]syntax.Token{}, c.Args[1:]...)}}
	err = failure.Shown(RunScript(c.Shell, From(name, file).until(ctx), line))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
