package client

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"net"
	"os"
	"time"
)

// This file is about the two ends of a transfer that do not come as they
// should: a server that says nothing before the data, and one that does not
// close the data connection behind it.

const (
	preliminaryGrace = time.Second     // without a reply, then the server may be waiting for us
	lingerFull       = 2 * time.Second // for the end of data, when all of it is there
	lingerNone       = time.Second     // for the first byte of a listing that is over already
)

// open waits until the server agrees to the transfer, and for the connection in
// active mode. TLS is ready to be started then, unless it had to be before.
func (d *Data) open(ctx context.Context, ch channel) error {
	if p, ok := ch.(*passive); ok {
		d.connect(p.nc)
		d.expectOpening(ctx)
	}
	r, err := d.opening(ctx)
	if a, ok := ch.(*active); ok && IsCode(err, 425, 426) {
		err = a.refused(err)
	}
	if err != nil {
		return err
	}
	d.size = ParseOpening(r)
	if d.raw != nil {
		return nil
	}
	raw, err := ch.connection(ctx, d.x)
	if err != nil {
		return err
	}
	d.connect(raw)
	return nil
}

func (d *Data) connect(raw net.Conn) {
	if raw == nil { // an empty directory, to some servers
		d.eof, d.protect = true, false
		return
	}
	d.raw, d.rw = raw, raw
	if d.protect {
		d.spy = &eofDetector{Conn: raw}
		tickets := tls.ClientSessionCache(dataTickets{&d.conn.tickets})
		if d.fresh {
			tickets = nil
		}
		d.rw = tls.Client(d.spy, d.conn.dataConfig(tickets))
	}
}

// opening returns the first reply; none when data came instead of it.
func (d *flow) opening(ctx context.Context) (Reply, error) {
	if _, early := d.rw.(*begun); early && !closed(d.x.begun) {
		return Reply{}, nil
	}
	r, err := d.x.Begin(ctx)
	if err == nil && r.Class() > 2 {
		err = &Error{Verb: d.x.Verb, Reply: r}
	}
	return r, err
}

// expectOpening waits for the first reply. When there is none for a while the
// server may want the handshake first, or send its data without a word.
func (d *Data) expectOpening(ctx context.Context) {
	select {
	case <-d.x.begun:
	case <-ctx.Done():
	case <-time.After(preliminaryGrace):
		switch {
		case d.protect:
			d.shakeEarly(ctx)
		case !d.upload:
			d.readEarly(ctx)
		}
	}
}

// shakeEarly starts the handshake while the reply is awaited. It has its usual
// time once the reply is there.
func (d *Data) shakeEarly(ctx context.Context) {
	d.conn.cfg.Trace.note(NoteInfo{d.name, "handshake.early", "no reply to " + d.x.Verb + ": TLS starts before it"})
	ctx, cancel := context.WithCancelCause(ctx)
	shaken := make(chan error, 1)
	go func() { shaken <- d.conn.doHandshake(ctx, d.rw.(*tls.Conn), dataChannel, d.name) }()
	if r, err := d.x.Begin(ctx); err != nil || r.Class() > 2 {
		cancel(err)
	}
	limit := time.AfterFunc(d.conn.cfg.Handshake, func() { cancel(errSlowHandshake) })
	_ = d.failed(<-shaken)
	limit.Stop()
	cancel(nil)
}

// readEarly waits for a reply or for the first byte, whichever comes first.
func (d *flow) readEarly(ctx context.Context) {
	came := make(chan struct{})
	var first [1]byte
	var n int
	go func() {
		n, _ = d.raw.Read(first[:])
		close(came)
	}()
	_ = d.x.await(ctx, d.x.begun, came)
	d.raw.SetReadDeadline(time.Unix(1, 0))
	<-came
	d.raw.SetReadDeadline(time.Time{})
	if n > 0 {
		d.rw = &begun{d.raw, first[:n]}
	}
}

// begun is a connection of which something has been read already.
type begun struct {
	net.Conn
	first []byte
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) == 0 {
		return b.Conn.Read(p)
	}
	n := copy(p, b.first)
	b.first = b.first[n:]
	return n, nil
}

// Expect tells how many bytes will come, when the caller knows it. Where the
// server says that it has sent all but never closes the data connection, the
// transfer is over once they are there.
func (p *purpose) Expect(size int64) { p.want.Store(size) }

// Bound tells how many bytes may come at most; reading more fails with an
// ExcessError. Compressed data is bounded by what it holds.
func (d *passed) Bound(most int64) { d.most.Store(most) }

// excess says that more has come than Bound allows.
func (d *passed) excess() error {
	if most := d.most.Load(); most >= 0 && d.bytes.Load() > most {
		return &ExcessError{most}
	}
	return nil
}

// left is how many bytes of a download are to be moved at most before it is seen
// whether all of them are there.
func (d *flow) left() int64 {
	left := int64(math.MaxInt64)
	if want := d.wanted(); !d.upload && want > d.Transferred() {
		left = want - d.Transferred()
	}
	if most := d.most.Load(); most >= 0 {
		left = min(left, most+1-d.Transferred())
	}
	return left
}

// wanted is how many bytes somebody has spoken of, -1 where nobody has.
func (p *purpose) wanted() int64 {
	if want := p.want.Load(); want >= 0 {
		return want
	}
	return p.size
}

// replied is called when the final reply is in: what is still to come is on
// its way, so there is less to wait for.
func (d *Data) replied() {
	if d.early && d.x.first.Class() > 2 {
		d.raw.SetDeadline(time.Unix(1, 0))
		return
	}
	if !d.upload || d.x.final.Class() != 2 {
		d.setDeadline()
	}
}

// setDeadline bounds the wait for the next byte. The reply may come just then.
func (d *Data) setDeadline() {
	over := closed(d.x.done)
	d.within(d.patience())
	if !over && closed(d.x.done) {
		d.within(d.patience())
	}
}

// within bounds what is waited for on the data connection; nothing is when the
// context has ended, however late.
func (d *flow) within(limit time.Duration) {
	d.raw.SetDeadline(time.Now().Add(limit))
	if d.ctx.Err() != nil {
		d.raw.SetDeadline(time.Unix(1, 0))
	}
}

// patience is how long the next byte may take.
func (d *Data) patience() time.Duration {
	switch {
	case !closed(d.x.done):
		return time.Duration(d.conn.stall.Load())
	case d.x.final.Class() != 2, d.isFull():
		return lingerFull
	case d.isNothing():
		return lingerNone
	}
	return time.Duration(d.conn.stall.Load())
}

// isFull reports whether all bytes are there that anybody spoke of.
func (d *flow) isFull() bool {
	want := d.wanted()
	return !d.upload && want >= 0 && d.Transferred() >= want
}

// isNothing reports whether this is a listing that ended before it began: some
// servers say 226 at once for an empty directory.
func (d *flow) isNothing() bool {
	return d.listing && d.Transferred() == 0 && d.x.first.Class() == 2
}

// lingers reports whether err is only the missing end of a data connection on
// which nothing more is to come.
func (d *flow) lingers(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) && d.ctx.Err() == nil && d.done() && (d.isFull() || d.isNothing())
}

func (d *flow) done() bool { return closed(d.x.done) && d.x.final.Class() == 2 }
