package commands

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// errEnough ends a command for many files because the user said so.
var errEnough = errors.New("enough")

const eachHelp = "y this one, n not this one, a this one and all others, p the same and never ask again, q stop here"

// each asks before every file of a command for many, at a terminal and while
// prompt is on, as ftp(1) does. Elsewhere nobody is asked and the answer is
// yes: commands that destroy look at Settings.Prompt themselves.
type each struct {
	call  *command.Call
	all   bool
	taken map[string]*localname.Names // by local folder
}

// wants returns whether to go on with a file, or errEnough.
func (e *each) wants(ctx context.Context, name, note string) (bool, error) {
	if !e.asks() {
		return true, nil
	}
	for {
		question := e.call.Command.Name + " " + render.Safe(name) + note + "? [ynapq?] "
		key, err := e.call.Shell.Console.AskKey(ctx, question, "ynapq?")
		switch {
		case err != nil:
			return false, errEnough
		case key == 'n':
			return false, nil
		case key == 'q':
			return false, errEnough
		case key == '?':
			e.call.Note(eachHelp)
			continue
		case key == 'p':
			e.call.Shell.Settings.Prompt = false
		}
		e.all = key != 'y'
		return true, nil
	}
}

// do runs f for every name. The failure of one does not keep the others from
// their turn, unless the connection or the user is gone; all failures are
// returned.
func (e *each) do(ctx context.Context, names []command.RemoteName, note func(command.RemoteName) string, f func(command.RemoteName) error) error {
	return eachOf(ctx, e.wanted(ctx, names, note), f)
}

// eachOf runs f for each of some things, as do does. A walk that f ends early ends with it, and what it passes over is
// no failure.
func eachOf[T any](ctx context.Context, all iter.Seq[T], f func(T) error) error {
	var errs []error
	for one := range all {
		err := f(one)
		if errors.Is(err, errStop) {
			break
		}
		if !errors.Is(err, errPassedOver) {
			errs = append(errs, err)
		}
		if endsAll(ctx, err) {
			break
		}
	}
	return failure.Several(errs...)
}

// isDry reports whether nothing is to be changed: as an option of the command says, or of the program.
func isDry(c *command.Call) bool { return c.Is("dry-run") || c.Shell.Options.DryRun }

// cannotAsk is the error of a command that has a question where nobody can answer.
func cannotAsk(c *command.Call, hint string) error {
	return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "cannot ask without a terminal", Hint: hint}
}

// asks reports whether the next name will be asked about.
func (e *each) asks() bool {
	return !e.all && e.call.Interactive() && e.call.Shell.Settings.Prompt
}

// wanted goes through the names that the user wants.
func (e *each) wanted(ctx context.Context, names []command.RemoteName, note func(command.RemoteName) string) iter.Seq[command.RemoteName] {
	return func(yield func(command.RemoteName) bool) {
		for _, name := range names {
			yes, err := e.wants(ctx, name.Path, note(name))
			if err != nil || yes && !yield(name) {
				return
			}
		}
	}
}

// move makes a transfer of every name and carries it out: while each is asked
// about, one by one, and then all that are left together.
func (e *each) move(ctx context.Context, names []command.RemoteName, note func(command.RemoteName) string, task func(command.RemoteName) (transfer.Task, error)) error {
	var together []transfer.Task
	err := eachOf(ctx, e.wanted(ctx, names, note), func(name command.RemoteName) error {
		t, err := task(name)
		if err == nil {
			err = e.once(&t)
		}
		switch {
		case err != nil:
			return err
		case e.asks(), e.call.Shell.Settings.RUnique: // which looks what already exists
			return moveFile(ctx, e.call, t)
		}
		together = append(together, t)
		return nil
	})
	if err != nil && endsAll(ctx, err) {
		return err
	}
	e.besideParts(together)
	return failure.Several(err, moveMany(ctx, e.call, together))
}

// eachName runs f for each name of the server that words stand for.
func eachName(ctx context.Context, c *command.Call, words []syntax.Token, f func(command.RemoteName) error) error {
	names, missed := c.Expand(ctx, words)
	return failure.Several(missed, eachOf(ctx, slices.Values(names), f))
}

// errPassedOver is of a name that a command leaves alone.
var errPassedOver = errors.New("skipped")

// endsAll reports whether a command for many ends with this failure.
func endsAll(ctx context.Context, err error) bool {
	return failure.AnyOf[*client.LostError, *client.ConnectError](err) || ctx.Err() != nil
}

func noNote(command.RemoteName) string { return "" }
