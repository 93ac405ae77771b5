package practice

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// A brake slows down those who guess passwords. Each wrong one makes the next password from the same address wait
// longer before it is looked at, so that hanging up and dialling again, or asking on many connections at once, gains
// nothing.
type brake struct {
	now    func() time.Time    // nil: time.Now
	waited func(time.Duration) // in place of waiting, in tests

	mu    sync.Mutex
	tries map[netip.Prefix]*guesses
}

// guesses are the wrong passwords of one address.
type guesses struct {
	wrong int
	next  time.Time // when the next password is looked at
}

const (
	firstDelay   = 100 * time.Millisecond // a typing error costs nobody more
	longestDelay = 10 * time.Second
	longestQueue = 30 * time.Second // who would have to wait longer is turned away
	forgetAfter  = 15 * time.Minute
	manyGuessers = 10_000 // addresses that are remembered
)

// delay is how long the password after so many wrong ones waits.
func delay(wrong int) time.Duration {
	if wrong < 1 {
		return 0
	}
	return min(firstDelay<<min(wrong-1, 10), longestDelay)
}

// turn is how long the next password from an address has to wait, or false when too many wait before it.
func (b *brake) turn(addr netip.Prefix) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.tries[addr]
	if g == nil {
		return 0, true
	}
	now := b.time()
	wait := max(0, g.next.Sub(now))
	if wait > longestQueue {
		return 0, false
	}
	g.next = now.Add(wait + delay(g.wrong))
	return wait, true
}

// wrong counts a wrong password and returns how many there were.
func (b *brake) wrong(addr netip.Prefix) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.time()
	g := b.tries[addr]
	if g == nil {
		b.makeRoom(now)
		g = &guesses{}
		b.tries[addr] = g
	}
	g.wrong++
	if next := now.Add(delay(g.wrong)); next.After(g.next) {
		g.next = next
	}
	return g.wrong
}

// makeRoom forgets those who stopped guessing, and anybody where there are too many.
func (b *brake) makeRoom(now time.Time) {
	if b.tries == nil {
		b.tries = map[netip.Prefix]*guesses{}
	}
	if len(b.tries) < manyGuessers {
		return
	}
	for addr, g := range b.tries {
		if now.Sub(g.next) > forgetAfter {
			delete(b.tries, addr)
		}
	}
	for addr := range b.tries {
		if len(b.tries) < manyGuessers {
			return
		}
		delete(b.tries, addr)
	}
}

// right forgets the wrong passwords of somebody who knew it in the end.
func (b *brake) right(addr netip.Prefix) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tries, addr)
}

func (b *brake) time() time.Time {
	if b.now != nil {
		return b.now()
	}
	return time.Now()
}

// origin is whom an address is counted for: itself, or its network where one person has a whole one (IPv6: /64).
func origin(addr net.Addr) netip.Prefix {
	peer, _ := netip.ParseAddrPort(addr.String())
	ip := peer.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() && !ip.IsLoopback() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits)
	return prefix
}
