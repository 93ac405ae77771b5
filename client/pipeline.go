package client

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// This file saves round trips where one transfer follows another. The command
// of a transfer leaves together with the SYN of its data connection; the
// request for the next data connection leaves right behind it; what is to be
// asked about the file before leaves in front of it.

// Pipeline is what leaves with the next transfer of a session, or with one packet: it saves round
// trips where many small files follow one another. The answers come later.
type Pipeline struct{ s *Session }

// Pipeline returns that.
func (s *Session) Pipeline() Pipeline { return Pipeline{s} }

// pipeline is what a Session has under way between two transfers.
type pipeline struct {
	more   bool
	never  bool                    // the server loses its place when a data connection is arranged ahead
	ahead  *ahead                  // the next data connection, if it has been asked for
	first  *Transfer               // what follows the login, if that is known
	riders []*deferredCommand      // commands that leave with the next transfer, or have left with the last
	told   []func(context.Context) // changes that are made before the next transfer, since somebody is told of them
}

// ahead is a data connection that was asked for behind the transfer before.
type ahead struct {
	conn *Conn
	way  DataMode
	name string
	ch   channel
	x    *Exchange

	aborts int64 // of conn, when it was asked for
}

// deferredCommand is a command whose answer nobody waits for.
type deferredCommand struct {
	command
	x    *Exchange // nil until it is sent
	then func(Reply, error)
}

// ExpectMore says whether other transfers follow the next one, which should be a
// small one: the data connection of its successor is then asked for behind its
// command (EPSV, RFC 2428 section 3), where the server stands that, and an upload does not wait for
// the server's preliminary reply, so that a refusal may come as late as Close.
func (p Pipeline) ExpectMore(more bool) { p.s.pipe.more = more }

// canMoveData reports whether the server is thought to take a request for a
// data connection while another one is in use.
func (s *outbox) canMoveData() bool {
	return !s.pipe.never && !s.quirks.ClosesAhead && (s.quirks.Server != "" || s.feat.Has("SIZE"))
}

// Disable stops what ExpectMore allows, in this session, for a server that turned out
// not to stand it.
func (p Pipeline) Disable() { p.s.pipe.never = true }

// Desynced reports whether the server has said more than it was asked. Nothing
// is sent ahead then, and no two commands at once.
func (p Pipeline) Desynced() bool { return p.s.desynced() }

func (s *peer) desynced() bool {
	return s.desyncedBefore || s.conn != nil && s.conn.outOfStep.Load()
}

// Size asks for the size of a file (SIZE, RFC 3659 section 4) with the next transfer, and in
// front of it. The answer is given to then, by a later method of the Session at
// the latest by Flush, which must be called before the directory is changed.
func (p Pipeline) Size(name string, then func(int64, error)) {
	p.s.deferCommand(p.s.short("SIZE", wirePath(name)), func(r Reply, err error) {
		var size int64
		if p.s.answered("SIZE", err); err == nil {
			size, err = ParseSize(r)
		}
		then(size, err)
	})
}

// SetModTime sets the time of a file with the next transfer, as Size
// asks for a size. It reports false, and does nothing, where it is not known
// yet how this server sets times.
func (p Pipeline) SetModTime(name string, t time.Time) bool {
	order := p.s.timeOrder()
	if len(order) == 0 {
		return true
	}
	if !p.s.Server().CanSetModTime() {
		return false
	}
	way := timeWays[order[0]].command(t.UTC().Format(timeVal), wirePath(name))
	p.s.changeLater(Change{Do: SetTime, Path: name, Time: t}, way, func(ctx context.Context) error { return p.s.SetModTime(ctx, name, t) },
		func(error) {}) // a wish, not a condition
	return true
}

// Remove deletes a file (DELE, RFC 959 section 4.1.3) with the next transfer, or with Flush.
func (p Pipeline) Remove(name string, then func(error)) {
	p.s.changeLater(Change{Do: Delete, Path: name}, cmd("DELE", wirePath(name)),
		func(ctx context.Context) error { return p.s.Remove(ctx, name) }, then)
}

// Rmdir does the same for an empty directory (RMD, RFC 959 section 4.1.3).
func (p Pipeline) Rmdir(dir string, then func(error)) {
	p.s.changeLater(Change{Do: Rmdir, Path: dir}, cmd(p.s.verbFor("RMD"), wirePath(dir)),
		func(ctx context.Context) error { return p.s.Rmdir(ctx, dir) }, then)
}

