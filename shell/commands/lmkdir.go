package commands

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "lmkdir", Theme: "this computer", Args: "directory…", Short: "make local directories",
	Min: 1, Max: -1, Ask: []string{"local-directory"}, Complete: []completion.Kind{completion.LocalDir},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("parents", "p", false, "its parents, too; one that exists is not an error")
	},
	Foreign: command.Confined, Run: lmkdir,
})

func lmkdir(_ context.Context, c *command.Call) error {
	make := c.Shell.Folder().Mkdir
	if c.Is("parents") {
		make = c.Shell.Folder().MkdirAll
	}
	for _, word := range c.Args {
		if err := make(LocalPath(word)); err != nil {
			return err
		}
	}
	return nil
}
