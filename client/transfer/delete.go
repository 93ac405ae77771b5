package transfer

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
)

// delete removes what is in the copy only, what is inside of a directory before
// the directory.
func (m *Mirror) delete(ctx context.Context, s *client.Session) error {
	s = m.holder(s)
	switch {
	case len(m.unseen) > 0:
		return ErrUnseen
	case len(m.doomed) == 0:
		return nil
	case m.failed:
		return ErrFailed
	case m.kept == 0 && !m.DeleteAll:
		return ErrNothing
	}
	if m.MayDelete != nil {
		if err := m.MayDelete(len(m.doomed), m.kept); err != nil {
			return err
		}
	}
	slices.SortFunc(m.doomed, func(a, b Step) int { return strings.Compare(b.Path, a.Path) })
	for _, step := range m.doomed {
		switch {
		case m.DryRun:
			m.tell(step)
		case m.copyIsThere():
			m.deleteThere(s, step)
			if s.Waiting() >= deletesAtOnce {
				s.Flush(ctx)
			}
		default:
			step.Err = m.here.Remove(filepath.FromSlash(step.Path))
			m.tell(step)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if m.failed {
			s.Flush(ctx)
			return ErrFailed
		}
	}
	return s.Flush(ctx)
}

const deletesAtOnce = 30

// deleteThere asks the server; what it says is told later.
func (m *Mirror) deleteThere(s *client.Session, step Step) {
	remove := s.RemoveLater
	if step.Action == ActRmdir {
		remove = s.RmdirLater
	}
	remove(m.copied(step.Path), func(err error) {
		step.Err = err
		m.tell(step)
	})
}
