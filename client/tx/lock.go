package tx

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
)

// LockedError says that somebody else has a lock.
type LockedError struct {
	Lock string
	By   string // as they have said it; "": nothing
}

func (e *LockedError) Error() string {
	if e.By == "" {
		return e.Lock + " is there: somebody else is at work, who does not say who it is"
	}
	return e.Lock + " is there: " + e.By
}

// mostBy is how much somebody may say.
const mostBy = 1 << 10

// LockDir makes a directory that only one can make, and says in it who it is. Servers refuse a second
// MKD of the same name, all that are known.
func (h *Head) LockDir(ctx context.Context, s *client.Session, by string) error {
	lock := path.Join(string(h.Dir), LockName)
	return s.Aside(func() error {
		_, err := s.Mkdir(ctx, lock)
		if client.Refusal(err) != nil {
			_, there, failed := facts.Stands(ctx, s, lock)
			if failed != nil {
				return failed
			}
			if there {
				return &LockedError{lock, owner(ctx, s, lock)}
			}
		}
		if err == nil {
			typ := s.Type()
			s.SetType(client.Binary)
			defer s.SetType(typ)
			h.Lock = jsonl.Name(lock)
			_, err = s.Put(ctx, path.Join(lock, "owner"), strings.NewReader(by+"\n"))
		}
		return err
	})
}

// owner is who has a lock, as far as it says that.
func owner(ctx context.Context, s *client.Session, lock string) string {
	typ := s.Type()
	s.SetType(client.Binary)
	defer s.SetType(typ)
	var text bytes.Buffer
	_, _ = s.Get(ctx, &most{&text, mostBy}, path.Join(lock, "owner"))
	return strings.TrimSpace(text.String())
}

// most is a writer with room for so much.
type most struct {
	w    *bytes.Buffer
	left int
}

func (m *most) Write(p []byte) (int, error) {
	if m.left -= len(p); m.left < 0 {
		return 0, errors.New("it is too long")
	}
	return m.w.Write(p)
}

// Unlock removes a lock, no matter who has it. One that is not there is no error.
func Unlock(ctx context.Context, s *client.Session, dir string) error {
	lock := path.Join(dir, LockName)
	return s.Aside(func() error {
		for _, err := range []error{s.Remove(ctx, path.Join(lock, "owner")), s.Rmdir(ctx, lock)} {
			if err != nil && !facts.Missing(err) {
				return err
			}
		}
		return nil
	})
}
