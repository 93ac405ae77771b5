package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// findDelete deletes what is found. Nothing is deleted when not all could be looked at: what is
// found, and which files are the newest, would not be known.
func findDelete(ctx context.Context, c *command.Call, want *finding) error {
	keep, err := keepLast(c)
	if err != nil {
		return err
	}
	c.Links = true
	below := *want
	below.min = max(want.min, 1)
	found, err := below.all(ctx, c)
	if err != nil {
		return fmt.Errorf("nothing was deleted: %w", err)
	}
	doomed, err := withoutNewest(found, keep)
	if err != nil || len(doomed) == 0 {
		return err
	}
	files, dirs := 0, 0
	for _, e := range doomed {
		if e.Type == listing.Dir {
			dirs++
		} else {
			files++
		}
	}
	if c.Interactive() && !c.Shell.Options.DryRun {
		for _, e := range doomed[:min(len(doomed), max(c.Shell.Console.Height()/2, 3))] {
			c.Note("%s", render.Safe(e.Name))
		}
		if !c.Confirm(ctx, "delete "+counts(files, dirs)+"?") {
			return nil
		}
	}
	return deleteFound(ctx, c, doomed)
}

// keepLast is how many files of each directory stay.
func keepLast(c *command.Call) (int, error) {
	keep, _ := c.Flags.GetInt("keep-last")
	if keep < 0 {
		return 0, c.Usage("-keep-last: %d is below 0", keep)
	}
	return keep, nil
}

// withoutNewest takes out the newest files of each directory, and sorts what is left from the
// innermost on.
func withoutNewest(found []listing.Entry, keep int) ([]listing.Entry, error) {
	byDir := map[string][]listing.Entry{}
	var doomed []listing.Entry
	for _, e := range found {
		if e.Type == listing.Dir || keep == 0 {
			doomed = append(doomed, e)
			continue
		}
		if e.Time.IsZero() {
			return nil, &failure.LocalError{Text: e.Name + ": the server does not say when it was changed, so the newest files are not known"}
		}
		dir := completion.Join(e.Name, "..")
		byDir[dir] = append(byDir[dir], e)
	}
	for _, files := range byDir {
		slices.SortFunc(files, func(a, b listing.Entry) int {
			return cmp.Or(b.Time.Compare(a.Time), strings.Compare(b.Name, a.Name))
		})
		doomed = append(doomed, files[min(keep, len(files)):]...)
	}
	slices.SortFunc(doomed, func(a, b listing.Entry) int { return strings.Compare(b.Name, a.Name) })
	return doomed, nil
}

// errOther is of a file that is not the one that was found.
var errOther = errors.New("has changed since it was found, and stays")

// deleteFound deletes what is still as it was found.
func deleteFound(ctx context.Context, c *command.Call, doomed []listing.Entry) error {
	return eachOf(ctx, slices.Values(doomed), func(e listing.Entry) error {
		err := deleteOne(ctx, c, e)
		if err == nil && !c.Shell.Options.DryRun {
			c.Shell.Remote.Forget(completion.Join(c.Absolute(e.Name), ".."))
			switch {
			case c.JSON():
				err = c.Object(render.Entry(e))
			case !c.Shell.Options.Quiet:
				err = c.Print("%s", e.Name)
			}
		}
		return failure.About(e.Name, err)
	})
}

func deleteOne(ctx context.Context, c *command.Call, e listing.Entry) error {
	if e.Type == listing.Dir {
		return c.Session().Rmdir(ctx, e.Name)
	}
	now, err := c.Session().Stat(ctx, e.Name)
	if err != nil && !facts.Missing(err) {
		return err
	}
	if err == nil && e.Type == listing.File && !facts.Of(e).Same(facts.Of(now)) {
		return errOther
	}
	return c.Session().Remove(ctx, e.Name)
}
