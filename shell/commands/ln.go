package commands

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "ln", Theme: "change files", Args: "target link", Short: "make a symbolic link on the server (SITE SYMLINK)",
	Long: "Only few servers have a command for it: proftpd with mod_site_misc. Hard links cannot be made by FTP.",
	Min:  2, Max: 2, Ask: []string{"target", "link"}, Complete: []completion.Kind{completion.RemotePath},
	Flags: func(fs *pflag.FlagSet) { fs.BoolP("symbolic", "s", false, "accepted for those who type ln -s") },
	Wire:  command.Verbs(command.ListVerbs, command.Sends("SITE SYMLINK")), Needs: command.Login, Foreign: command.Confined, Run: ln,
})

func ln(ctx context.Context, c *command.Call) error {
	target, link := c.Arg(0), c.Arg(1)
	into, err := isRemoteDir(ctx, c, link)
	if err != nil {
		return err
	}
	if into {
		link = command.JoinRemote(link, command.BaseName(target))
	}
	if err := c.Session().Symlink(ctx, target, link); err != nil {
		return failure.About(link, err)
	}
	c.Shell.Remote.Add(c.Absolute(link), completion.Name{Name: command.BaseName(link)})
	return nil
}
