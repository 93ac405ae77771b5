package commands

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

const pageLong = "The pager is $PAGER, or less. Without a terminal there is none and the text goes to standard output."

// PageCommands are the rows of this file in the catalog.
var PageCommands = []*command.Command{
	{
		Name: "page", Aliases: []string{"more", "less"}, Args: "remote…", Short: "read files of the server, page by page",
		Long: pageLong,
		Min:  1, Max: -1, Ask: []string{"remote-file"},
		Flags:    func(fs *pflag.FlagSet) { fs.BoolP("force", "f", false, "show what is not a text, too") },
		Complete: []completion.Kind{completion.RemotePath},
		Wire:     getVerbs, Needs: command.Login, Foreign: command.Confined, Run: Paged(cat),
	},
	{
		Name: "lpage", Args: "local…", Short: "read local files, page by page", Long: pageLong,
		Min: 1, Max: -1, Ask: []string{"local-file"},
		Flags:    func(fs *pflag.FlagSet) { fs.BoolP("force", "f", false, "show what is not a text, too") },
		Complete: []completion.Kind{completion.LocalPath}, Foreign: command.Confined, Run: Paged(lcat),
	},
	{
		Name: "pls", Args: "[path]", Short: "list a directory, page by page", Long: pageLong, JSON: true,
		Max: 1, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath},
		Wire: command.ListVerbs, Needs: command.Login,
		Foreign: command.Confined, Run: Paged(func(ctx context.Context, c *command.Call) error { return list(ctx, c, c.Is("long")) }),
	},
	{
		Name: "pdir", Args: "[path]", Short: "list a directory with sizes and times, page by page", Long: pageLong, JSON: true,
		Max: 1, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath},
		Wire: command.ListVerbs, Needs: command.Login,
		Foreign: command.Confined, Run: Paged(func(ctx context.Context, c *command.Call) error { return list(ctx, c, true) }),
	},
}

// Paged makes the result of a command go through the pager, at a terminal. To
// leave the pager before the end is no failure.
func Paged(run func(context.Context, *command.Call) error) func(context.Context, *command.Call) error {
	return func(ctx context.Context, c *command.Call) error {
		if !c.Screen {
			return run(ctx, c)
		}
		pager, err := c.Shell.Console.Pager(ctx)
		if err != nil {
			return err
		}
		c.Out = pager
		err = run(ctx, c)
		if closing := pager.Close(); err == nil {
			err = closing
		}
		if errors.Is(err, io.ErrClosedPipe) {
			return nil
		}
		return err
	}
}

// lcat writes local files, safe for a screen as cat does it.
func lcat(ctx context.Context, c *command.Call) error {
	for _, word := range c.Args {
		names, err := LocalNames(ctx, c.Shell, word)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := showLocal(ctx, c, name); err != nil {
				return failure.About(name, err)
			}
		}
	}
	return nil
}

func showLocal(ctx context.Context, c *command.Call, name string) error {
	file, err := c.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	out := plainOut(c)
	screen, isScreen := out.(*screenWriter)
	if isScreen {
		screen.anything = c.Is("force")
	}
	if _, err := io.Copy(out, file); err != nil || !isScreen {
		return err
	}
	return screen.finish()
}
