package commands

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "lmv", Theme: "this computer", Args: "from… to", Short: "move or rename local files",
	Long: "When `to` is a directory they go into it. A file that has the new name is replaced.",
	Min:  2, Max: -1, Ask: []string{"local-file", "new name"}, Complete: []completion.Kind{completion.LocalPath}, Foreign: command.Confined, Run: lmv,
})

func lmv(ctx context.Context, c *command.Call) error {
	names, _, err := localWords(ctx, c, len(c.Args)-1)
	if err != nil {
		return err
	}
	to := LocalPath(c.Args[len(c.Args)-1])
	if len(names) > 1 && !c.Shell.Folder().IsDir(to) {
		return c.Usage("%s is not a directory, and %d names are to go there", to, len(names))
	}
	return eachOf(ctx, slices.Values(names), func(name string) error {
		target := to
		if c.Shell.Folder().IsDir(to) {
			target = filepath.Join(to, filepath.Base(name))
		}
		return c.Shell.Folder().Rename(name, target)
	})
}
