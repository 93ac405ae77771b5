package transfer

import (
	"context"
	"errors"
	"hash"
	"math/rand/v2"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// Retry says how often a transfer that broke on the way is tried again; it goes
// on where it broke. The zero value means never.
type Retry struct {
	Most int                        // how often at most
	Wait time.Duration              // before the first time; twice as long each time, with jitter
	On   func(error) bool           // after which failures; nil: those that pass with time
	Tell func(error, time.Duration) // hears of each before the wait; may be nil
}

// DefaultRetry waits 1, 2, 4 and 8 seconds: long enough for a server that is
// restarted.
var DefaultRetry = Retry{Most: usualRetries, Wait: firstWait}

const (
	usualRetries = 4
	firstWait    = time.Second
	longestWait  = 5 * time.Minute
)

// again waits before the try with this number, from 1. It reports false when
// there is to be none.
func (r Retry) again(ctx context.Context, try int, err error) bool {
	on := r.On
	if on == nil {
		on = passing
	}
	if try > r.Most || ctx.Err() != nil || hopeless(err) || !on(err) {
		return false
	}
	wait := r.Pause(try)
	if r.Tell != nil {
		r.Tell(err, wait)
	}
	return pause(ctx, wait) == nil
}

// Pause is how long is waited before the try with this number, from 1. The
// jitter keeps clients that were cut off together from coming back together.
func (r Retry) Pause(try int) time.Duration {
	wait := min(r.Wait<<min(try-1, 10), max(r.Wait, longestWait))
	return wait + rand.N(wait/5+1)
}

// hopeless reports whether another try would end as this one: the server sends more
// than it may, or comes from an address that is turned away.
func hopeless(err error) bool {
	return errors.As(err, new(*client.ExcessError)) || errors.As(err, new(*client.StrangerError))
}

// stuck reports whether the last two tries ended with the same number of bytes: it is not
// the line that cuts the file, and a third try would not help.
func (t Task) stuck(err error) bool {
	var now *VerifyError
	return errors.As(err, &now) && t.short != nil && now.Got == t.short.Got
}

// passing reports whether another try may help.
func passing(err error) bool {
	if errors.As(err, new(*client.NoDataError)) || errors.As(err, new(*client.NoFXPError)) {
		return false // all ways were tried
	}
	var verify *VerifyError
	var lost *client.LostError
	var cut *client.IncompleteError
	var slow *client.TimeoutError
	var connect *client.ConnectError
	return errors.As(err, &verify) || errors.As(err, &lost) || errors.As(err, &cut) || errors.As(err, &slow) ||
		errors.As(err, &connect) || client.IsCode(err, 421, 425, 426, 451, 452)
}

// mistaken reports whether a refusal may have been meant for something else: the
// server says more than it was asked.
func mistaken(s *client.Session, err error) bool { return isRefusal(err) && s.Pipeline().Desynced() }

// canRepeat reports whether a transfer that broke may be made again: bytes that
// have left through a pipe cannot be taken back, and nothing is added twice. A checksum starts over.
func (t Task) canRepeat(r Result) bool {
	switch {
	case t.Op == Append, t.Op == UploadUnique, t.Append, t.In != nil:
		return false
	}
	_, sum := t.Out.(hash.Hash)
	return t.Out == nil || sum || r.Bytes == 0
}

// after is the same task once more, after a try that moved r and ended with err.
func (t Task) after(r Result, typ client.Type, err error) Task {
	// A part that was asked for is still to be resumed when nothing was added to it; one whose end
	// could not be read is not looked at twice.
	unread := r.Resumed == 0 && (errors.As(err, new(*client.IncompleteError)) || client.IsCode(err, 425, 426))
	asked := t.Resume && r.Bytes == 0 && t.Op != Download && !unread
	t.Resume = typ.Counts() && (t.Op == Download || r.Bytes > 0 || asked || t.again && t.Resume)
	t.again = t.again || !asked
	t.Resume = t.Resume && t.Out == nil && !r.deflated // what a server makes of MODE Z is no beginning of the file
	t.Known, t.short = false, nil                      // what was asked before is asked again
	if sum, is := t.Out.(hash.Hash); is {
		sum.Reset()
	}
	errors.As(err, &t.short)
	return t
}