// Chmod does the same for permissions (SITE CHMOD; no RFC has it).
func (p Pipeline) Chmod(mode fs.FileMode, name string, then func(error)) {
	p.s.changeLater(Change{Do: Chmod, Path: name, Mode: mode}, cmd("SITE", "CHMOD", fmt.Sprintf("%o", mode.Perm()), wirePath(name)),
		func(ctx context.Context) error { return p.s.Chmod(ctx, mode, name) }, then)
}

// Waiting returns how many commands wait for the next transfer, or for their
// answers.
func (p Pipeline) Waiting() int { return len(p.s.pipe.riders) + len(p.s.pipe.told) }

func (s *outbox) deferCommand(m command, then func(Reply, error)) {
	if m.failed == nil {
		m.failed = s.tooLong(m.verb, m.args)
	}
	s.pipe.riders = append(s.pipe.riders, &deferredCommand{command: m, then: then})
}

// Flush sends what waits for the next transfer and returns when all of it is
// answered. Its error is that of the connection; then has heard of it too.
func (p Pipeline) Flush(ctx context.Context) error { return p.s.flush(ctx) }

func (s *dialogue) flush(ctx context.Context) error {
	s.tellLater(ctx)
	if len(s.pipe.riders) == 0 {
		return nil
	}
	c, err := s.ready(ctx)
	if err == nil {
		s.flushWith(ctx, c)
	}
	riders := s.pipe.riders
	s.pipe.riders = nil
	for _, r := range riders {
		reply, failed := Reply{}, err
		if r.x != nil {
			reply, failed = r.x.Expect(ctx, 2)
		}
		r.then(reply, failed)
		if failed != nil && !refused(failed) {
			err = failed
		}
	}
	return err
}

// flushWith sends commands behind the riders that wait.
func (s *outbox) flushWith(ctx context.Context, c *Conn, commands ...command) []*Exchange {
	var all []command
	var riding []*deferredCommand
	for _, r := range s.pipe.riders {
		if r.x == nil {
			all, riding = append(all, r.command), append(riding, r)
		}
	}
	xs := c.sendMany(ctx, append(all, commands...)...)
	for i, r := range riding {
		r.x = xs[i]
	}
	return xs[len(riding):]
}

// collect hands out the answers to riders that are there.
func (s *outbox) collect(ctx context.Context) {
	for len(s.pipe.riders) > 0 {
		r := s.pipe.riders[0]
		if r.x == nil || !closed(r.x.done) {
			return
		}
		s.pipe.riders = s.pipe.riders[1:]
		r.then(r.x.Expect(ctx, 2))
	}
}

// arrange returns a data connection that only needs to be connected: the one
// that was asked for ahead, or a new one, behind what must be changed before.
func (s *outbox) arrange(ctx context.Context, c *Conn, t Transfer, before []command) (ch channel, name string, err error) {
	if s.quirks.WantsPRET && t.Way.Passive() {
		before = append(before, announcement(t.Verb, t.Args))
	}
	if a := s.takeAhead(ctx, c, t.Way); a != nil {
		if len(before) == 0 {
			return a.ch, a.name, nil
		}
		a.ch.close()
	}
	name = c.nextData()
	if ch, err = c.newChannel(t.Way, name); err != nil {
		return nil, "", err
	}
	xs := s.flushWith(ctx, c, append(before, ch.request())...)
	if err = s.confirm(ctx, before, xs); err == nil {
		var r Reply
		if r, err = xs[len(xs)-1].Wait(ctx); err == nil {
			err = ch.arranged(r)
		}
	}
	if err != nil {
		ch.close()
		return nil, "", err
	}
	return ch, name, nil
}

// takeAhead returns the data connection that was asked for ahead, if the server
// agreed and it is of the right way.
func (s *outbox) takeAhead(ctx context.Context, c *Conn, way DataMode) *ahead {
	a := s.pipe.ahead
	s.pipe.ahead = nil
	if a == nil || a.conn != c || a.aborts != c.aborts.Load() {
		return nil
	}
	r, err := a.x.Wait(ctx)
	if err == nil && a.way == way && a.ch.arranged(r) == nil {
		return a
	}
	return nil
}

