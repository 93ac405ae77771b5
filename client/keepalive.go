package client

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Quiet is for how long nothing has been said to the server.
func (v Server) Quiet() time.Duration {
	return v.s.conn.clock() - time.Duration(v.s.conn.lastSend.Load())
}

// CanKeepAlive reports whether KeepAlive makes sense: the connection stands, and
// the server has not refused NOOP (RFC 959 section 4.1.3) on it.
func (v Server) CanKeepAlive() bool {
	return v.s.conn.Err() == nil && !v.s.byHand && !v.s.conn.noopRefused.Load()
}

// KeepAlive sends NOOP (RFC 959 section 4.1.3) between transfers, and does not wait. A connection
// that is lost stays so: unlike all else this makes no new one. The function that it returns waits
// for the answer; the session may be used meanwhile.
func (s *peer) KeepAlive() (wait func(context.Context)) {
	c := s.conn
	x := c.Send("NOOP")
	return func(ctx context.Context) {
		if _, err := x.Expect(ctx, 2); refused(err) {
			c.noopRefused.Store(true)
		}
	}
}

// keepAlive sends NOOP while a transfer runs, until stop is closed, for routers
// that forget a connection on which nothing is said. Servers answer it at once,
// after the transfer, with 500, or several with one reply.
func (c *Conn) keepAlive(every time.Duration, stop <-chan struct{}) {
	tick := time.Tick(every)
	for {
		select {
		case <-tick:
			c.sendAll(command{verb: "NOOP", aside: true})
		case <-stop:
			return
		case <-c.done:
			return
		}
	}
}

// asideFor returns the place of a command sent aside, or ahead, that r answers
// while the transfer before it still runs, or 0. No transfer ends with these
// codes; proftpd says 450 to what it does not do now, and names it.
func (c *exchanges) asideFor(r Reply) int {
	if len(c.queue) == 0 || c.queue[0].preliminaries == 0 {
		return 0
	}
	plain := r.Code == 200 || r.Code == 500 || r.Code == 501 || r.Code == 502
	for i, x := range c.queue {
		switch {
		case x.aside && plain:
			return i
		case i > 0 && x.ahead && (slices.Contains(onlyCodes[x.Verb], r.Code) || r.Class() > 3 && strings.HasPrefix(r.Text(), x.Verb)):
			c.overtaken.Store(true)
			return i
		}
	}
	return 0
}

// unanswered reports whether a command sent aside waits for its answer.
func (c *exchanges) unanswered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.queue, func(x *Exchange) bool { return x.aside })
}
