package transfer

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// lookPeriod is the time between two looks at a copy between servers.
const lookPeriod = 2 * time.Second

// lookout tells a Meter how far a copy between servers is. Both control connections are silent
// while it lasts, so a third session asks for the size of the target; a copy that is over before
// the first look costs none.
type lookout struct {
	meter      *Meter
	from, size int64 // what was there before; -1 if the size is not known
	stop       context.CancelFunc
	looking    sync.WaitGroup
}

// over looks at the copy with that name until end.
func (l *lookout) over(ctx context.Context, target *client.Session, name string) {
	if l.end(); l.meter == nil {
		return
	}
	var copied atomic.Int64
	l.meter.start(l.from, l.size, copied.Load)
	ctx, l.stop = context.WithCancel(ctx)
	clone := target.Clones().Cloner()
	l.looking.Go(func() { l.look(ctx, clone, name, &copied) })
}

// look asks now and then, until ctx ends or the server does not say.
func (l *lookout) look(ctx context.Context, clone func(context.Context) (*client.Session, error), name string, copied *atomic.Int64) {
	if !tick(ctx) {
		return
	}
	s, err := clone(ctx)
	if err != nil {
		return
	}
	defer s.Drop()
	for {
		size, err := s.Size(ctx, name)
		if err != nil {
			return
		}
		copied.Store(max(size-l.from, 0))
		if !tick(ctx) {
			return
		}
	}
}

// tick waits for the next look; it reports false when ctx has ended.
func tick(ctx context.Context) bool {
	timer := time.NewTimer(lookPeriod)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// end stops looking.
func (l *lookout) end() {
	if l.stop != nil {
		l.stop()
		l.looking.Wait()
	}
}
