package client

import (
	"context"
	"sync"
)

// A Pause holds the data connections still that are opened with its context: nothing is read or sent
// between Hold and Resume. A server does not wait for ever.
type Pause struct {
	mu   sync.Mutex
	over chan struct{} // nil: nothing is held
}

// Hold begins it.
func (p *Pause) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over == nil {
		p.over = make(chan struct{})
	}
}

// Resume ends it.
func (p *Pause) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over != nil {
		close(p.over)
		p.over = nil
	}
}

// Held reports whether it holds.
func (p *Pause) Held() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over != nil
}

type pauseKey struct{}

// WithPause is a context whose data connections p can hold still.
func WithPause(ctx context.Context, p *Pause) context.Context {
	return context.WithValue(ctx, pauseKey{}, p)
}

// pauseOf is the one of a context; nil: none.
func pauseOf(ctx context.Context) *Pause {
	p, _ := ctx.Value(pauseKey{}).(*Pause)
	return p
}

// wait waits while it holds.
func (p *Pause) wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if over == nil {
		return nil
	}
	select {
	case <-over:
		return p.wait(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}
