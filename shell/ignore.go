package shell

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/ignore"
)

// ignored is what the files .ftpignore of a tree here leave alone; nothing with --no-ignore.
func ignoredHere(c *Call, local string) *ignore.Tree {
	if c.Is("no-ignore") {
		return &ignore.Tree{}
	}
	here := c.Shell.folder()
	return &ignore.Tree{Open: func(name string) (io.ReadCloser, error) {
		return here.Open(context.Background(), filepath.Join(local, filepath.FromSlash(name)), os.O_RDONLY, 0)
	}}
}
