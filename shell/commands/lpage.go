package commands

import (
	"context"
	"io"
	"os"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "lpage", Rare: true, Theme: "download", Args: "local…", Short: "read local files, page by page", Long: pageLong,
	Min: 1, Max: -1, Ask: []string{"local-file"},
	Flags: binaryFlag, Complete: []completion.Kind{completion.LocalPath}, Program: true, Foreign: command.Confined, Run: Paged(lcat),
})

// lcat writes local files, safe for a screen as cat does it.
func lcat(ctx context.Context, c *command.Call) error {
	for _, word := range c.Args {
		names, err := LocalNames(ctx, c.Shell, word)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := showLocal(ctx, c, name); err != nil {
				return failure.About(name, err)
			}
		}
	}
	return nil
}

func showLocal(ctx context.Context, c *command.Call, name string) error {
	file, err := c.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	return show(c, c.Is("force"), func(out io.Writer) error {
		_, err := io.Copy(out, file)
		return err
	})
}
