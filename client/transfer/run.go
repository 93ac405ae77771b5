package transfer

import (
	"cmp"
	"context"
	"errors"
	"strings"
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
	t.landing = &landing{}
	var moved int64 // by the tries that broke
	for try := 1; ; try++ {
		inStep := !s.Pipeline().Desynced()
		r, err := once(ctx, s, &t, m)
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
			if err != nil {
				err = t.landing.clear(ctx, t.Local, err)
			}
			r.Elapsed = time.Since(start)
			return named(t, r), err
		}
		moved += r.Bytes
		t = t.after(r, s.Type(), err)
	}
}

// once makes one try. With Atomic an upload has another name until it is complete.
func once(ctx context.Context, s *client.Session, task *Task, m *Meter) (Result, error) {
	if r, there, err := task.isThere(ctx, s); there || err != nil {
		return r, err
	}
	if err := task.aside(ctx, s); err != nil {
		return Result{}, err
	}
	t := *task
	switch {
	case t.part != "":
		t.Remote = t.part
	case t.Op == Upload && t.Before != nil: // else it is asked when the file gets its name
		if err := t.Before(ctx, s); err != nil {
			return Result{}, err
		}
	}
	if typ := s.Type(); t.Text && typ == client.Binary {
		s.SetType(client.ASCII)
		defer s.SetType(typ)
	}
	r, err := carry(ctx, s, t, m)
	if t.Check && isDupe(err) {
		return task.leftOut(-1, "the server calls it a dupe: not sent"), nil
	}
	if err == nil && proves(t, r) {
		err = prove(ctx, s, t, &r)
	}
	if err == nil && t.part != "" {
		err = task.uncover(ctx, s, &r)
	}
	if err == nil && t.RemoveSource {
		err = removeSource(ctx, s, t, r)
	}
	return r, err
}

// uncover gives an upload that is whole the name that it is for.
func (t *Task) uncover(ctx context.Context, s *client.Session, r *Result) error {
	if t.Before != nil {
		if err := t.Before(ctx, s); err != nil {
			_ = s.Remove(ctx, t.part)
			return err
		}
	}
	if err := s.Rename(ctx, t.part, t.Remote); err != nil {
		if s.Options().Stage != nil {
			return err
		}
		if t.OrInPlace && isRefusal(err) {
			return t.inPlace(ctx, s, r, &UncoverError{t.part, err})
		}
		return &UncoverError{t.part, err}
	}
	r.Remote, r.Note = t.Remote, cmp.Or(r.Note, t.asideNote(s))
	return nil
}

// isDupe reports whether a server refuses a file since it has it, or had it once, under any name.
func isDupe(err error) bool {
	no := client.Refusal(err)
	return no != nil && no.Reply.Code == 553 && strings.Contains(strings.ToLower(no.Reply.Text()), "dupe")
}

// UncoverError says that an upload is whole and has not the name that it is for.
type UncoverError struct {
	Part string
	Err  error
}

func (e *UncoverError) Error() string {
	return "the whole file is " + e.Part + " on the server, and stays so: " + e.Err.Error()
}
func (e *UncoverError) Unwrap() error { return e.Err }

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
