package commands

import (
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "page", Theme: "download", Aliases: []string{"more", "less"}, Args: "remote…", Short: "read files of the server, page by page",
	Long: pageLong,
	Min:  1, Max: -1, Ask: []string{"remote-file"},
	Flags:    flags(binaryFlag, decompressFlag),
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     getVerbs, Needs: command.Login, Program: true, Foreign: command.Confined, Run: Paged(pageOne),
})

// binaryFlag is the option of commands that show files.
func binaryFlag(fs *pflag.FlagSet) {
	fs.BoolP("force", "f", false, "show binary files, too")
}

// pageOne is cat, or with -z zcat.
func pageOne(ctx context.Context, c *command.Call) error {
	if c.Is("decompress") {
		return zcat(ctx, c)
	}
	return cat(ctx, c)
}

const pageLong = "The pager is $PAGER, or less. Without a terminal there is none and the text goes to standard output."

// Paged makes the result of a command go through the pager, at a terminal. To
// leave the pager before the end is no failure.
func Paged(run func(context.Context, *command.Call) error) func(context.Context, *command.Call) error {
	return func(ctx context.Context, c *command.Call) error {
		if !c.Screen {
			return run(ctx, c)
		}
		pager, err := c.Shell.Console.Pager(ctx)
		if err != nil {
			return err
		}
		c.Out = pager
		err = cmp.Or(run(ctx, c), pager.Close())
		if errors.Is(err, io.ErrClosedPipe) {
			return nil
		}
		return err
	}
}
