package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
)

var mkdirCommands = []*Command{
	{
		Name: "mkdir", Args: "directory…", Short: "make directories",
		Min: 1, Max: -1, Ask: []string{"directory-name"}, Complete: []completion.Kind{completion.RemoteDir},
		Wire: sends("MKD"), Needs: Login, Run: mkdir,
	},
	{
		Name: "rmdir", Args: "directory…", Short: "remove empty directories",
		Min: 1, Max: -1, Ask: []string{"directory-name"}, Complete: []completion.Kind{completion.RemoteDir},
		Wire: sends("RMD"), Needs: Login, Run: rmdir,
	},
	{
		Name: "chmod", Args: "mode file…", Short: "change who may read and write a file",
		Long:     "The mode is three octal digits, as chmod(1) takes them. The server must know SITE CHMOD.",
		Examples: []Example{{"chmod 644 index.html", "everybody reads, only you write"}},
		Min:      2, Max: -1, Ask: []string{"mode", "remote-file"},
		Complete: []completion.Kind{completion.None, completion.RemotePath},
		Wire:     sends("SITE CHMOD", "MFF"), Needs: Login, Run: chmod,
	},
}

func mkdir(ctx context.Context, c *Call) error {
	for _, dir := range c.Texts() {
		if _, err := c.Session().Mkdir(ctx, dir); err != nil {
			return about(dir, err)
		}
		c.Shell.remote.Add(c.absolute(dir), completion.Name{Dir: true})
	}
	return nil
}

func rmdir(ctx context.Context, c *Call) error {
	for _, dir := range c.Texts() {
		if err := c.Session().Rmdir(ctx, dir); err != nil {
			return about(dir, err)
		}
		c.Shell.remote.Remove(c.absolute(dir))
	}
	return nil
}
