package command

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
)

// Guard has a session ask before each line, and tell of each change.
func (sh *Shell) Guard(s *client.Session) {
	s.Tune(func(o *client.Options) {
		o.Gate = SessionGate(sh)
		o.Funnel = Funnel(sh)
		o.Stage = stage(sh, s)
	})
}

// SessionGate is whom a session asks: the user, in a dry run nobody lets a change pass.
func SessionGate(sh *Shell) client.Gate {
	switch {
	case sh.Confined != nil && len(sh.Confined.Asked) == 0: // who asks nobody sends several at once
		return nil
	case sh.Confined != nil:
		return sh.Confined.decide
	case sh.Stepper.On && sh.Options.DryRun:
		return func(line string) (string, error) {
			line, err := sh.Hooks.Consent(sh, line)
			if err != nil {
				return "", err
			}
			return withhold(sh, line)
		}
	case sh.Stepper.On:
		return func(line string) (string, error) { return sh.Hooks.Consent(sh, line) }
	case sh.Options.DryRun:
		return func(line string) (string, error) { return withhold(sh, line) }
	}
	return nil
}

// Funnel is who hears of the changes that a session makes; nil: nobody, and none is looked at.
func Funnel(sh *Shell) client.Funnel {
	listener := listener(sh)
	hears := sh.Options.Hears
	if hears == nil && sh.Settings.Cache == 0 {
		return listener
	}
	return func(ctx context.Context, s *client.Session, c client.Change, do func() error) error {
		if hears != nil {
			hears(c)
		}
		defer sh.outdate()
		if listener == nil {
			return do()
		}
		return listener(ctx, s, c, do)
	}
}

// outdate drops the listings that are kept: one of them is no longer true.
func (c *Connections) outdate() {
	for _, one := range c.All() {
		if one.Remote != nil {
			one.Remote.Changed()
		}
	}
}

// listener is the one that decides what becomes of a change.
func listener(sh *Shell) client.Funnel {
	if sh.Options.DryRun {
		return func(_ context.Context, _ *client.Session, c client.Change, _ func() error) error {
			return withholdChange(sh, c)
		}
	}
	if sh.Tx != nil {
		return func(ctx context.Context, s *client.Session, c client.Change, do func() error) error {
			return hearTx(ctx, sh, s, c, do)
		}
	}
	if Trashes(sh) {
		return func(ctx context.Context, s *client.Session, c client.Change, do func() error) error {
			return hearTrash(ctx, sh, s, c, do)
		}
	}
	return nil
}
