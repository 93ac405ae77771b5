package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// Run carries out one task, and again as its Retry says. Errors of the server
// are *client.Error, of the data connection *client.IncompleteError, of the
// local file *os.PathError, of the check at the end *VerifyError. When ctx ends,
// what a download has brought stays in the part file, and a Task with Resume
// goes on from there.
func Run(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	start := time.Now()
	if m == nil {
		m = &Meter{}
	}
	var moved int64 // by the tries that broke
	for try := 1; ; try++ {
		inStep := !s.Desynced()
		r, err := once(ctx, s, t, m)
		if inStep && mistaken(s, err) && try == 1 && t.canRepeat(r) {
			continue
		}
		if err == nil && r.Resumed > 0 {
			r.Bytes, r.Resumed = r.Bytes+min(moved, r.Resumed), max(r.Resumed-moved, 0)
		}
		if err == nil || !t.canRepeat(r) || t.stuck(err) || !t.Retry.again(ctx, try, err) {
			if err != nil && ctx.Err() != nil {
				err = ctx.Err() // what broke for that reason, or before, matters no more
			}
			r.Elapsed = time.Since(start)
			return named(t, r), err
		}
		moved += r.Bytes
		t = t.after(r, s.Type(), err)
	}
}

// once makes one try. With Atomic an upload has the name of a part until it is
// whole.
func once(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	final := t.Remote
	if t.Atomic && t.Op == Upload {
		t.Remote += PartSuffix
	}
	r, err := carry(ctx, s, t, m)
	if err == nil && proves(t, r) {
		err = prove(ctx, s, t, &r)
	}
	if err == nil && t.Remote != final {
		if err = s.Rename(ctx, t.Remote, final); err != nil {
			return r, fmt.Errorf("the whole file is %s on the server, and stays so: %w", t.Remote, err)
		}
		r.Remote = final
	}
	if err == nil && t.RemoveSource {
		err = removeSource(ctx, s, t, r)
	}
	return r, err
}

// named gives a result the name that was asked for, where the server did not
// say another.
func named(t Task, r Result) Result {
	if r.Remote == "" {
		r.Remote = t.Remote
	}
	return r
}

// carry moves the bytes. What it says of an upload is still to be proved.
func carry(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	start := time.Now()
	var r Result
	err := t.Bounds.within(ctx, m, func(ctx context.Context) (err error) {
		r, err = move(ctx, s, t, m)
		return err
	})
	if t.Op != UploadUnique {
		r.Remote = t.Remote
	}
	r.Local, r.Elapsed = t.Local, time.Since(start)
	return r, err
}

func move(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	switch {
	case (t.Resume || t.Offset > 0) && !s.Type().Counts():
		return Result{}, ErrTextResume
	case t.Op == Download && t.Out != nil:
		return downloadTo(ctx, s, t, m)
	case t.Op == BetweenServers:
		return betweenServers(ctx, s, t, m)
	case t.Op == Download:
		return download(ctx, s, t, m)
	}
	return upload(ctx, s, t, m)
}

// ErrTextResume is returned for a Task with Resume or Offset in type A, where
// bytes are counted differently on both sides.
var ErrTextResume = errors.New("text cannot be resumed, only binary files can")
