package transfer

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/ftpsh/ftpsh/client"
)

// Way is how a copy between two servers goes.
type Way int

// The ways.
const (
	Direct Way = iota // the servers connect to each other (FXP)
	Here              // RETR here and STOR there: the bytes pass through this computer, but no file of it
	AnyWay            // directly, or through here where the servers refuse that
)

// Ways are the names of all ways.
var Ways = map[string]Way{"direct": Direct, "here": Here, "auto": AnyWay}

// Route is the way between two servers, and what was found out about it. Tasks may share it.
type Route struct {
	Way     Way
	refused atomic.Bool // the servers do not connect to each other
}

// CopiesHere reports whether the bytes pass through this computer.
func (r *Route) CopiesHere() bool {
	return r != nil && (r.Way == Here || r.Way == AnyWay && r.refused.Load())
}

// betweenServers copies a file by the route of the task.
func betweenServers(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if !t.again && t.path == "" { // a mirror has looked at its trees
		if err := t.twoFiles(ctx, s); err != nil {
			return Result{}, err
		}
	}
	if t.Route.CopiesHere() {
		return relay(ctx, s, t, m)
	}
	r, err := direct(ctx, s, t, m)
	if t.Route == nil || t.Route.Way != AnyWay || !client.RefusesFXP(err) || ctx.Err() != nil {
		return r, err
	}
	first := !t.Route.refused.Swap(true)
	r, relayed := relay(ctx, s, t, m)
	if relayed == nil && first {
		r.Note = "copied through this computer: " + err.Error()
	}
	return r, relayed
}

// beginCopy says of a task what is to be known before bytes move: what the original is, how much
// of it already exists, and whether that is all.
func beginCopy(ctx context.Context, s *client.Session, t *Task) (r Result, whole bool, err error) {
	if err := describe(ctx, s, t); err != nil {
		return Result{}, false, err
	}
	r = Result{Size: t.Size, ModTime: t.ModTime}
	if t.Resume {
		if r.Resumed, r.Note, err = copied(ctx, s, *t); err != nil {
			return r, false, err
		}
		if r.Resumed > 0 && r.Resumed == t.Size {
			return r, true, nil // it had only lacked the last reply
		}
	}
	if t.Append {
		r.base, err = sizeBefore(ctx, t.Target, t.Local)
	}
	return r, false, err
}

// asOriginal gives a copy the time and the mode that it is to have. The time is a wish, not a condition.
func asOriginal(ctx context.Context, t Task, r *Result) error {
	if t.Preserve && !t.ModTime.IsZero() && !t.Append {
		_ = t.Target.SetModTime(ctx, t.Local, t.ModTime)
	}
	if t.Mode != 0 {
		return r.moded(t.Target.Chmod(ctx, t.Mode, t.Local))
	}
	return nil
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
		return some, nil // what the server says when we hang up does not matter
	case closing == nil:
		closing = errOther
	}
	return nil, closing
}
