package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// FXPOptions say how FXP copies. The zero value works.
type FXPOptions struct {
	Restart int64 // both servers begin there (REST); the target must have what comes before
	Append  bool  // to the end of the target (APPE), from the start of the file

	// Begins is called when the servers begin to copy, with the name under which the copy
	// arrives; may be nil. Nothing is heard of them until they are done.
	Begins func(name string)

	// InClear lets the data travel in the clear between two servers that cannot
	// protect it, although our own transfers would be protected.
	InClear bool
}

// FXP copies a file from one server to another without its passing through
// here (RFC 959 section 5.2, figure 2): one server listens, the other one
// connects to it. It returns the size of the copy, -1 where the servers do not
// tell; when they do, both must tell the same.
//
// At first the target listens and the source connects: a source that refuses
// has then done no harm to the target's file. Where one of them does not want
// that, the parts are changed. The one that connects is told to begin first. The
// file is copied in the type of the source's session.
//
// The address that one server is told of is the one at which we talk to the
// other; a 227 that names another host is refused, unless its session has
// Options.TrustPassiveAddress. Data connections that the sessions want protected
// stay so if one of the servers can take the client's part in TLS (SSCN or
// CPSV). What stands in the way is an *FXPError.
//
// Where the target already exists the copy arrives beside it, and replaces it when it is whole
// (RNFR, RNTO). A copy that fails leaves nothing behind; one that ctx ended leaves what has come
// of a new file, for Restart.
//
// When ctx ends both servers are told to stop, and FXP returns at once.
func FXP(ctx context.Context, from *Session, name string, to *Session, target string, o FXPOptions) (int64, error) {
	if !from.in || !to.in {
		return -1, ErrNotLoggedIn
	}
	if from == to {
		return -1, &FXPError{Reason: "two sessions are needed: one of them cannot listen and connect"}
	}
	c := Change{Do: Store, Path: target, Offset: o.Restart}
	if o.Append {
		c.Do = Append
	}
	size, done := int64(-1), false
	err := to.change(ctx, c, func() (err error) {
		done = true
		size, err = fxpTo(ctx, from, name, to, target, o)
		return err
	})
	if err == nil && !done {
		err = ErrSkipped
	}
	return size, err
}

func fxpTo(ctx context.Context, from *Session, name string, to *Session, target string, o FXPOptions) (int64, error) {
	store := "STOR"
	if o.Append {
		store, o.Restart = "APPE", 0
	}
	p := &fxp{
		source:  &fxpSide{s: from, verb: "RETR", name: name},
		target:  &fxpSide{s: to, verb: store, name: target},
		restart: o.Restart, begins: o.Begins,
	}
	var err error
	if p.size, err = p.source.size(ctx); err != nil {
		return -1, err
	}
	if err := p.agree(o.InClear); err != nil {
		return -1, err
	}
	if o.Append || o.Restart > 0 { // the old file is part of the new one
		return p.run(ctx)
	}
	at, err := Land(ctx, to, target)
	if err != nil {
		return -1, p.target.at(ctx, err)
	}
	p.target.name = at.Name()
	size, err := p.run(ctx)
	if err == nil {
		err = p.target.at(ctx, at.Settle(ctx))
	}
	if err != nil && p.opened {
		err = at.Clear(ctx, p.size, err)
	}
	return size, err
}

// run copies, and compares the sizes.
func (p *fxp) run(ctx context.Context) (int64, error) {
	if err := p.copy(ctx); err != nil {
		return -1, err
	}
	if err := p.dropParts(ctx); err != nil {
		return -1, err
	}
	return p.verify(ctx)
}

// FXPError says why a server-to-server copy cannot be, or what a server said
// to its part in it.
type FXPError struct {
	Host    string // of the server; "" when it is about both
	Reason  string
	InClear bool // FXPOptions.InClear allows it
	Err     error

	turn bool // it may help if the other server listens
}

