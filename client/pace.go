package client

import (
	"context"
	"errors"
	"slices"
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
	haste
}

// haste is what a Pace knows of a server that may refuse data connections because they come too fast.
type haste struct {
	found   func(every time.Duration) // nil: it does not learn
	moved   []time.Time               // when the last transfers began that came to a good end
	before  time.Duration             // the distance before the one that is on trial
	resumes time.Time                 // when the pause after a refusal ends
	refused int                       // how often in a row since the trial began; 0: there is none
}

const (
	burst      = 8               // so many transfers that work make a refusal behind them one of haste
	burstTime  = 2 * time.Second // when they begin within this time
	hastePause = time.Second     // before the first try after a refusal; twice as long before each further one
	hasteTries = 4               // pauses, until it is known that haste is not the reason
)

// paces are the distances that are tried, one after the other.
var paces = []time.Duration{time.Second / 5, time.Second / 2, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}

// Set says how far apart; 0: not at all.
func (p *Pace) Set(every time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if trial := p.refused > 0 && every == p.before; p.every != every && !trial {
		p.refused = 0
		p.every, p.next = every, time.Time{}
	}
}

// Learn has the transfers keep a distance once the server refuses a quick series of data connections
// where the same worked a moment before, and works again after a pause. Then found hears of the
// distance. With nil nothing is learned.
func (p *Pace) Learn(found func(every time.Duration)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found = found; found == nil {
		p.refused = 0
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

// wait waits for its turn, and once more where there was a refusal meanwhile.
func (p *Pace) wait(ctx context.Context) error {
	for p.on() {
		turn, resumes := p.turn()
		select {
		case <-time.After(time.Until(turn)):
		case <-ctx.Done():
			return ctx.Err()
		}
		if !p.paused(resumes) {
			return nil
		}
	}
	return nil
}

// turn takes the next turn. It returns the last pause, too.
func (p *Pace) turn() (at, resumes time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at = p.next
	if now := time.Now(); at.Before(now) {
		at = now
	}
	p.next = at.Add(p.every)
	return at, p.resumes
}

// paused reports whether there was another pause since.
func (p *Pace) paused(since time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.resumes.Equal(since)
}

// heard learns from the reply to a command that was sent then.
func (p *Pace) heard(verb string, r Reply, sent time.Time) {
	switch {
	case p == nil:
	case dataVerbs[verb] && r.Class() == 2:
		p.worked(sent)
	case (dataVerbs[verb] || verb == "EPSV" || verb == "PASV") && (r.Code == 421 || r.Code == 425):
		p.refuse(sent)
	}
}

// dialled learns from what came of a data connection that was begun then.
func (p *Pace) dialled(ctx context.Context, err error, began time.Time) {
	if p != nil && ctx.Err() == nil && errors.As(err, new(*ConnectError)) {
		p.refuse(began)
	}
}

// worked notes a transfer that came to a good end. The first one after a pause proves that it was
// the haste that the server did not stand.
func (p *Pace) worked(began time.Time) {
	p.mu.Lock()
	found, every := p.found, p.every
	proven := p.refused > 0 && !began.Before(p.resumes)
	if p.moved = append(p.moved, began); len(p.moved) > burst {
		p.moved = slices.Delete(p.moved, 0, 1)
	}
	if proven {
		p.refused = 0
	}
	p.mu.Unlock()
	if proven && found != nil {
		found(every)
	}
}

// refuse slows down where the server refuses after a burst. Other refusals say nothing about haste.
func (p *Pace) refuse(began time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.found == nil, began.Before(p.resumes): // it belongs to the burst
		return
	case p.refused == hasteTries: // no pause has helped
		p.every, p.refused = p.before, 0
		return
	case p.refused == 0:
		i := slices.IndexFunc(paces, func(d time.Duration) bool { return d > p.every })
		if i < 0 || len(p.moved) < burst || began.Sub(p.moved[0]) > burstTime+2*burst*p.every {
			return
		}
		p.before, p.every = p.every, paces[i]
	}
	p.resumes = time.Now().Add(hastePause << p.refused)
	p.next, p.moved = p.resumes, nil
	p.refused++
}
