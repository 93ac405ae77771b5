package transfer

import (
	"cmp"
	"context"
	"sync"
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
	from, size int64         // what was there before; -1 if the size is not known
	period     time.Duration // between two looks; 0: lookPeriod
	stop       context.CancelFunc
	looking    sync.WaitGroup
}

// over looks at the copy with that name until end.
func (l *lookout) over(ctx context.Context, target *client.Session, name string) {
	if l.end(); l.meter == nil {
		return
	}
	seen := &sight{begun: time.Now()}
	l.meter.now.Store(&measure{base: l.from, total: max(l.size, -1), moved: seen.moved, pace: seen.pace})
	ctx, l.stop = context.WithCancel(ctx)
	clone := target.Clones().Cloner()
	l.looking.Go(func() { l.look(ctx, clone, name, seen) })
}

// sight is what the last look has shown.
type sight struct {
	mu     sync.Mutex
	begun  time.Time
	copied int64
	took   time.Duration // until then
}

func (s *sight) see(copied int64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.copied, s.took = max(copied, 0), now.Sub(s.begun)
}

func (s *sight) moved() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copied
}

// pace is that up to the last look: nobody knows what has come since.
func (s *sight) pace() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.took <= 0 {
		return 0
	}
	return float64(s.copied) / s.took.Seconds()
}

// look asks now and then, until ctx ends or the server does not say.
func (l *lookout) look(ctx context.Context, clone func(context.Context) (*client.Session, error), name string, seen *sight) {
	if !l.tick(ctx) {
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
		seen.see(size-l.from, time.Now())
		if !l.tick(ctx) {
			return
		}
	}
}

// tick waits for the next look; it reports false when ctx has ended.
func (l *lookout) tick(ctx context.Context) bool {
	return pause(ctx, cmp.Or(l.period, lookPeriod)) == nil
}

// end stops looking.
func (l *lookout) end() {
	if l.stop != nil {
		l.stop()
		l.looking.Wait()
	}
}