func (e *FXPError) Error() string {
	var parts []string
	for _, part := range []string{e.Host, e.Reason} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}
func (e *FXPError) Unwrap() error { return e.Err }

// RefusesFXP reports whether a copy failed since the two servers do not connect to each other, or
// only without protection. Another way to copy the file may do.
func RefusesFXP(err error) bool {
	var no *FXPError
	return errors.As(err, new(*NoFXPError)) || errors.As(err, &no) && (no.turn || no.InClear || no.refuses())
}

// refuses reports whether a server does not know a command that only such a copy needs.
func (e *FXPError) refuses() bool {
	var no *Error
	return errors.As(e.Err, &no) && (no.Verb == "SSCN" || no.Verb == "CPSV")
}

// fxp is a copy under way.
type fxp struct {
	source, target *fxpSide
	restart        int64
	begins         func(name string)
	size           int64    // of the original; -1 if the source does not say
	level          Level    // of the data connection
	client         *fxpSide // takes the client's part in TLS
	cpsv           bool     // by CPSV, so that it must listen; else by SSCN
	opened         bool     // the target may have opened its file
}

// fxpSide is one of the two servers.
type fxpSide struct {
	s          *Session
	verb, name string
	c          *Conn
	x          *Exchange
}

func (a *fxpSide) wrong(reason string, err error) error {
	return &FXPError{Host: a.s.opt.Addr, Reason: reason, Err: err}
}

// unfit is what is wrong with a server's part in making the connection.
func (a *fxpSide) unfit(reason string, err error) error {
	return &FXPError{Host: a.s.opt.Addr, Reason: reason, Err: err, turn: true}
}

// at says which of the servers an error is about.
func (a *fxpSide) at(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || errors.As(err, new(*FXPError)) {
		return err
	}
	return a.wrong("", err)
}

// agree finds out how the data connection is protected.
func (p *fxp) agree(inClear bool) error {
	_, a := p.source.s.Protected()
	_, b := p.target.s.Protected()
	p.level = Clear
	switch {
	case !a && !b:
		return nil
	case a && b:
		p.level = Private
		// The server that stores is the client: it reads the session tickets that the other
		// one sends behind a TLS 1.3 handshake. One that sends a file never reads them, and
		// closes with bytes unread: that resets the connection, and cuts the file (426).
		for _, side := range []*fxpSide{p.target, p.source} {
			if side.s.feat.Has("SSCN") {
				p.client = side
				return nil
			}
		}
		for _, side := range []*fxpSide{p.target, p.source} {
			if side.s.feat.Has("CPSV") && !isIPv6(side.peer()) {
				p.client, p.cpsv = side, true
				return nil
			}
		}
	}
	if inClear {
		p.level = Clear
		return nil
	}
	if a != b {
		return &FXPError{InClear: true, Reason: "data connections are protected on one server only: the copy would travel in the clear"}
	}
	return &FXPError{InClear: true, Reason: "neither server can be the client in TLS (SSCN, CPSV): the copy would travel in the clear"}
}

// peer is the server's address as we are connected to it; nil behind a proxy
// that looks the name up.
func (a *fxpSide) peer() net.IP {
	if proxyTo := a.s.conn.proxyTo; proxyTo != "" {
		return net.ParseIP(proxyTo)
	}
	if addr, ok := a.s.conn.RemoteAddr().(*net.TCPAddr); ok {
		return addr.IP
	}
	return nil
}

func isIPv6(ip net.IP) bool { return ip != nil && ip.To4() == nil }

// copy tries both ways round.
func (p *fxp) copy(ctx context.Context) error {
	if p.cpsv {
		return p.attempt(ctx, p.client, p.other(p.client))
	}
	err := p.attempt(ctx, p.target, p.source)
	if !otherWayRound(err) || ctx.Err() != nil {
		return err
	}
	again := p.attempt(ctx, p.source, p.target)
	if again == nil || !otherWayRound(again) {
		return again
	}
	return &NoFXPError{Tried: []error{err, again}}
}

