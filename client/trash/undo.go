package trash

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Outcome is what became of a step that was to be taken back.
type Outcome struct {
	Path string
	Says string       // in a few words
	Done bool         // or left alone
	Now  *facts.Facts // of what stands in the way
}

// Undo takes a group back, from its last step to the first. What is not as the group has left it is
// left alone, unless force says otherwise. With dry nothing is changed. The error is that of the
// connection: what the server refuses is left alone.
func Undo(ctx context.Context, s *client.Session, g *Group, force, dry bool, tell func(Outcome)) error {
	for i := len(g.Steps) - 1; i >= 0; i-- {
		out, err := back(ctx, s, g.Steps[i], force, dry)
		if err != nil && client.Refusal(err) == nil && !errors.As(err, new(*RefusedError)) && !errors.Is(err, ErrInTrash) && !errors.Is(err, ErrGone) {
			return err
		}
		if err != nil {
			out = Outcome{Path: out.Path, Says: err.Error()}
		}
		tell(out)
	}
	return nil
}

// ErrGone is of something that somebody has taken out of the trash, or deleted there.
var ErrGone = errors.New("no longer in the trash")

// back takes one step back.
func back(ctx context.Context, s *client.Session, step Step, force, dry bool) (out Outcome, err error) {
	out.Path = string(step.From)
	do := func(says string, f func() error) (Outcome, error) {
		out.Done, out.Says = true, says
		if dry {
			return out, nil
		}
		return out, f()
	}
	switch step.Op {
	case Lost:
		out.Says = step.Says + ": cannot be taken back"
		return out, nil
	case Emptied:
		return do("directory made again", func() error { _, err := s.Mkdir(ctx, string(step.From)); return err })
	case Trashed:
		if out, blocked, err := free(ctx, s, out, force); blocked || err != nil {
			return out, err
		}
		return do("back from the trash", func() error { return fromTrash(ctx, s, step) })
	}
	at := string(step.From)
	if step.Op == Moved {
		at = string(step.To)
	}
	now, there, err := facts.Stands(ctx, s, at)
	switch {
	case err != nil:
		return out, err
	case !there:
		out.Path, out.Says = at, "is not there any more"
		return out, nil
	case step.Is != nil && !step.Is.Same(facts.Of(now)) && !force:
		out.Path, out.Says, out.Now = at, "is another one now: left alone; -f takes it all the same", facts.Of(now)
		return out, nil
	}
	switch step.Op {
	case Moved:
		if out, blocked, err := free(ctx, s, out, force); blocked || err != nil {
			return out, err
		}
		return do("moved back from "+at, func() error { return s.Rename(ctx, at, string(step.From)) })
	case Made:
		if now.Type == listing.Dir {
			return do("directory removed", func() error { return s.Rmdir(ctx, at) })
		}
		return do("to the trash", func() error { return s.Remove(ctx, at) })
	case Moded:
		mode, _ := strconv.ParseUint(step.Was.Mode, 8, 12)
		return do("mode "+step.Was.Mode, func() error { return s.Chmod(ctx, fs.FileMode(mode), at) })
	case Timed:
		return do("time of "+step.Was.Time.UTC().Format("2006-01-02 15:04:05"), func() error { return s.SetModTime(ctx, at, step.Was.Time) })
	}
	return out, fmt.Errorf("%q is not a step that this program knows", step.Op)
}

// free reports whether something stands where a file is to go back.
func free(ctx context.Context, s *client.Session, out Outcome, force bool) (Outcome, bool, error) {
	e, there, err := facts.Stands(ctx, s, out.Path)
	if err != nil || !there || force {
		return out, false, err
	}
	out.Says, out.Now = "stands there again: left alone; -f swaps them", facts.Of(e)
	return out, true, nil
}

// fromTrash brings something back.
func fromTrash(ctx context.Context, s *client.Session, step Step) error {
	err := s.Rename(ctx, string(step.To), string(step.From))
	if no := client.Refusal(err); no != nil && no.Verb == "RNFR" && facts.Missing(err) {
		return ErrGone
	}
	return err
}
