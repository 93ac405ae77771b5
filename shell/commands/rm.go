package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "rm", Theme: "change files", Plans: true, Risk: command.Deletes, Args: "remote…", Short: "delete files, with -r directories and everything in them", JSON: true,
	Long: "At a terminal you are asked once about -r, and about a pattern unless it was said below the line how many files it " +
		"deletes when you pressed Return. With `set trash on` a pattern such as *.tmp is never asked about, since `undo` brings " +
		"the files back. * always is. In a script they delete what they say. Without -r " +
		"directories are skipped by patterns. Links are deleted, not followed.",
	Examples: []command.Example{{Line: "rm old.txt", Says: "one file"}, {Line: "rm *.tmp", Says: "all that match"}, {Line: "rm -r build", Says: "a whole tree"}},
	Min:      1, Max: -1, Ask: []string{"remote-file"},
	Flags: func(fs *pflag.FlagSet) {
		forceFlag(fs)
		fs.BoolP("recursive", "r", false, "directories, too, and everything in them")
		fs.Bool("no-trash", false, "delete for good, whatever the setting trash says")
	},
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     command.Verbs(command.ListVerbs, command.Sends("DELE", "RMD")), Needs: command.Login, Foreign: command.Confined, Run: rm,
})

func forceFlag(fs *pflag.FlagSet) {
	fs.BoolP("force", "f", false, "ask nothing; a missing file is not an error")
}

func rm(ctx context.Context, c *command.Call) error {
	c.Shell.Changes.Plain = c.Is("no-trash")
	defer func() { c.Shell.Changes.Plain = false }()
	names, missed := c.Expand(ctx, c.Args)
	if c.Is("force") {
		missed = withoutMissing(missed)
	}
	if c.Is("recursive") {
		return failure.Several([]error{missed, removeTrees(ctx, c, names)})
	}
	names = files(names)
	matched := slices.ContainsFunc(names, func(name command.RemoteName) bool { return name.Entry != nil })
	if c.Interactive() && c.Shell.Settings.Prompt && !c.Is("force") && matched && !comesBack(c) && !agreed(c, len(names)) &&
		!c.Confirm(ctx, fmt.Sprintf("delete %s?", counted(names, "files"))) {
		return missed
	}
	done := 0
	if len(names) > 1 {
		c.SumsUp()
		defer func() { tellDeleted(c, done, 0) }()
	}
	return failure.Several([]error{missed, eachOf(ctx, slices.Values(names), func(name command.RemoteName) error {
		err := remove(ctx, c, name.Path)
		if err == nil {
			done++
		}
		if c.Is("force") && isMissing(ctx, c, name.Path, err) {
			return nil
		}
		return err
	})})
}

// comesBack reports whether `undo` brings back what rm deletes, so that it need not ask. About a pattern that stands for
// everything it asks even so.
func comesBack(c *command.Call) bool {
	return c.Shell.Settings.Trash != "off" && !c.Is("no-trash") && !meansEverything(c)
}

func meansEverything(c *command.Call) bool {
	return slices.ContainsFunc(c.Texts(), func(word string) bool { return strings.Trim(command.BaseName(word), "*.?") == "" })
}

// agreed reports whether Return was the answer already: the prompt had said below the line that as many files are deleted
// as there are now. A pattern that stands for everything is asked about even so.
func agreed(c *command.Call, files int) bool {
	typed := c.Line.Script == "" && c.Line.Within == nil && strings.TrimSpace(c.Line.Text) == strings.TrimSpace(c.Statement.Source)
	return typed && !meansEverything(c) && c.Shell.Console.Heeded() == command.WillDelete(files, "file", "files")
}

// isMissing reports whether the server refused something because there is no
// such name: the reply to DELE says the same of what may not be deleted.
func isMissing(ctx context.Context, c *command.Call, name string, refused error) bool {
	if !failure.NotThere(refused) {
		return false
	}
	_, err := c.Session().Stat(ctx, name)
	return failure.NotThere(err)
}

// withoutMissing leaves out patterns that nothing matches.
func withoutMissing(err error) error {
	if many, ok := err.(*failure.SeveralErrors); ok { //nolint:errorlint // what wraps it says more, such as an interruption
		left := make([]error, 0, len(many.Errs))
		for _, err := range many.Errs {
			left = append(left, withoutMissing(err))
		}
		return failure.Several(left)
	}
	if errors.As(err, new(*command.NoMatchError)) {
		return nil
	}
	return err
}

// files leaves out the directories that a pattern found.
func files(names []command.RemoteName) []command.RemoteName {
	return slices.DeleteFunc(names, func(name command.RemoteName) bool {
		return name.Entry != nil && name.Entry.Type == listing.Dir
	})
}

// counted is the name of the only one, or how many there are.
func counted(names []command.RemoteName, many string) string {
	if len(names) == 1 {
		return render.Safe(names[0].Path)
	}
	return fmt.Sprintf("%d %s", len(names), many)
}

func remove(ctx context.Context, c *command.Call, name string) error {
	if err := c.Session().Remove(ctx, name); err != nil {
		return failure.About(name, diagnosed(ctx, c, name, err))
	}
	c.Shell.Remote.Remove(c.Absolute(name))
	return c.Done(command.Event{Verb: "DELE", Remote: name})
}

func renameFile(ctx context.Context, c *command.Call, from, to string) error {
	if err := c.Session().Rename(ctx, from, to); err != nil {
		if failure.Refused(err, "RNTO") {
			err = diagnosed(ctx, c, to, err)
		}
		return failure.About(from+" to "+to, err)
	}
	c.Shell.Remote.Remove(c.Absolute(from))
	c.Shell.Remote.Forget(completion.Join(c.Absolute(to), ".."))
	return c.Done(command.Event{Verb: "RNTO", Remote: from, To: to})
}
