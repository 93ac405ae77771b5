package tx

import (
	"context"
	"errors"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/trash"
)

// Recover ends a commit that broke off: forward, or back to how it was, if nothing was replaced that
// was not kept. What is left to do when
// nothing is left but the folder, Tidy does.
func (t *Tx) Recover(ctx context.Context, s *client.Session, forward bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if differs := t.Differs(facts.ServerOf(s)); differs != "" {
		return &StaleError{Why: differs}
	}
	if t.phase != Forward && t.phase != Back {
		return nil
	}
	c := commit{t, s}
	return s.Aside(func() error {
		if t.tried > 0 {
			if err := c.decide(ctx, t.tried-1); err != nil {
				return &BrokenError{err}
			}
		}
		if forward {
			return c.run(ctx)
		}
		if c.replacing() > 0 {
			return c.partly(errNoOld)
		}
		err := c.back(ctx, &RefusedError{errBack})
		if errors.Is(err, errBack) && t.phase == Staging {
			err = nil
		}
		return err
	})
}

var errBack = errors.New("it is to go back")

// Tidy ends a transaction whose commit is done. What was replaced goes into the trash, so that the
// group can take all of it back; without one it is deleted. It can be called again when it fails.
// After it the journal is of no use.
func (t *Tx) Tidy(ctx context.Context, s *client.Session, g *trash.Group) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.phase != Tidying {
		return ErrBusy
	}
	c := commit{t, s}
	return s.Aside(func() error {
		for _, step := range t.steps {
			if g == nil {
				break
			}
			if err := c.hand(ctx, g, step); err != nil {
				return err
			}
		}
		return c.leave(ctx)
	})
}

// hand tells a trash of a step that was taken.
func (c commit) hand(ctx context.Context, g *trash.Group, step Step) error {
	one := trash.Step{Op: trash.Moved, From: step.From, To: step.To}
	switch {
	case step.Do == Mkdir:
		one.Op = trash.Made
	case step.Do == Rmdir:
		one.Op = trash.Emptied
	case step.Do == Chmod:
		one.Op, one.Was = trash.Moded, &facts.Facts{Mode: step.Was, Size: -1}
	case step.Do == Touch:
		one.Op, one.Was = trash.Timed, &facts.Facts{Time: step.WasTime, Size: -1}
	case step.Over != nil:
		one = trash.Step{Op: trash.Lost, From: step.To, Says: "replaced by a commit with --no-old"}
	case facts.Within(string(step.To), string(c.Folder)):
		_, there, err := facts.Stands(ctx, c.s, string(step.To))
		if err == nil && there {
			err = g.Adopt(ctx, c.s, string(step.To), string(step.From))
		}
		return err
	case facts.Within(string(step.From), string(c.Folder)):
		one = trash.Step{Op: trash.Made, From: step.To}
	}
	g.Note(one)
	return nil
}
