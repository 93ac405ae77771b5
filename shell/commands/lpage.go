package commands

import (
	"context"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "lpage", Rare: true, Theme: "download", Args: "local…", Short: "read local files, page by page", Long: pageLong,
	Min: 1, Max: -1, Ask: []string{"local-file"},
	Flags:    func(fs *pflag.FlagSet) { fs.BoolP("force", "f", false, "show binary files, too") },
	Complete: []completion.Kind{completion.LocalPath}, Program: true, Foreign: command.Confined, Run: Paged(lcat),
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
	out := plainOut(c)
	screen, isScreen := out.(*screenWriter)
	if isScreen {
		screen.anything = c.Is("force")
	}
	if _, err := io.Copy(out, file); err != nil || !isScreen {
		return err
	}
	return screen.finish()
}
