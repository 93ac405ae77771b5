package commands

import (
	"context"
	"fmt"
	"math"
	"path"
	"slices"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

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
		return failure.About(path, &command.EmptiedError{Err: err})
	}
	r.dirs++
	r.Shell.Remote.Remove(r.Absolute(path))
	return r.Done(command.Event{Verb: "RMD", Remote: path})
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
	if err != nil {
		return failure.About(name, err)
	}
	c.Shell.Remote.Remove(c.Absolute(name))
	return c.Done(command.Event{Verb: "RNTO", Remote: name})
}
