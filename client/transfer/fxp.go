package transfer

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
)

// betweenServers copies a file from the session's server to another one. With
// Resume it goes on behind what is there.
func betweenServers(ctx context.Context, s *client.Session, t Task) (Result, error) {
	r := Result{Size: t.Size, ModTime: t.ModTime}
	o := client.FXPOptions{InClear: t.InClear}
	if t.Resume {
		size, err := t.There.Size(ctx, t.Local)
		if err == nil && size < t.Size {
			o.Restart, r.Resumed = size, size
		}
	}
	size, err := client.FXP(ctx, s, t.Remote, t.There, t.Local, o)
	if err != nil {
		return r, err
	}
	if size >= 0 {
		r.Size, r.Bytes = size, size-r.Resumed
	}
	if t.Preserve && !t.ModTime.IsZero() {
		t.There.SetModTime(ctx, t.Local, t.ModTime) // a wish, not a condition
	}
	if t.Mode != 0 {
		t.There.Chmod(ctx, t.Mode, t.Local)
	}
	return r, nil
}
