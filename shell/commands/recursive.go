package commands

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// getTree downloads a directory with everything in it, and put, mget and mput
// have the same for theirs. What is here already and the same is passed over.
func getTree(ctx context.Context, c *command.Call, remote, local string) error {
	if local == "" || c.Shell.Folder().IsDir(local) {
		name, err := LocalName(c.Shell, local, remote)
		if err != nil {
			return c.Usage("%s has no name for a local directory", remote)
		}
		local = filepath.Join(local, name)
	}
	return getTreeAs(ctx, c, remote, local)
}

// getTreeAs is getTree under a local name.
func getTreeAs(ctx context.Context, c *command.Call, remote, local string) error {
	_, err := runMirror(ctx, c, c.Session(), &transfer.Mirror{Remote: remote, Local: local, Resume: c.Is("continue"), Chmod: c.Is("chmod"), RemoveSource: c.Is("remove-source")})
	return err
}

// putTree uploads a directory with everything in it.
func putTree(ctx context.Context, c *command.Call, local, remote string) error {
	if err := makeThere(ctx, c, command.ParentOf(remote)); err != nil {
		return err
	}
	_, err := runMirror(ctx, c, c.Session(), &transfer.Mirror{Up: true, Local: local, Remote: remote, Resume: c.Is("continue"), Chmod: c.Is("chmod"), RemoveSource: c.Is("remove-source")})
	return err
}

// remoteTree is the remote name of a local directory that was given no other, in a directory of the server.
func remoteTree(c *command.Call, dir, local string) string {
	if full, err := filepath.Abs(c.Shell.Local(local)); err == nil {
		local = full // so that . has a name
	}
	return command.JoinRemote(dir, c.Shell.RemoteName(local))
}

// isRemoteTree reports whether a name on the server is that of a directory, or of a link to one.
func isRemoteTree(ctx context.Context, c *command.Call, name command.RemoteName) bool {
	e := name.Entry
	if e == nil {
		found, err := c.Session().Stat(ctx, name.Path)
		if e = &found; err != nil {
			return false
		}
	}
	if e.Type != listing.Link {
		return e.Type == listing.Dir
	}
	dir, err := c.Session().IsDir(ctx, name.Path)
	return err == nil && dir
}

// isTree reports whether a local name is that of a directory, and no link to one.
func isTree(sh *command.Shell, name string) bool {
	info, err := sh.Folder().Lstat(name)
	return err == nil && info.IsDir()
}

// eachTree carries out f for each directory.
func eachTree(ctx context.Context, names []string, f func(string) error) error {
	return eachOf(ctx, slices.Values(names), func(name string) error { return failure.About(name, f(name)) })
}

// treesFlag is the option of commands that can move directories.
func treesFlag(fs *pflag.FlagSet) {
	fs.BoolP("recursive", "r", false, "directories too, with everything in them")
}
