package commands

import (
	"context"
	"errors"
	"io"
	"io/fs"
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
		full := filepath.Join(local, filepath.FromSlash(name))
		if info, err := here.Stat(full); err == nil && !info.Mode().IsRegular() { // a FIFO would be waited for
			return nil, &fs.PathError{Op: "open", Path: full, Err: errors.New("is not a plain file")}
		}
		return here.Open(context.Background(), full, os.O_RDONLY, 0)
	}}
}
