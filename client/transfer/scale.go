package transfer

import (
	"context"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

const (
	initialSessions = 4                    // sessions that are opened without measuring
	highLatency     = 5 * time.Millisecond // as far away is a server for which all are: each waits for its own round trips
	minFiles        = 8                    // files that one session moves before another has logged in
	minBytes        = 16 << 20
	minSpeedup      = 1.2 // what they must bring at least, before there are twice as many
	leastTime       = 100 * time.Millisecond
)

// grow opens more sessions while there is work for them: as many as were asked
// for, or else as many as make it faster. A refusal (421, 530) tells how many
// the server allows.
func (e *Engine) grow(ctx context.Context, serve func(*client.Session)) {
	if !e.wants(1) {
		return
	}
	most, fast := e.Parallel, e.Parallel
	if most == 0 {
		most, fast = MostSessions, e.atOnce()
	}
	for n := 1; n < most && e.Limit() == 0; {
		start, moved := time.Now(), e.moved()
		n += e.openMore(ctx, min(fast, most)-n, n, serve)
		before := (e.moved() - moved) / max(time.Since(start), leastTime/4).Seconds() // while they logged in
		fast = 2 * n
		rate, ok := e.measure(ctx)
		if !ok || rate < minSpeedup*before || !e.wants(n) {
			return
		}
	}
}

// atOnce is how many sessions are opened without measuring what they bring.
func (e *Engine) atOnce() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rtt >= highLatency {
		return MostSessions
	}
	return initialSessions
}

// openMore opens up to more sessions beside n, at once, and returns how many it
// tried: those for which there is work.
func (e *Engine) openMore(ctx context.Context, more, n int, serve func(*client.Session)) (tried int) {
	var openings sync.WaitGroup
	for ; tried < more && e.wants(n+tried); tried++ {
		openings.Go(func() { e.open(ctx, serve) })
	}
	openings.Wait()
	return tried
}

// wants waits until there is work for one more than n sessions. It reports
// false when there will be none.
func (e *Engine) wants(n int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		if e.stopped != nil {
			return false
		}
		e.fill()
		waiting := len(e.jobs) + len(e.visits)
		parts := waiting > 0 && len(e.jobs) > 0 && e.jobs[0].of != nil // one for each session
		large := e.size-e.bytes >= minBytes
		switch {
		case waiting > 0 && (large || e.Parallel > 0):
			waiting += e.active // who moves a large file does not take the next one soon; and so many were asked for
		case !large && waiting < minFiles && e.Parallel == 0:
			waiting = 0 // not worth a login
		}
		switch {
		case e.full:
			return false
		case waiting > n, parts:
			return true
		case len(e.sources) == 0 && len(e.visits) == 0 && len(e.running) == e.active: // nobody finds more
			return false
		}
		e.changed.Wait()
	}
}

// open opens one more session and lets it work.
func (e *Engine) open(ctx context.Context, serve func(*client.Session)) {
	e.mu.Lock()
	clone := e.clone
	e.mu.Unlock()
	s, err := clone(ctx)
	if err != nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.full = e.full || gone(err)
		e.refused = e.refused || gone(err) && client.Refusal(err) != nil
		return
	}
	e.mu.Lock()
	e.workers++
	e.peak = max(e.peak, e.workers)
	e.mu.Unlock()
	serve(s)
}

// measure returns how much is done in a second, over a while.
func (e *Engine) measure(ctx context.Context) (rate float64, ok bool) {
	start, before := time.Now(), e.moved()
	if pause(ctx, leastTime) != nil {
		return 0, false
	}
	return (e.moved() - before) / time.Since(start).Seconds(), true
}
