package transfer

import (
	"cmp"
	"context"

	"github.com/ftpsh/ftpsh/client"
)

// direct has the servers copy a file from the session's one to another one. With
// Resume it goes on behind what is there, when that is the beginning of the file.
func direct(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	r, whole, err := beginCopy(ctx, s, &t)
	if err != nil || whole {
		return r, err
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
	return r, asOriginal(ctx, t, &r)
}