func (p *fxp) other(a *fxpSide) *fxpSide {
	if a == p.source {
		return p.target
	}
	return p.source
}

// NoFXPError says why neither server can connect to the other.
type NoFXPError struct{ Tried []error }

func (e *NoFXPError) Error() string {
	return fmt.Sprintf("no connection between the servers: %s; the other way round, %s", e.Tried[0], e.Tried[1])
}
func (e *NoFXPError) Unwrap() []error { return e.Tried }

// otherWayRound reports whether it may help if the other server listens.
func otherWayRound(err error) bool {
	var fxp *FXPError
	return errors.As(err, &fxp) && fxp.turn
}

// attempt lets one server listen and the other one connect to it.
func (p *fxp) attempt(ctx context.Context, listens, connects *fxpSide) error {
	p.target.x = nil
	defer func() { p.opened = p.opened || p.target.opened() }()
	for _, side := range []*fxpSide{listens, connects} {
		if err := p.prepare(ctx, side); err != nil {
			return side.at(ctx, err)
		}
	}
	ip, port, err := listens.listen(ctx, p.cpsv)
	if err != nil {
		return listens.at(ctx, err)
	}
	if ip.IsLoopback() && !connects.peer().IsLoopback() {
		return listens.unfit("is this computer: another server cannot connect to "+ip.String(), nil)
	}
	if err := connects.connect(ctx, ip, port); err != nil {
		return connects.at(ctx, err)
	}
	if err := p.begin(ctx, listens, connects); err != nil {
		p.stop()
		return err
	}
	if p.begins != nil {
		p.begins(p.target.name)
	}
	return p.finish(ctx)
}

// prepare tells a server what it must know before: the type, the protection,
// and its part in TLS.
func (p *fxp) prepare(ctx context.Context, a *fxpSide) (err error) {
	a.x, a.s.pipe.ahead = nil, nil // a data connection that was asked for ahead is none of this copy's
	if err := a.s.flush(ctx); err != nil {
		return err
	}
	if a.c, err = a.s.ready(ctx); err != nil {
		return err
	}
	want := a.s.have
	want.typ, want.mode = p.source.s.typ, Stream
	if a.c.hadTLS() {
		want.prot = p.level
	}
	want.sscn = p.client == a && !p.cpsv
	before := a.s.changes(want)
	err = a.s.confirm(ctx, before, a.c.sendMany(ctx, before...))
	if no := new(Error); errors.As(err, &no) {
		return a.wrong("refuses "+no.Verb, err)
	}
	return err
}

// listen makes a server listen, and returns where.
func (a *fxpSide) listen(ctx context.Context, cpsv bool) (net.IP, int, error) {
	verbs := []string{"PASV", "EPSV"}
	switch {
	case cpsv:
		verbs = []string{"CPSV"}
	case isIPv6(a.peer()):
		verbs = []string{"EPSV"}
	}
	if err := a.announce(ctx); err != nil {
		return nil, 0, err
	}
	r, err := a.first(ctx, cmd(verbs[0]), cmd(verbs[len(verbs)-1]))
	if a.s.asksForPRET(err) {
		return a.listen(ctx, cpsv)
	}
	if err != nil {
		return nil, 0, a.orElse("does not listen", err)
	}
	named, port, err := ParsePassive(r)
	if err != nil {
		return nil, 0, a.unfit("does not say where it listens", err)
	}
	ip := a.peer()
	other := net.ParseIP(named)
	differs := other != nil && !other.Equal(ip) && !other.IsUnspecified()
	switch {
	case differs && a.c.cfg.TrustPassiveAddress:
		ip = other
	case ip == nil:
		return nil, 0, a.unfit("its address is not known behind the proxy", nil)
	case differs:
		return nil, 0, a.unfit("names another host than itself to connect to: "+named, nil)
	}
	if port < lowestPort {
		return nil, 0, a.unfit("names a port to connect to that is another service's: "+strconv.Itoa(port), nil)
	}
	return ip, port, nil
}

