package transfer

import (
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/ftpsh/ftpsh/client"
)

// direct has the servers copy a file from the session's one to another one. With
// Resume it goes on behind what is there, when that is the beginning of the file.
func direct(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if err := describe(ctx, s, &t); err != nil {
		return Result{}, err
	}
	r := Result{Size: t.Size, ModTime: t.ModTime}
	if t.Resume {
		var err error
		if r.Resumed, r.Note, err = copied(ctx, s, t); err != nil {
			return r, err
		}
		if r.Resumed > 0 && r.Resumed == t.Size {
			return r, nil // it had only lacked the last reply
		}
	}
	if t.Append {
		var err error
		if r.base, err = sizeBefore(ctx, t.Target, t.Local); err != nil {
			return r, err
		}
	}
	o := client.FXPOptions{InClear: t.InClear, Append: t.Append, Restart: r.Resumed}
	look := &lookout{meter: m, from: r.Resumed, size: t.Size}
	o.Begins = func(name string) { look.over(ctx, t.Target, name) }
	defer look.end()
	size, err := client.FXP(ctx, s, t.Remote, t.Target, t.Local, o)
	if restRefused(err) {
		r.Resumed, r.Note, o.Restart = 0, "the servers cannot begin in the middle: copied again", 0
		size, err = client.FXP(ctx, s, t.Remote, t.Target, t.Local, o)
	}
	switch {
	case err != nil:
		return r, err
	case size >= 0:
		r.Size, r.Bytes = size, size-r.Resumed
	case t.Append && t.Size >= 0:
		r.Remote = t.Local
		size, err := t.Target.Size(ctx, t.Local)
		if err := judgeUpload(&r, size, err, t.anySize(t.Target)); err != nil {
			return r, err
		}
	default:
		r.Note = cmp.Or(r.Note, "not checked, since the servers do not say its size")
	}
	if t.Preserve && !t.ModTime.IsZero() && !t.Append {
		_ = t.Target.SetModTime(ctx, t.Local, t.ModTime) // a wish, not a condition
	}
	if t.Mode != 0 {
		_ = t.Target.Chmod(ctx, t.Mode, t.Local)
	}
	return r, nil
}

// copied returns how much of a file the other server has already: its end there
// is fetched from both servers and compared, or two files would become one.
func copied(ctx context.Context, s *client.Session, t Task) (size int64, note string, err error) {
	size, err = t.Target.Size(ctx, t.Local)
	switch {
	case isRefusal(err), client.IsMalformed(err), err == nil && size == 0:
		return 0, "", nil
	case err != nil:
		return 0, "", err
	}
	err = errOther
	if t.Size < 0 || size <= t.Size {
		var end []byte
		if end, err = bytesBefore(ctx, s, t.Remote, size); err == nil {
			err = endsWith(ctx, t.Target, t.Local, size, end)
		}
	}
	switch {
	case errors.Is(err, errOther):
		return 0, "what is there is not a part of it: copied again", nil
	case err == nil, isRefusal(err):
		return size, "", nil // they may send nothing to us: the user knows
	}
	return 0, "", err
}

// bytesBefore fetches the last bytes before a place in a file.
func bytesBefore(ctx context.Context, s *client.Session, name string, end int64) ([]byte, error) {
	some := make([]byte, min(end, tailSize))
	start := end - int64(len(some))
	d, err := s.RetrieveRange(ctx, name, start, end)
	if errors.Is(err, client.ErrNoRange) {
		d, err = s.Retrieve(ctx, name, start)
	}
	if err != nil {
		return nil, err
	}
	_, err = io.ReadFull(d, some)
	short := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if short {
		err = nil // the server's verdict comes first
	}
	closing := d.CloseAfter(err)
	switch {
	case err == nil && !short:
		return some, nil // what the server says to our hanging up is no matter
	case closing == nil:
		closing = errOther
	}
	return nil, closing
}