// fused begins a transfer whose data connection is arranged but not connected,
// on a way that is known to work: connecting and the command cost one round
// trip together. A transfer from the middle of a file is none: its REST must be
// agreed to before.
func (s *outbox) fused(ctx context.Context, c *Conn, ch channel, name string, t Transfer) (*Data, error) {
	d := c.newData(ctx, name, t)
	commands := []command{d.command(t)}
	next := s.next(c, t.Way)
	if next != nil {
		request := next.ch.request()
		request.ahead = true
		commands = append(commands, request)
	}
	xs := s.flushWith(ctx, c, commands...)
	d.x = xs[0]
	if next != nil {
		next.x, s.pipe.ahead = xs[1], next
	}
	defer s.collect(ctx)
	if err := ch.connect(ctx); err != nil {
		return d.unconnected(ctx, err)
	}
	if s.skipsPreliminary(t) {
		d.endsEarly = s.quirks.EndsEarly && !t.upload()
		return d.hurry(ch.(*passive)), nil
	}
	return d.agreed(ctx, ch)
}

// prefetchEPSV returns what a transfer needs in front of its own command, to be sent
// behind what comes before, and what takes the answers. It is nothing where no
// transfer is next, or where that cannot be foreseen.
func (s *outbox) prefetchEPSV(ctx context.Context, c *Conn, typ Type, next *Transfer) (commands []command, answered func([]*Exchange)) {
	way := s.opt.Ways[s.way]
	if next == nil || !way.Passive() || s.quirks.WantsPRET || c.oneByOne() || s.opt.Pace.on() {
		return nil, func([]*Exchange) {}
	}
	changes := s.changesFor(s.wants(c, typ, *next), *next)
	ahead := newAhead(c, way)
	return append(changes, ahead.ch.request()), func(xs []*Exchange) {
		if s.confirm(ctx, changes, xs) == nil {
			ahead.x, s.pipe.ahead = xs[len(changes)], ahead
		}
	}
}

// next is the data connection to ask for ahead, or nil.
func (s *outbox) next(c *Conn, way DataMode) *ahead {
	if !s.pipe.more || !way.Passive() || !s.canMoveData() || c.overtaken.Load() || c.oneByOne() || s.opt.Pace.on() {
		return nil
	}
	return newAhead(c, way)
}

// newAhead makes a data connection that is asked for ahead; the caller sends its request.
func newAhead(c *Conn, way DataMode) *ahead {
	name := c.nextData()
	return &ahead{conn: c, way: way, name: name, aborts: c.aborts.Load(), ch: &passive{c: c, way: way, name: name}}
}

// skipsPreliminary reports whether the preliminary reply need not be awaited: bytes of
// an upload wait in the server's socket until it takes them, and the TLS of
// most servers does the same with a handshake.
func (s *outbox) skipsPreliminary(t Transfer) bool {
	if !s.pipe.more || s.conn.oneByOne() || !t.Way.Passive() || t.Inflate != nil || t.Deflate != nil || strings.Contains(strings.Join(t.Args, ""), "\xff") {
		return false
	}
	if t.Protect {
		return s.quirks.ShakesEarly && !t.listing()
	}
	return t.upload()
}

// hurry makes the data connection usable before the server has agreed.
func (d *Data) hurry(p *passive) *Data {
	d.early, d.size = true, -1
	d.connect(p.nc)
	d.attend()
	return d
}

// refusalOr returns the server's refusal of a transfer that did not wait for
// it; err is only what followed from it.
func (d *Data) refusalOr(err error) error {
	if !d.early || d.ctx.Err() != nil {
		return err
	}
	select {
	case <-d.x.begun:
	case <-time.After(preliminaryGrace):
		return err
	case <-d.ctx.Done():
		return err
	}
	if r, lost := d.x.Begin(d.ctx); lost != nil {
		return lost
	} else if r.Class() > 2 {
		return &Error{Verb: d.x.Verb, Reply: r}
	}
	return err
}

// unconnected is the end of a transfer whose command has left but whose data
// connection could not be made: perhaps since the server refused it, or had
// nothing to send.
func (d *Data) unconnected(ctx context.Context, err error) (*Data, error) {
	d.early = true
	err = d.refusalOr(err)
	if closed(d.x.begun) && d.x.first.Class() == 2 {
		<-d.x.done // which is closed right behind
	}
	switch {
	case !closed(d.x.done):
		d.conn.abort(d.x, func() {})
	case ctx.Err() == nil && d.isNothing() && isReset(err) && !d.protect:
		d.connect(nil)
		d.attend()
		return d, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, err
}