// lowestPort is the lowest one that a server is told to connect to: below it
// are services that it could be made to talk to (RFC 2577 section 3).
const lowestPort = 1024

// connect tells a server where it shall connect to.
func (a *fxpSide) connect(ctx context.Context, ip net.IP, port int) error {
	ways := []DataMode{PORT, EPRT}
	if isIPv6(ip) {
		ways = []DataMode{EPRT}
	}
	_, err := a.first(ctx, portCommand(ways[0], ip, port), portCommand(ways[len(ways)-1], ip, port))
	return a.orElse("does not connect to another host", err)
}

// first sends a command, and the second one where the first is not known.
func (a *fxpSide) first(ctx context.Context, one, two command) (Reply, error) {
	r, err := a.c.sendAll(one)[0].Expect(ctx, 2)
	if !IsCode(err, 500, 502, 522) || one.verb == two.verb {
		return r, err
	}
	if r, again := a.c.sendAll(two)[0].Expect(ctx, 2); !refused(again) {
		return r, again
	}
	return r, err
}

// orElse gives the reason for a refusal. Servers have all kinds of codes for
// what they do not do for another host; only 530 is about something else.
func (a *fxpSide) orElse(reason string, err error) error {
	switch {
	case IsCode(err, 530):
		return a.wrong(reason, err)
	case refused(err):
		return a.unfit(reason, err)
	}
	return err
}

// begin tells both servers to begin. The one that connects is first: the other
// one says nothing before that.
func (p *fxp) begin(ctx context.Context, listens, connects *fxpSide) error {
	if listens.s.quirks.ForgetsEarly {
		if err := p.send(ctx, listens); err != nil {
			return err
		}
	}
	for _, side := range []*fxpSide{connects, listens} {
		if side.x == nil {
			if err := p.send(ctx, side); err != nil {
				return err
			}
		}
		if err := side.agrees(ctx); err != nil {
			return err
		}
	}
	return nil
}

// send sends a server its command.
func (p *fxp) send(ctx context.Context, a *fxpSide) error {
	args, err := a.s.fit(ctx, a.c, a.verb, []string{wirePath(a.name)})
	if err == nil && p.restart > 0 {
		if _, err = a.c.Cmd(ctx, 3, "REST", strconv.FormatInt(p.restart, 10)); refused(err) {
			err = a.wrong("does not begin in the middle of a file", err)
		}
	}
	if err == nil {
		a.x = a.c.Send(a.verb, args...)
	}
	return a.at(ctx, err)
}

// agrees waits for the opening reply, but not for ever: a server that connects
// may want an answer from the one that listens first.
func (a *fxpSide) agrees(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, fxpPatience)
	defer cancel()
	r, err := a.x.Begin(short)
	if short.Err() != nil && ctx.Err() == nil {
		return nil
	}
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		return a.wrong(a.verb+" "+a.name, err)
	case r.Class() > 2:
		return a.refusal(r)
	}
	return nil
}

// opened reports whether a server may have opened the file: it was asked to, and did not refuse
// at once and for good. Those that find no data connection (425) have.
func (a *fxpSide) opened() bool {
	return a.x != nil && !(closed(a.x.begun) && a.x.first.Class() == 5)
}

func (a *fxpSide) refusal(r Reply) error {
	err := &Error{Verb: a.verb, Reply: r}
	if IsCode(err, 425, 500, 501, 502, 504, 522) {
		return a.unfit(a.verb+" "+a.name, err)
	}
	return a.wrong(a.verb+" "+a.name, err)
}

const (
	fxpPatience = 5 * time.Second // for the opening reply of one server before the other begins
	fxpGrace    = 2 * time.Second // for the one server, when the other one has failed
)

