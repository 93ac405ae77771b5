package client

import "errors"

// errNotYet is what a Conn ends with that stands for one to be made.
var errNotYet = errors.New("not connected yet")

// Clones makes other sessions what this one is.
type Clones struct{ s *Session }

// Clones returns that.
func (s *Session) Clones() Clones { return Clones{s} }

// Lazy returns a session with the same login, directory and settings, which
// connects with its first command; nothing is sent before. Its dialogue is seen
// by trace. It may be used beside s, by another goroutine.
func (cl Clones) Lazy(trace *Trace) *Session {
	t := cl.s.template()
	t.opt.Trace = trace
	t.conn = cl.s.conn.placeholder()
	return t
}

// placeholder is a Conn with the address and the protection of another one, that
// cannot be used.
func (c *Conn) placeholder() *Conn {
	closed := make(chan struct{})
	close(closed)
	in := &Conn{
		verifier:  verifier{cfg: c.cfg, host: c.host},
		stream:    stream{nc: c.socket(), cleared: c.hadTLS() && !c.isTLS()},
		exchanges: exchanges{err: errNotYet, done: closed, ordering: ordering{slots: make(chan struct{})}},
		name:      c.name, proxyTo: c.proxyTo, greeting: c.greeting, read: closed,
	}
	in.sentSecrets.Store(c.sentSecrets.Load())
	in.timeout.Store(c.timeout.Load())
	in.stall.Store(c.stall.Load())
	return in
}

// isStandIn reports whether the connection is still to be made.
func (c *exchanges) isStandIn() bool { return errors.Is(c.Err(), errNotYet) }

// Identity is what the session has logged in with, its secrets included.
func (cl Clones) Identity() Login { return cl.s.login }
