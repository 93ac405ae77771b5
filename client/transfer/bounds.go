package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// Bounds end a transfer that takes too long. The zero value has none.
type Bounds struct {
	Time time.Duration // that a try may take
	Rate int64         // bytes in a second that are too few
	Over time.Duration // for so long; 0: DefaultOver
}

// DefaultOver is how long a transfer may be slow before it is ended.
const DefaultOver = 30 * time.Second

// SlowError says that a transfer was ended since it was beyond its Bounds.
type SlowError struct{ Reason string }

func (e *SlowError) Error() string { return "ended: " + e.Reason }

// Listing runs what lists a directory, and ends it after Time. How fast it comes
// does not matter.
func (b Bounds) Listing(ctx context.Context, list func(context.Context) error) error {
	return Bounds{Time: b.Time}.within(ctx, nil, list)
}

// within runs a try of a transfer, and ends it when it is beyond its bounds.
func (b Bounds) within(ctx context.Context, m *Meter, try func(context.Context) error) error {
	if b.Time == 0 && b.Rate == 0 {
		return try(ctx)
	}
	ctx, end := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		b.watch(ctx, m, func(reason string) { end(&SlowError{reason}) })
	}()
	err := try(ctx)
	end(nil)
	<-watched
	var slow *SlowError
	if err != nil && errors.As(context.Cause(ctx), &slow) {
		return slow
	}
	return err
}

// watch calls end when a transfer is beyond its bounds, and returns with ctx.
func (b Bounds) watch(ctx context.Context, m *Meter, end func(reason string)) {
	var late, measure <-chan time.Time
	if b.Time > 0 {
		late = time.After(b.Time)
	}
	b.Over = cmp.Or(b.Over, DefaultOver)
	if b.Rate > 0 {
		measure = time.Tick(b.Over)
	}
	var before int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-late:
			end(fmt.Sprintf("it took longer than %s", b.Time))
			return
		case <-measure:
			now := m.Moved()
			if now < before { // it was started over
				before = 0
			}
			if m.begun() && float64(now-before) < float64(b.Rate)*b.Over.Seconds() {
				end(fmt.Sprintf("it moved %d bytes in %s", now-before, b.Over))
				return
			}
			before = now
		}
	}
}
