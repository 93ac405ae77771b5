package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var cdCommands = []*Command{
	{
		Name: "cd", Args: "directory", Short: "go to another directory on the server",
		Long: "`cd -` goes back to the directory before, `cd ..` to the one above, `cd` alone, or `cd ~`, to where the login began.",
		Max:  1, Complete: []completion.Kind{completion.RemoteDir},
		Examples: []Example{{"cd pub", "go down"}, {"cd -", "and back"}},
		Wire:     sends("CWD", "CDUP", "PWD"), Needs: Login, Foreign: Confined, Run: cd,
	},
	{
		Name: "cdup", Short: "go to the directory above",
		Wire: sends("CDUP", "PWD"), Needs: Login, Foreign: Confined, Run: cdup,
	},
	{
		Name: "pwd", Short: "show the remote directory", JSON: true,
		Wire: sends("PWD"), Needs: Login, Foreign: Confined, Run: pwd,
	},
}

func cd(ctx context.Context, c *Call) error {
	switch dir := c.Arg(0); {
	case c.Shell.home != nil && (dir == "" || dir == "~" && c.Args[0].Lead == 0):
		return c.goTo(ctx, *c.Shell.home)
	case dir == "-" && c.Shell.previous != nil:
		return c.goTo(ctx, *c.Shell.previous)
	case dir == "" || dir == "-":
		return c.Usage("no directory to go to")
	default:
		return c.chdir(ctx, dir)
	}
}

func cdup(ctx context.Context, c *Call) error { return c.chdir(ctx, "..") }

// chdir changes the directory and keeps the old one for `cd -`.
func (c *Call) chdir(ctx context.Context, dir string) error {
	before := c.Session().Place()
	if err := c.Session().Chdir(ctx, dir); err != nil {
		return failure.About(dir, err)
	}
	c.left(before)
	return nil
}

// goTo changes to a directory where the session was, which need not have a name.
func (c *Call) goTo(ctx context.Context, there client.Place) error {
	before := c.Session().Place()
	if err := c.Session().Return(ctx, there); err != nil {
		return failure.About(there.String(), err)
	}
	c.left(before)
	return nil
}

// left takes note of a directory that was left for another. What is remembered under names has
// none where the server does not say where one is.
func (c *Call) left(before client.Place) {
	c.Shell.previous = &before
	if !c.Session().Place().Known() {
		c.Shell.remote.Forget("/")
	}
}

func pwd(ctx context.Context, c *Call) error {
	dir, err := c.Session().Getwd(ctx)
	if err != nil {
		return err
	}
	if dir == "" && !c.JSON() {
		dir = "unknown"
	}
	return c.word("path", dir)
}
