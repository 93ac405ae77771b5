package trash

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
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
		u := undoing{s: s, step: g.Steps[i], force: force, dry: dry}
		err := u.back(ctx)
		if err != nil && client.Refusal(err) == nil && !errors.As(err, new(*RefusedError)) && !errors.Is(err, ErrInTrash) && !errors.Is(err, ErrGone) {
			return err
		}
		if err != nil {
			u.out = Outcome{Path: u.out.Path, Says: err.Error()}
		}
		tell(u.out)
	}
	return nil
}

// ErrGone is of something that somebody has taken out of the trash, or deleted there.
var ErrGone = errors.New("no longer in the trash")

// undoing takes one step back.
type undoing struct {
	s          *client.Session
	step       Step
	force, dry bool
	out        Outcome
}

func (u *undoing) back(ctx context.Context) error {
	name := string(u.step.From)
	u.out.Path = name
	switch u.step.Op {
	case Lost:
		u.out.Says = u.step.Says + ": cannot be taken back"
		return nil
	case Emptied:
		return u.do("directory made again", func() error { _, err := u.s.Mkdir(ctx, name); return err })
	case Trashed:
		if free, err := u.isFree(ctx); !free {
			return err
		}
		return u.do("back from the trash", func() error { return fromTrash(ctx, u.s, u.step) })
	case Moved:
		name = string(u.step.To)
	}
	now, err := u.asItWas(ctx, name)
	if now == nil {
		return err
	}
	switch u.step.Op {
	case Moved:
		if free, err := u.isFree(ctx); !free {
			return err
		}
		says := "moved back from " + name
		if inTrash(u.out.Path) {
			u.out.Path, says = name, "to the trash"
		}
		return u.do(says, func() error { return u.s.Rename(ctx, name, string(u.step.From)) })
	case Made:
		if now.Type == listing.Dir {
			return u.do("directory removed", func() error { return u.s.Rmdir(ctx, name) })
		}
		return u.do("to the trash", func() error { return u.s.Remove(ctx, name) })
	case Moded:
		mode, _ := strconv.ParseUint(u.step.Was.Mode, 8, 12)
		return u.do("mode "+u.step.Was.Mode, func() error { return u.s.Chmod(ctx, fs.FileMode(mode), name) })
	case Timed:
		return u.do("time of "+u.step.Was.Time.UTC().Format("2006-01-02 15:04:05"), func() error { return u.s.SetModTime(ctx, name, u.step.Was.Time) })
	}
	return fmt.Errorf("%q is not a step that this program knows", u.step.Op)
}

// do does it, and says so.
func (u *undoing) do(says string, f func() error) error {
	u.out.Done, u.out.Says = true, says
	if u.dry {
		return nil
	}
	return f()
}

// asItWas is what stands under a name, nil if that is not what the step has left there.
func (u *undoing) asItWas(ctx context.Context, name string) (*listing.Entry, error) {
	now, there, err := facts.Stands(ctx, u.s, name)
	switch {
	case err != nil:
		return nil, err
	case !there:
		u.out.Path, u.out.Says = name, "is not there any more"
		return nil, nil
	case u.step.Is != nil && !u.step.Is.Same(facts.Of(now)) && !u.force:
		u.out.Path, u.out.Says, u.out.Now = name, "is another one now: left alone; -f takes it all the same", facts.Of(now)
		return nil, nil
	}
	return &now, nil
}

// isFree reports whether nothing stands where a file is to go back.
func (u *undoing) isFree(ctx context.Context) (bool, error) {
	e, there, err := facts.Stands(ctx, u.s, u.out.Path)
	if err != nil || !there || u.force {
		return err == nil, err
	}
	u.out.Says, u.out.Now = "stands there again: left alone; -f swaps them", facts.Of(e)
	return false, nil
}

// fromTrash brings something back. Its directory may have gone since: it is made again.
func fromTrash(ctx context.Context, s *client.Session, step Step) error {
	from, to := string(step.To), string(step.From)
	err := s.Rename(ctx, from, to)
	no := client.Refusal(err)
	switch {
	case no == nil:
		return err
	case no.Verb == "RNFR" && facts.Missing(err):
		return ErrGone
	case no.Verb != "RNTO":
		return err
	}
	dir := path.Dir(to)
	if _, there, look := facts.Stands(ctx, s, dir); there || look != nil {
		return err
	}
	if failed := s.MkdirAll(ctx, dir); failed != nil {
		return err
	}
	return s.Rename(ctx, from, to)
}
