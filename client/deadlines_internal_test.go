package client

import (
	"context"
	"net"
	"testing"
	"time"
)

// deadlines is a data connection that remembers its last deadline, and of which
// something happens just before it is set for the first time.
type deadlines struct {
	net.Conn
	before func()
	last   time.Time
}

func (c *deadlines) SetDeadline(t time.Time) error {
	if before := c.before; before != nil {
		c.before = nil
		before()
	}
	c.last = t
	return nil
}

// Whatever comes while a deadline is being set still shortens it: Ctrl-C, and the
// server's last word.
func TestNewsWhileADeadlineIsSet(t *testing.T) {
	for _, row := range []struct {
		name  string
		limit time.Duration
		news  func(*Data, context.CancelFunc)
		wait  func(*Data)
	}{
		{"an interrupt of a read", 0, func(_ *Data, cancel context.CancelFunc) { cancel() }, (*Data).setDeadline},
		{"an interrupt at the end of an upload", 0, func(_ *Data, cancel context.CancelFunc) { cancel() }, (*Data).finishUpload},
		{"the reply", lingerFull, func(d *Data, _ context.CancelFunc) { d.x.finish(Reply{Code: 550}) }, (*Data).setDeadline},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := &Conn{verifier: verifier{cfg: Options{}.withDefaults()}}
			d := &Data{ending: ending{attended: make(chan struct{}), told: make(chan struct{})}, conn: c, flow: flow{ctx: ctx, x: newExchange(c, "RETR")}}
			wire := &deadlines{before: func() { row.news(d, cancel) }}
			d.raw, d.rw = wire, wire
			row.wait(d)
			if left := time.Until(wire.last); left > row.limit {
				t.Errorf("%s are left to wait", left)
			}
		})
	}
}
