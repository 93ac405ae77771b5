package shell

import (
	"context"
	"errors"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
)

// errEnough ends a command for many files because the user said so.
var errEnough = errors.New("enough")

const eachHelp = "y this one, n not this one, a this one and all others, p the same and never ask again, q stop here"

// each asks before every file of a command for many, at a terminal and while
// prompt is on, as ftp(1) does. Elsewhere nobody is asked and the answer is
// yes: commands that destroy look at Settings.Prompt themselves.
type each struct {
	call *Call
	all  bool
}

// wants returns whether to go on with a file, or errEnough.
func (e *each) wants(ctx context.Context, name, note string) (bool, error) {
	if e.all || !e.call.Interactive() || !e.call.Shell.Settings.Prompt {
		return true, nil
	}
	for {
		question := e.call.Command.Name + " " + render.Safe(name) + note + "? [ynapq?] "
		key, err := e.call.Shell.con.AskKey(ctx, question, "ynapq?")
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
func (e *each) do(ctx context.Context, names []remoteName, note func(remoteName) string, f func(remoteName) error) error {
	var errs []error
	for _, name := range names {
		yes, err := e.wants(ctx, name.Path, note(name))
		if err != nil {
			break
		}
		if yes {
			err = f(name)
		}
		if err != nil {
			errs = append(errs, err)
		}
		if anyOf[*client.LostError, *client.ConnectError](err) || ctx.Err() != nil {
			break
		}
	}
	return several(errs)
}

func noNote(remoteName) string { return "" }
