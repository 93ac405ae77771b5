package transfer

import (
	"cmp"
	"context"
	"errors"
	"os"

	"github.com/ftpsh/ftpsh/client"
)

// proves reports whether anything is to be asked about an upload or said of it:
// servers say 226 to a file that was cut, so its size is compared.
func proves(t Task, r Result) bool {
	return (t.Op == Upload || t.Op == UploadUnique) && r.Remote != ""
}

// sizeTells reports whether the size of an upload says that it is whole: in
// type A the numbers of both sides differ.
func sizeTells(s *client.Session) bool { return s.Type() != client.ASCII }

// keepsTime reports whether the copy on the server is to have the time of the
// original.
func keepsTime(s *client.Session, t Task, r Result) bool {
	return t.Preserve && !r.ModTime.IsZero() && s.CanSetModTime()
}

// prove asks about an upload and waits for the answer.
func prove(ctx context.Context, s *client.Session, t Task, r *Result) error {
	if sizeTells(s) {
		size, err := s.Size(ctx, r.Remote)
		if err = verdict(r, size, err); err != nil {
			return err
		}
	}
	if t.Verify && t.In == nil {
		if _, err := Verify(ctx, s, r.Remote, t.here(t.Local)); err != nil {
			return err
		}
	}
	if t.Mode != 0 {
		s.Chmod(ctx, t.Mode, r.Remote)
	}
	if keepsTime(s, t, *r) {
		s.SetModTime(ctx, r.Remote, r.ModTime) // a wish, not a condition
	}
	return nil
}

// proveLater asks with the next transfer, and tells done.
func proveLater(ctx context.Context, s *client.Session, t Task, r *Result, done func(error)) {
	if t.Mode != 0 {
		s.ChmodLater(t.Mode, r.Remote)
	}
	if keepsTime(s, t, *r) && !s.SetModTimeLater(r.Remote, r.ModTime) {
		s.SetModTime(ctx, r.Remote, r.ModTime)
	}
	if !sizeTells(s) {
		done(nil)
		return
	}
	s.SizeLater(r.Remote, func(size int64, err error) { done(verdict(r, size, err)) })
}

// verdict compares sizes. A server that does not tell is believed: an inbox may
// have moved the file on. But one that tells others is worth a word.
func verdict(r *Result, size int64, err error) error {
	switch {
	case client.IsCode(err, 550):
		r.Note = cmp.Or(r.Note, "not checked, since the server does not tell its size: "+err.Error())
		return nil
	case isRefusal(err), client.Unreadable(err):
		return nil
	case err == nil && size != r.Size:
		return &VerifyError{Name: r.Remote + " on the server", Got: size, Want: r.Size}
	}
	return err
}

// isRefusal reports whether the server said no, and did not hang up.
func isRefusal(err error) bool {
	var no *client.Error
	return errors.As(err, &no) && no.Reply.Code != 421
}

// removeSource deletes the original of a copy that is whole.
func removeSource(ctx context.Context, s *client.Session, t Task) error {
	if t.Op == Download {
		return s.Remove(ctx, t.Remote)
	}
	return os.Remove(t.here(t.Local))
}
