package shell

import (
	"context"
	"os"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var sourceCommands = []*Command{{
	Name: "source", Args: "file [argument…]", Short: "run the commands in a local file",
	Long: "The arguments are $1, $2 … in it, $@ all of them and $# their number. A failure ends the file, unless `set onerror " +
		"continue` or a dash before a command says otherwise.",
	Examples: []Example{{"source nightly.ftp 2026-01-31", "with one argument"}},
	Min:      1, Max: -1, Ask: []string{"local-file"}, Complete: []completion.Kind{completion.LocalPath}, Nests: true, Foreign: Refused, Run: source,
}}

// deepestSource is how many files may run each other.
const deepestSource = 20

func source(ctx context.Context, c *Call) error {
	name := localPath(c.Args[0])
	file, err := c.Shell.folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if c.Shell.sources == deepestSource {
		return c.Usage("%s: more than %d files run each other", name, deepestSource)
	}
	c.Shell.sources++
	defer func() { c.Shell.sources-- }()
	line := Line{within: c, vars: syntax.Vars{Args: append([]syntax.Token{}, c.Args[1:]...)}}
	err = failure.Shown(runScript(c.Shell, ScriptFrom(name, file).until(ctx), line))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
