package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
)

var cdCommands = []*Command{
	{
		Name: "cd", Args: "directory", Short: "go to another directory on the server",
		Long: "`cd -` goes back to the directory before, `cd ..` to the one above, `cd` alone, or `cd ~`, to where the login began.",
		Max:  1, Complete: []completion.Kind{completion.RemoteDir},
		Examples: []Example{{"cd pub", "go down"}, {"cd -", "and back"}},
		Wire:     sends("CWD", "CDUP", "PWD"), Needs: Login, Run: cd,
	},
	{
		Name: "cdup", Short: "go to the directory above",
		Wire: sends("CDUP", "PWD"), Needs: Login, Run: cdup,
	},
	{
		Name: "pwd", Short: "say which directory one is in, on the server", JSON: true,
		Wire: sends("PWD"), Needs: Login, Run: pwd,
	},
}

func cd(ctx context.Context, c *Call) error {
	dir := c.Arg(0)
	switch dir {
	case "":
		dir = c.Shell.home
	case "~":
		if c.Args[0].Lead == 0 {
			dir = c.Shell.home
		}
	case "-":
		dir = c.Shell.previous
	}
	if dir == "" {
		return c.Usage("no directory to go to")
	}
	return c.chdir(ctx, dir)
}

func cdup(ctx context.Context, c *Call) error { return c.chdir(ctx, "..") }

// chdir changes the directory and keeps the old one for `cd -`.
func (c *Call) chdir(ctx context.Context, dir string) error {
	before := c.Session().Dir()
	if err := c.Session().Chdir(ctx, dir); err != nil {
		return about(dir, err)
	}
	c.Shell.previous = before
	return nil
}

func pwd(ctx context.Context, c *Call) error {
	dir, err := c.Session().Getwd(ctx)
	if err != nil {
		return err
	}
	return c.word("path", dir)
}
