package commands

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/ignore"
	"github.com/ftpsh/ftpsh/shell/command"
)

// ignored is what the files .ftpignore of a tree here leave alone; nothing with --no-ignore.
func ignoredHere(c *command.Call, local string) *ignore.Tree {
	if c.Is("no-ignore") {
		return &ignore.Tree{}
	}
	here := c.Shell.Folder()
	return &ignore.Tree{Git: c.Is("gitignore"), Open: func(name string) (io.ReadCloser, error) {
		return here.Open(context.Background(), filepath.Join(local, filepath.FromSlash(name)), os.O_RDONLY, 0)
	}}
}
