package commands

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
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
		return failure.Several(missed, removeTrees(ctx, c, names))
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
	return failure.Several(missed, eachOf(ctx, slices.Values(names), func(name command.RemoteName) error {
		err := remove(ctx, c, name.Path)
		if err == nil {
			done++
		}
		if c.Is("force") && isMissing(ctx, c, name.Path, err) {
			return nil
		}
		return err
	}))
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
		return failure.Several(left...)
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
	err := c.Session().Remove(ctx, name)
	if err != nil {
		err = diagnosed(ctx, c, name, err)
	}
	return removed(c, "DELE", name, err)
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

// removeTrees deletes what the names stand for, directories from the inside
// out.
func removeTrees(ctx context.Context, c *command.Call, names []command.RemoteName) error {
	for _, name := range names {
		if base := path.Base(path.Clean("/" + name.Path)); base == "/" || path.Base(name.Path) == ".." || path.Base(name.Path) == "." {
			return &failure.UsageError{Usage: c.Command.Synopsis(), Text: name.Path + " is never deleted as a whole"}
		}
	}
	if len(names) == 0 || c.Interactive() && !c.Is("force") && !c.Confirm(ctx, fmt.Sprintf("delete %s and everything in it?", counted(names, "names"))) {
		return nil
	}
	c.SumsUp()
	c.Links = true
	inOnePiece := (command.Trashes(c.Shell) || command.InTx(c.Shell, c.Session())) && !c.Shell.Options.DryRun
	r := removing{Call: c}
	err := eachOf(ctx, slices.Values(names), func(name command.RemoteName) error {
		if inOnePiece {
			return trashTree(ctx, c, name.Path)
		}
		return r.tree(ctx, name.Path)
	})
	tellDeleted(c, r.files, r.dirs)
	return err
}

// removing deletes trees, entry by entry.
type removing struct {
	*command.Call
	files, dirs int // that are deleted
}

func (r *removing) tree(ctx context.Context, name string) error {
	t := &tree{call: r.Call, most: math.MaxInt}
	t.after = func(path string, e listing.Entry, _ int, whole bool) error {
		return t.later(r.entry(ctx, path, e, whole), ctx.Err() != nil || r.Session().Idle() != nil)
	}
	err := t.walk(ctx, name)
	if r.Is("force") && isMissing(ctx, r.Call, name, err) {
		return nil
	}
	return err
}

func (r *removing) entry(ctx context.Context, path string, e listing.Entry, whole bool) error {
	switch {
	case e.Type == listing.Dir && !whole: // what was not seen is in it still; why has been said
		return nil
	case e.Type != listing.Dir:
		err := remove(ctx, r.Call, path)
		if err == nil {
			r.files++
		}
		return err
	}
	if err := r.Session().Rmdir(ctx, path); err != nil {
		return failure.About(path, &command.DiagnosedError{Is: command.Emptied, Err: err})
	}
	r.dirs++
	return removed(r.Call, "RMD", path, nil)
}

// tellDeleted sums up, at a terminal, what rm has done.
func tellDeleted(c *command.Call, files, dirs int) {
	if files+dirs > 0 {
		text := counts(files, dirs) + " deleted"
		if c.Shell.Settings.Trash != "off" && !c.Shell.Changes.Plain {
			text += "; `undo` brings back what you need"
		}
		tellSum(c, text)
	}
}

// tellDone says what a command has done. -V leaves that out: only failures are told.
func tellDone(c *command.Call, text string) {
	if !c.Shell.Options.Quiet {
		c.Note("%s", text)
	}
}

// tellResult is tellDone, with an object in its place with --json.
func tellResult(c *command.Call, object any, text string) error {
	if c.JSON() {
		return c.Object(object)
	}
	tellDone(c, text)
	return nil
}

// tellSum is the line at the end of a command that sums up, for those who would have seen the server's words.
func tellSum(c *command.Call, text string) {
	if c.Shell.Settings.Verbose && !c.JSON() {
		tellDone(c, text)
	}
}

// counts is "3 files and 1 directory".
func counts(files, dirs int) string {
	switch {
	case dirs == 0:
		return command.Plural(files, "file", "files")
	case files == 0:
		return command.Plural(dirs, "directory", "directories")
	}
	return command.Plural(files, "file", "files") + " and " + command.Plural(dirs, "directory", "directories")
}

// trashTree moves a tree into the trash, in one piece.
func trashTree(ctx context.Context, c *command.Call, name string) error {
	err := c.Session().RemoveTree(ctx, name)
	if c.Is("force") && isMissing(ctx, c, name, err) {
		return nil
	}
	return removed(c, "RNTO", name, err)
}

// removed takes note of a name that a verb has removed, or says which one it has not.
func removed(c *command.Call, verb, name string, err error) error {
	if err != nil {
		return failure.About(name, err)
	}
	c.Shell.Remote.Remove(c.Absolute(name))
	return c.Done(command.Event{Verb: verb, Remote: name})
}