// finish waits until both servers are done. Neither says anything before.
func (p *fxp) finish(ctx context.Context) error {
	source, target, reply := p.source.x.done, p.target.x.done, p.target.c.replyTimeout()
	patience := time.After(p.patience(reply))
	looked := false // at what the target has
	var failed error
	for source != nil || target != nil {
		select {
		case <-source:
			source, failed = nil, cmp.Or(failed, p.source.verdict())
			patience = time.After(reply)
		case <-target:
			target, failed = nil, cmp.Or(failed, p.target.verdict())
			patience = time.After(fxpGrace)
		case <-patience:
			if target == nil && failed == nil && !looked { // no byte will come any more
				looked = true
				if _, failed = p.verify(ctx); failed == nil {
					patience = time.After(reply)
					continue
				}
			}
			p.stop()
			return cmp.Or(failed, p.silent(source != nil, target != nil))
		case <-ctx.Done():
			p.stop()
			return ctx.Err()
		}
		if failed != nil {
			patience = time.After(fxpGrace)
		}
	}
	return failed
}

// silent says who never said that the copy is done.
func (p *fxp) silent(source, target bool) error {
	if source && target {
		return &TimeoutError{Waiting: "either server to finish the copy"}
	}
	side := p.source
	if target {
		side = p.target
	}
	return side.wrong("", &TimeoutError{Waiting: "the end of " + side.verb + ", when the other server had finished"})
}

// patience is how long a copy may take of which neither server says that it is
// done: that of a slow line, and of a server with much else to do.
func (p *fxp) patience(reply time.Duration) time.Duration {
	size := p.size
	if size < 0 {
		size = fxpUnknown
	}
	return slowFactor*reply + time.Duration(min(size, fxpLargest)/fxpSlowest)*time.Second
}

const (
	fxpSlowest = 10_000  // bytes in a second
	fxpUnknown = 1 << 30 // the size of a file whose size is not known
	fxpLargest = 1 << 45 // whatever a server says
)

// verdict is what a server says about its part.
func (a *fxpSide) verdict() error {
	switch {
	case a.x.err != nil:
		return a.wrong(a.verb+" "+a.name, a.x.err)
	case a.x.final.Class() != 2:
		return a.refusal(a.x.final)
	}
	return nil
}

// stop interrupts what is going on. The replies are read behind it.
func (p *fxp) stop() {
	for _, side := range []*fxpSide{p.source, p.target} {
		if side.x != nil {
			side.c.abort(side.x, func() {})
		}
	}
}

// dropParts gives the server that was the client in TLS its usual part again.
func (p *fxp) dropParts(ctx context.Context) error {
	if p.client == nil || p.cpsv {
		return nil
	}
	s := p.client.s
	want := s.have
	want.sscn = false
	before := s.changes(want)
	err := s.confirm(ctx, before, p.client.c.sendMany(ctx, before...))
	if refused(err) { // it is of no use to us any more, but the copy is there
		p.client.c.Close()
		return nil
	}
	return err
}

// size asks for the size of a side's file, by all means that the server has; -1
// where it does not say.
func (a *fxpSide) size(ctx context.Context) (int64, error) {
	size, err := a.s.Size(ctx, a.name)
	if refused(err) || IsMalformed(err) {
		var e listing.Entry
		e, err = a.s.Stat(ctx, a.name)
		size = e.Size
		if e.SizeApprox {
			size = -1
		}
	}
	if refused(err) || IsMalformed(err) {
		return -1, nil
	}
	return size, a.at(ctx, err)
}

// verify compares the sizes, where both servers tell them. What was there before an APPE is not known.
func (p *fxp) verify(ctx context.Context) (int64, error) {
	if p.target.verb == "APPE" {
		return -1, nil
	}
	want := p.size
	got, err := p.target.size(ctx)
	switch {
	case err != nil:
		return -1, err
	case want >= 0 && got >= 0 && got != want && p.source.s.typ == Binary:
		cut := &IncompleteError{Got: got, Want: want, Reason: "cut short between the servers"}
		if got > want {
			cut.Reason = "not what the source has"
		}
		return got, p.target.wrong("", cut)
	}
	return got, nil
}
