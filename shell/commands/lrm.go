package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "lrm", Theme: "this computer", Args: "local…", Short: "delete local files, with -r directories and everything in them",
	Long: "At a terminal you are asked once about a pattern, and about -r.",
	Min:  1, Max: -1, Ask: []string{"local-file"}, Complete: []completion.Kind{completion.LocalPath},
	Flags: func(fs *pflag.FlagSet) {
		forceFlag(fs)
		fs.BoolP("recursive", "r", false, "directories, too, and everything in them")
	},
	Foreign: command.Confined, Run: lrm,
})

func lrm(ctx context.Context, c *command.Call) error {
	names, pattern, err := localWords(ctx, c, len(c.Args))
	if err != nil {
		return err
	}
	for _, name := range names {
		if base := filepath.Base(name); c.Is("recursive") && slices.Contains([]string{".", "..", string(filepath.Separator)}, base) {
			return c.Usage("%s is never deleted as a whole", name)
		}
	}
	if c.Interactive() && !c.Shell.Options.DryRun && !c.Is("force") && (pattern || c.Is("recursive")) &&
		!c.Confirm(ctx, fmt.Sprintf("delete %s here?", strings.Join(names, " "))) {
		return nil
	}
	return eachOf(ctx, slices.Values(names), func(name string) error { return removeLocal(c, name) })
}

func removeLocal(c *command.Call, name string) error {
	here := c.Shell.Folder()
	info, err := here.Lstat(name)
	switch {
	case c.Is("force") && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case c.Is("recursive"):
		return here.RemoveAll(name)
	case info.IsDir():
		return &failure.LocalError{Text: name + " is a directory; -r deletes it"}
	}
	return here.Remove(name)
}

// localWords expands the first n arguments, and tells whether a pattern was
// among them.
func localWords(ctx context.Context, c *command.Call, n int) (names []string, pattern bool, err error) {
	for _, word := range c.Args[:n] {
		found, err := LocalNames(ctx, c.Shell, word)
		if err != nil {
			return nil, false, err
		}
		names, pattern = append(names, found...), pattern || word.Pattern != ""
	}
	return names, pattern, nil
}
