package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "cd", Theme: "look around", Args: "directory", Short: "go to another directory on the server",
	Long: "`cd -` goes back to the directory before, `cd ..` to the one above, `cd` alone, or `cd ~`, to where the login began.",
	Max:  1, Complete: []completion.Kind{completion.RemoteDir},
	Examples: []command.Example{{Line: "cd pub", Says: "go down"}, {Line: "cd -", Says: "and back"}},
	Wire:     command.Sends("CWD", "CDUP", "PWD"), Needs: command.Login, Foreign: command.Confined, Run: cd,
})

func cd(ctx context.Context, c *command.Call) error {
	switch dir := c.Arg(0); {
	case c.Shell.Home != nil && (dir == "" || dir == "~" && c.Args[0].Lead == 0):
		return goTo(ctx, c, *c.Shell.Home)
	case dir == "-" && c.Shell.Previous != nil:
		return goTo(ctx, c, *c.Shell.Previous)
	case dir == "" || dir == "-":
		return c.Usage("no directory to go to")
	case strings.Trim(dir, "./") == "": // a step up, or to the root, is no visit
		return chdir(ctx, c, dir)
	default:
		if err := chdir(ctx, c, dir); err != nil {
			return err
		}
		remember(c)
		return nil
	}
}

// chdir changes the directory and keeps the old one for `cd -`.
func chdir(ctx context.Context, c *command.Call, dir string) error {
	before := c.Session().Place()
	if err := c.Session().Chdir(ctx, dir); err != nil {
		return failure.About(dir, err)
	}
	leftDirectory(c, before)
	return nil
}

// goTo changes to a directory where the session was, which need not have a name.
func goTo(ctx context.Context, c *command.Call, there client.Place) error {
	before := c.Session().Place()
	if err := c.Session().Return(ctx, there); err != nil {
		return failure.About(there.String(), err)
	}
	leftDirectory(c, before)
	return nil
}

// leftDirectory takes note of a directory that was left for another. What is remembered under names has
// none where the server does not say where one is.
func leftDirectory(c *command.Call, before client.Place) {
	c.Shell.Previous = &before
	if !c.Session().Place().Known() {
		c.Shell.Remote.Forget("/")
	}
}
