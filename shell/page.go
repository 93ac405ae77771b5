package shell

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
)

const pageLong = "The pager is $PAGER, or less. Without a terminal there is none and the text goes to standard output."

var pageCommands = []*Command{
	{
		Name: "page", Aliases: []string{"more", "less"}, Args: "remote…", Short: "read files of the server, page by page",
		Long: pageLong,
		Min:  1, Max: -1, Ask: []string{"remote-file"},
		Flags:    func(fs *pflag.FlagSet) { fs.BoolP("force", "f", false, "show what is not a text, too") },
		Complete: []completion.Kind{completion.RemotePath},
		Wire:     getVerbs, Needs: Login, Foreign: Confined, Run: paged(cat),
	},
	{
		Name: "lpage", Args: "local…", Short: "read local files, page by page", Long: pageLong,
		Min: 1, Max: -1, Ask: []string{"local-file"},
		Flags:    func(fs *pflag.FlagSet) { fs.BoolP("force", "f", false, "show what is not a text, too") },
		Complete: []completion.Kind{completion.LocalPath}, Foreign: Confined, Run: paged(lcat),
	},
	{
		Name: "pls", Args: "[path]", Short: "list a directory, page by page", Long: pageLong, JSON: true,
		Max: 1, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath},
		Wire: listVerbs, Needs: Login,
		Foreign: Confined, Run: paged(func(ctx context.Context, c *Call) error { return list(ctx, c, c.Is("long")) }),
	},
	{
		Name: "pdir", Args: "[path]", Short: "list a directory with sizes and times, page by page", Long: pageLong, JSON: true,
		Max: 1, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath},
		Wire: listVerbs, Needs: Login,
		Foreign: Confined, Run: paged(func(ctx context.Context, c *Call) error { return list(ctx, c, true) }),
	},
}

// paged makes the result of a command go through the pager, at a terminal. To
// leave the pager before the end is no failure.
func paged(run func(context.Context, *Call) error) func(context.Context, *Call) error {
	return func(ctx context.Context, c *Call) error {
		if !c.screen {
			return run(ctx, c)
		}
		pager, err := c.Shell.con.Pager(ctx)
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
func lcat(ctx context.Context, c *Call) error {
	for _, word := range c.Args {
		names, err := localNames(ctx, c.Shell, word)
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

func showLocal(ctx context.Context, c *Call, name string) error {
	file, err := c.Shell.folder().Open(ctx, name, os.O_RDONLY, 0)
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
