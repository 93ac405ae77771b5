package client

import (
	"context"
	"sync"
	"time"
)

// Pace keeps a distance in time between what a server may see too much of: firewalls and servers ban
// those who connect too often. The zero value keeps none. Sessions may share one, and it may be
// changed while they use it.
type Pace struct {
	mu    sync.Mutex
	every time.Duration
	next  time.Time
}

// Set says how far apart; 0: not at all.
func (p *Pace) Set(every time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.every != every {
		p.every, p.next = every, time.Time{}
	}
}

// on reports whether there is a distance to keep.
func (p *Pace) on() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.every > 0
}

// wait waits for its turn.
func (p *Pace) wait(ctx context.Context) error {
	if !p.on() {
		return nil
	}
	p.mu.Lock()
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	turn := time.NewTimer(p.next.Sub(now))
	p.next = p.next.Add(p.every)
	p.mu.Unlock()
	defer turn.Stop()
	select {
	case <-turn.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
