package transfer

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/ftpsh/ftpsh/client"
)

// relay reads on one server and writes on the other one. What is between is the buffer of a
// copy. The target is opened with the first byte, so that a source that refuses has done no harm
// to it, and half a file is ended by a reset: a close would make it a whole one. An old file stays
// until the copy is whole, beside it.
func relay(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	name := t.Local
	t.Local = t.landing.name(name)
	r, whole, err := beginCopy(ctx, s, &t)
	if err != nil {
		return r, err
	}
	if !whole {
		if err := t.fill(ctx, s, name, &r, m); err != nil {
			return r, err
		}
		r.Remote, r.Size = t.Local, r.Resumed+r.Bytes
		if err := proveCopy(ctx, s, t, &r); err != nil {
			return r, err
		}
	}
	if err := t.landing.settle(ctx); err != nil || whole && t.Local == name {
		return r, err
	}
	t.Local, r.Remote = name, name
	return r, asOriginal(ctx, t, &r)
}

// fill moves what the copy lacks. Where it has to start over it does so beside an old file.
func (t *Task) fill(ctx context.Context, s *client.Session, name string, r *Result, m *Meter) (err error) {
	if r.Resumed > 0 {
		err = pour(ctx, s, *t, r, m)
		if !restRefused(err) {
			return err
		}
		*r = Result{Size: t.Size, ModTime: t.ModTime, Note: "the servers cannot begin in the middle: copied again"}
	}
	if !t.Append {
		if t.Local, err = t.landing.choose(ctx, *t, name); err != nil {
			return err
		}
	}
	return pour(ctx, s, *t, r, m)
}

// landing is where all tries of a copy arrive.
type landing struct{ at *client.Landing }

// name is the one under which the copy is stored by now.
func (l *landing) name(own string) string {
	if l.at == nil {
		return own
	}
	return l.at.Name()
}

// choose looks, once, whether there is an old file. A mirror has seen that there is none.
func (l *landing) choose(ctx context.Context, t Task, own string) (string, error) {
	if l.at == nil && t.why != whyNew {
		var err error
		if l.at, err = client.Land(ctx, t.Target, own); err != nil {
			return own, err
		}
	}
	return l.name(own), nil
}

func (l *landing) settle(ctx context.Context) error {
	if l.at == nil {
		return nil
	}
	return l.at.Settle(ctx)
}

// clear removes what a copy that failed has left beside an old file. Of a new file it stays, to be
// gone on with.
func (l *landing) clear(ctx context.Context, own string, failed error) error {
	if l == nil || l.at == nil || l.at.Name() == own {
		return failed
	}
	return l.at.Clear(ctx, -1, failed)
}

// pour moves the bytes from r.Resumed on, and takes note of how many.
func pour(ctx context.Context, s *client.Session, t Task, r *Result, m *Meter) error {
	typ := t.Target.Type()
	t.Target.SetType(s.Type())
	defer t.Target.SetType(typ)
	t.KeepCR = true // text goes on as it comes
	into := &inlet{ctx: ctx, t: t, offset: r.Resumed}
	n, note, err := fetch(ctx, s, t, r.Resumed, into, m)
	if note != "" {
		r.Note = note
	}
	if err == nil {
		err = into.open()
	}
	r.Bytes = n
	if into.data == nil {
		return cmp.Or(into.err, err)
	}
	if err != nil && into.err == nil {
		into.data.Abort()
		_ = into.data.Close()
		return err
	}
	return cmp.Or(into.data.Close(), err) // what the target says tells more than a broken pipe
}

// inlet is the data connection to the target, from the first byte on.
type inlet struct {
	ctx    context.Context
	t      Task
	offset int64
	data   *client.Data
	err    error // why it takes no more
}

func (i *inlet) open() error {
	if i.data != nil || i.err != nil {
		return i.err
	}
	if i.t.Append {
		i.data, i.err = i.t.Target.Append(i.ctx, i.t.Local)
	} else {
		i.data, i.err = i.t.Target.Store(i.ctx, i.t.Local, i.offset)
	}
	return i.err
}

func (i *inlet) Write(p []byte) (n int, err error) {
	if err := i.open(); err != nil {
		return 0, err
	}
	n, i.err = i.data.Write(p)
	return n, i.err
}

// proveCopy asks the target about a copy.
func proveCopy(ctx context.Context, s *client.Session, t Task, r *Result) error {
	if sizeTells(s) {
		size, err := t.Target.Size(ctx, t.Local)
		if err := judgeUpload(r, size, err, t.anySize(t.Target)); err != nil {
			return err
		}
	}
	if t.Verify && !t.Append {
		return sameHash(ctx, s, t, r)
	}
	return nil
}

// sameHash compares the original and the copy: by a checksum that both servers compute, else by
// reading both.
func sameHash(ctx context.Context, s *client.Session, t Task, r *Result) error {
	algorithms := shared(s, t.Target)
	if len(algorithms) == 0 {
		d, err := t.Target.Retrieve(ctx, t.Local, 0)
		if err != nil {
			return err
		}
		err = sameBytes(ctx, s, t.Remote, d)
		return mismatch(t.Remote, "the bytes", d.CloseAfter(err))
	}
	one, err := s.Hash(ctx, t.Remote, algorithms[0])
	if err != nil {
		return err
	}
	other, err := t.Target.Hash(ctx, t.Local, algorithms[0])
	if err == nil && !bytes.Equal(one.Sum, other.Sum) {
		err = &MismatchError{Name: t.Local, Local: t.Remote, How: string(algorithms[0])}
	}
	r.Hash = string(algorithms[0]) + ":" + one.String()
	return err
}

// shared are the checksums that two servers compute.
func shared(one, other *client.Session) []client.Algorithm {
	theirs := other.Algorithms()
	return slices.DeleteFunc(slices.Clone(one.Algorithms()), func(a client.Algorithm) bool { return !slices.Contains(theirs, a) })
}
