package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// proves reports whether anything is to be asked about an upload or said of it:
// servers say 226 to a file that was cut, so its size is compared.
func proves(t Task, r Result) bool {
	return (t.Op == Upload || t.Op == UploadUnique || t.Op == Append) && r.Remote != ""
}

// sizeTells reports whether the size of an upload says that it is whole: in
// type A the numbers of both sides differ.
func sizeTells(s *client.Session) bool { return s.Type().Counts() }

// keepsTime reports whether the copy on the server is to have the time of the
// original.
func keepsTime(s *client.Session, t Task, r Result) bool {
	return t.Preserve && t.Op != Append && !r.ModTime.IsZero() && s.Server().CanSetModTime()
}

// prove asks about an upload and waits for the answer.
func prove(ctx context.Context, s *client.Session, t Task, r *Result) error {
	if sizeTells(s) {
		size, err := s.Size(ctx, r.Remote)
		found := err == nil
		if err = r.mayBeSqueezed(s, judgeUpload(r, size, err, t.anySize(s))); err == nil && found {
			err = r.movedAway(ctx, s)
		}
		if err != nil {
			return err
		}
	}
	if t.Verify && t.In == nil && t.Op != Append {
		var err error
		if _, r.Hash, err = verifyFile(ctx, s, r.Remote, t.Here, t.Local); err != nil {
			return err
		}
	}
	if t.Mode != 0 {
		if err := r.moded(s.Chmod(ctx, t.Mode, r.Remote)); err != nil {
			return err
		}
	}
	if keepsTime(s, t, *r) {
		_ = s.SetModTime(ctx, r.Remote, r.ModTime) // a wish, not a condition
	}
	return nil
}

// movedAfter is how long an upload takes until its directory may well have been moved meanwhile.
var movedAfter = 10 * time.Second

// movedAway is the error of an upload whose directory has got another name meanwhile, as when somebody
// puts a new tree in place: vsftpd, pure-ftpd and inetutils stay in the directory that was moved, and
// find the file there by the name that it was sent to.
func (r *Result) movedAway(ctx context.Context, s *client.Session) error {
	if r.Elapsed < movedAfter || path.IsAbs(r.Remote) || !path.IsAbs(s.Dir()) {
		return nil
	}
	full := path.Join(s.Dir(), r.Remote)
	if _, err := s.Size(ctx, full); client.IsCode(err, 550) {
		return &MovedAwayError{full}
	}
	return nil
}

// MovedAwayError says that an upload is whole, and not where it was sent.
type MovedAwayError struct{ Name string }

func (e *MovedAwayError) Error() string {
	return "its directory was moved while it was sent: it is whole, but not at " + e.Name
}

// proveLater asks with the next transfer, and tells done.
func proveLater(ctx context.Context, s *client.Session, t Task, r *Result, done func(error)) {
	modeLost := func() error { return nil } // what was heard of the mode
	if t.Mode != 0 {
		var failed error
		s.Pipeline().Chmod(t.Mode, r.Remote, func(err error) { failed = r.moded(err) })
		modeLost = func() error { return failed }
	}
	if keepsTime(s, t, *r) && !s.Pipeline().SetModTime(r.Remote, r.ModTime) {
		_ = s.SetModTime(ctx, r.Remote, r.ModTime)
	}
	switch {
	case sizeTells(s):
		s.Pipeline().Size(r.Remote, func(size int64, err error) {
			done(cmp.Or(modeLost(), r.mayBeSqueezed(s, judgeUpload(r, size, err, t.anySize(s)))))
		})
	case t.Mode != 0: // done is told behind the answer
		done(cmp.Or(s.Pipeline().Flush(ctx), modeLost()))
	default:
		done(nil)
	}
}

// moded takes the answer about the mode of an upload: a refusal is told with the file, which is whole.
func (r *Result) moded(err error) error {
	no := client.Refusal(err)
	if no == nil || no.Reply.Code == 421 {
		return err
	}
	if r.Note != "" {
		r.Note += "; "
	}
	r.Note += "its mode was not set: " + no.Error()
	return nil
}

// removeSource deletes the original of a copy that is whole, unless it has changed since:
// what is asked last before it goes is whether it is still what was copied.
func removeSource(ctx context.Context, s *client.Session, t Task, r Result) error {
	if t.Op == Upload || t.Op == UploadUnique || t.Op == Append {
		info, err := t.Here.Lstat(t.Local)
		switch {
		case err != nil:
			return err
		case info.Size() != r.Size || !info.ModTime().Equal(r.ModTime):
			return &ChangedError{t.Local}
		}
		if err := t.removeMarker(ctx, s); err != nil {
			return err
		}
		if t.MoveSource != "" {
			return t.moveHere()
		}
		return t.Here.Remove(t.Local)
	}
	e, err := s.Stat(ctx, t.Remote)
	if err != nil {
		return fmt.Errorf("%s was copied, and stays, since it cannot be asked whether it has changed: %w", t.Remote, err)
	}
	same := e.Size == r.Size || !sizeTells(s) || t.anySize(s)
	if !same { // MLST may describe a link
		size, err := s.Size(ctx, t.Remote)
		if err != nil && !isRefusal(err) && !client.IsMalformed(err) {
			return err
		}
		same = err == nil && size == r.Size
	}
	if !same || !SameTime(listing.Entry{Time: r.ModTime, Precision: listing.Second}, e) {
		return &ChangedError{t.Remote}
	}
	if err := t.removeMarker(ctx, s); err != nil {
		return err
	}
	if t.MoveSource != "" {
		return t.moveThere(ctx, s)
	}
	return s.Remove(ctx, t.Remote)
}

// moveHere moves an original that was sent; what has its new name stays.
func (t Task) moveHere() error {
	if _, err := t.Here.Lstat(t.MoveSource); !errors.Is(err, fs.ErrNotExist) {
		return cmp.Or(err, error(&fs.PathError{Op: "move", Path: t.MoveSource, Err: fs.ErrExist}))
	}
	if err := t.Here.MkdirAll(filepath.Dir(t.MoveSource)); err != nil {
		return err
	}
	return t.Here.Rename(t.Local, t.MoveSource)
}

// moveThere moves one that was fetched. Servers replace what stands there, so that it is looked first.
func (t Task) moveThere(ctx context.Context, s *client.Session) error {
	_, err := s.Stat(ctx, t.MoveSource)
	switch {
	case err == nil:
		return fmt.Errorf("%s was copied, and stays: %s already exists", t.Remote, t.MoveSource)
	case !isRefusal(err):
		return err
	}
	if dir := path.Dir(t.MoveSource); dir != "/" && dir != "." {
		if err := s.MkdirAll(ctx, dir); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return s.Rename(ctx, t.Remote, t.MoveSource)
}

// ChangedError says that an original has changed since it was copied, and was not
// deleted.
type ChangedError struct{ Name string }

func (e *ChangedError) Error() string {
	return e.Name + " has changed since it was copied, and stays"
}
