package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Conn is one control connection. One goroutine reads it; each command is an
// [Exchange] in a queue, and replies answer the exchanges in order, so that
// commands can be sent before earlier ones are answered (pipelining).
//
// A Conn never decides anything: it sends what it is told. Its methods may be
// called from several goroutines.
type Conn struct {
	verifier
	stream
	exchanges
	timing
	encoding
	secrets

	name     string // channel name in traces: "C"
	proxyTo  string // host for data connections behind a proxy, else empty
	greeting Reply
	dataSeq  atomic.Int64
	read     chan struct{} // closed when the reader has ended
}

// stream is what the bytes of a control connection go through.
type stream struct {
	replacing sync.Mutex
	nc        net.Conn // replaced when TLS starts or ends
	cleared   bool     // TLS has ended, by CCC
}

// exchanges are the commands that wait for their replies, in the order in which they were sent.
type exchanges struct {
	ordering

	mu    sync.Mutex
	queue []*Exchange
	err   error         // why the connection is unusable
	done  chan struct{} // closed with err
}

// timing is what a connection measures, and how long it waits.
type timing struct {
	dialled     time.Time
	sent        atomic.Int64
	lastSend    atomic.Int64 // when that was last, by clock
	alive       atomic.Int64 // Options.KeepAlive, Timeout and Stall, which can change
	timeout     atomic.Int64
	stall       atomic.Int64
	noopRefused atomic.Bool  // NOOP is refused
	minRTT      atomic.Int64 // the shortest time that an answer took; 0: none yet
}

// ordering says how many commands may be on the way, and what went wrong with that.
type ordering struct {
	slots     chan struct{} // a token for each command in flight
	overtaken atomic.Bool   // a request sent ahead was answered before the transfer in front of it
	single    atomic.Bool   // one command at a time
	cut       atomic.Bool   // only the first commands of a burst were answered
	outOfStep atomic.Bool   // a reply came that nobody asked for: one command at a time from now on
	aborts    atomic.Int64  // how many transfers were aborted
}

// encoding is how a command is written.
type encoding struct {
	writing sync.Mutex // one command line at a time, in the order of the queue
	gate    atomic.Pointer[Gate]
	telnet  atomic.Bool // the byte FF is doubled
	charset atomic.Pointer[Charset]
}

// Dial connects to addr ("host:port") and waits for the greeting (a 220, after
// a 120 if the server is busy; RFC 959 section 5.4). With implicit, TLS starts
// before the greeting. Cancelling ctx closes the connection.
func Dial(ctx context.Context, addr string, implicit bool, cfg Options) (*Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if err := cfg.ConnectPace.wait(ctx); err != nil {
		return nil, err
	}
	nc, err := cfg.dial(ctx, controlChannel, "C", "tcp", addr)
	if err != nil {
		return nil, err
	}
	proxyTo := ""
	if p, ok := nc.(proxied); ok {
		nc, proxyTo = p.NetConn(), host
	}
	c := newConn(cfg, host, proxyTo, nc)
	if implicit {
		if err := c.startTLS(ctx); err != nil {
			nc.Close()
			return nil, err
		}
	}
	if c.greeting, err = c.greet(ctx, addr); err != nil {
		return nil, err
	}
	return c, nil
}

func newConn(cfg Options, host, proxyTo string, nc net.Conn) *Conn {
	c := &Conn{
		verifier:  verifier{cfg: cfg, host: host},
		stream:    stream{nc: nc},
		exchanges: exchanges{ordering: ordering{slots: make(chan struct{}, cfg.Depth)}, done: make(chan struct{})},
		timing:    timing{dialled: time.Now()},
		name:      "C", proxyTo: proxyTo, read: make(chan struct{}),
	}
	c.sentSecrets.Store(&cfg.secrets)
	c.alive.Store(int64(cfg.KeepAlive))
	c.timeout.Store(int64(cfg.Timeout))
	c.stall.Store(int64(cfg.Stall))
	c.single.Store(cfg.OneByOne)
	c.setGate(cfg.Gate)
	c.charset.Store(cfg.Charset)
	return c
}

// greet begins to read and waits for the greeting.
func (c *Conn) greet(ctx context.Context, addr string) (Reply, error) {
	hello := c.enqueue(command{})
	go c.readReplies()
	r, err := hello.Wait(ctx)
	if err == nil && r.Class() != 2 {
		err = &Error{Reply: r}
	}
	if err != nil {
		c.Close()
	}
	var foreign *ProtocolError
	if errors.As(err, &foreign) {
		err = &ProtocolError{Text: foreign.Text, Reason: addr + " is not an FTP server"}
	}
	return r, err
}

// Greeting returns the server's first reply.
func (c *Conn) Greeting() Reply { return c.greeting }

// Err returns why the connection is unusable, or nil.
func (c *exchanges) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Done is closed when the connection has become unusable.
func (c *exchanges) Done() <-chan struct{} { return c.done }

// LocalAddr and RemoteAddr are the ends of the control connection.
func (c *stream) LocalAddr() net.Addr { return c.socket().LocalAddr() }

// RemoteAddr is the server's address as we are connected to it.
func (c *stream) RemoteAddr() net.Addr { return c.socket().RemoteAddr() }

func (c *stream) socket() net.Conn {
	c.replacing.Lock()
	defer c.replacing.Unlock()
	return c.nc
}

// replace has the bytes go through another connection from now on.
func (c *stream) replace(nc net.Conn, cleared bool) {
	c.replacing.Lock()
	defer c.replacing.Unlock()
	c.nc, c.cleared = nc, cleared
}

// clock is the time since the connection was made, which nobody can set.
func (t *timing) clock() time.Duration { return time.Since(t.dialled) }

// Close ends the connection without a word. Commands that wait get an error.
func (c *Conn) Close() error {
	c.fail(&LostError{Err: net.ErrClosed})
	<-c.read
	return nil
}

// Quit sends QUIT, waits a moment for the answer, and closes (RFC 959 section
// 4.1.1).
func (c *Conn) Quit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, quitTimeout)
	defer cancel()
	if c.Err() == nil {
		if _, err := c.Cmd(ctx, 2, "QUIT"); err == nil {
			c.awaitEnd()
		}
	}
	return c.Close()
}

// awaitEnd waits a moment for the server to close the connection: closed with
// its close_notify unread, it would be reset.
func (c *exchanges) awaitEnd() {
	select {
	case <-c.done:
	case <-time.After(hangUpPatience):
	}
}

// Send writes one command and returns without waiting for the answer. An error
// (a line break in an argument, a lost connection) is returned by the
// Exchange's Begin and Wait.
func (c *Conn) Send(verb string, args ...string) *Exchange {
	return c.sendAll(cmd(verb, args...))[0]
}

// Cmd sends one command and waits for the final reply. A reply of another
// class than the one given (2 or 3; 0 for either) is returned with an *Error.
// When ctx ends first the answer is still awaited in the background: it will
// not be taken for the answer to a later command.
func (c *Conn) Cmd(ctx context.Context, class int, verb string, args ...string) (Reply, error) {
	return c.Send(verb, args...).Expect(ctx, class)
}

// command is what sendAll writes.
type command struct {
	verb    string
	args    []string
	fence   int   // the one code that answers it, when it is sent to find out where we are
	aside   bool  // sent while a transfer runs; answered whenever the server likes
	ahead   bool  // arranges the next data connection while a transfer runs
	slow    bool  // may take the server long: it must read a whole file first
	failed  error // why it is not to be sent at all
	returns bool  // leads back to where the user is
	wish    bool  // its refusal does not matter
	quick   bool  // see Exchange
	urgent  bool  // an ABOR in a transfer
	data    *Data // what it moves
	upgrade func(Reply, reader) (reader, error)
}

func cmd(verb string, args ...string) command { return command{verb: verb, args: args} }

// sendAll writes several commands at once, in as few packets as possible.
func (c *Conn) sendAll(commands ...command) []*Exchange {
	return c.sendMany(context.Background(), commands...)
}

// sendMany is sendAll for more commands than may be in flight: when ctx ends
// those that wait for their turn are not sent. Where the server says more than
// it is asked, each waits for the answer to the one before: only so can a reply
// too many be told from an answer.
func (c *Conn) sendMany(ctx context.Context, commands ...command) (xs []*Exchange) {
	if !c.oneByOne() {
		return c.burst(ctx, commands)
	}
	for i, cmd := range commands {
		if i > 0 {
			_, _ = xs[i-1].Wait(ctx)
		}
		if i > 0 && ctx.Err() != nil {
			xs = append(xs, c.broken(cmd.verb, ctx.Err()))
		} else {
			xs = append(xs, c.burst(ctx, []command{cmd})...)
		}
	}
	return xs
}

// oneByOne reports whether each command waits for the answer to the one before: since the user
// says so, the server reads no more than one at a time, or it says more than it is asked.
func (o *ordering) oneByOne() bool { return o.single.Load() || o.outOfStep.Load() }

// replyTimeout is how long a reply may take.
func (t *timing) replyTimeout() time.Duration { return time.Duration(t.timeout.Load()) }

func (c *Conn) burst(ctx context.Context, commands []command) []*Exchange {
	c.writing.Lock()
	defer c.writing.Unlock()
	var text []byte
	xs := make([]*Exchange, 0, len(commands))
	var unsaid error // of an RNTO: proftpd would take the next one for the RNFR that waits
	for _, cmd := range commands {
		if gate := c.gate.Load(); gate != nil && !cmd.housekeeping() {
			c.write(text)
			text = text[:0]
			cmd = c.consent(*gate, cmd, xs)
		}
		line, wire, err := c.commandLine(cmd)
		if renames := cmd.verb == "RNFR" || cmd.verb == "RNTO"; renames && unsaid != nil {
			err = unsaid
		} else if cmd.verb == "RNTO" {
			unsaid = err
		}
		if err == nil {
			err = c.takeSlot(ctx, cmd, &text)
		}
		if err != nil {
			xs = append(xs, c.broken(cmd.verb, err))
			continue
		}
		x := c.enqueue(cmd)
		if x.seq > 0 {
			c.tellSent(x, line)
			if cmd.urgent {
				c.write(text)
				text = append(text[:0], c.synch()...)
			}
			text = append(append(text, wire...), '\r', '\n')
		}
		xs = append(xs, x)
	}
	c.write(text)
	return xs
}

// tellSent has observers see a command that leaves now, without its secrets.
func (c *Conn) tellSent(x *Exchange, line string) {
	var shown string
	shown, x.secret = masked(x.Verb, line)
	c.keepSecrets(x.Verb, x.secret)
	c.cfg.Trace.sent(SentInfo{Channel: c.name, Verb: x.Verb, Line: c.hideIn(shown), TLS: c.isTLS(), Seq: x.seq, At: x.start})
}

// takeSlot waits until fewer than Depth commands are in flight. What is
// gathered in text must leave first, or nothing would ever be answered.
// An interrupt never waits, nor do the signs of life in a long transfer, to
// which some servers say nothing before its end.
func (c *Conn) takeSlot(ctx context.Context, cmd command, text *[]byte) error {
	if cmd.housekeeping() {
		return nil
	}
	select {
	case c.slots <- struct{}{}:
		return nil
	default:
	}
	c.write(*text)
	*text = (*text)[:0]
	select {
	case c.slots <- struct{}{}:
		return nil
	case <-c.done:
		return c.Err()
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(c.replyTimeout()):
		err := &TimeoutError{Waiting: "replies on the control connection"}
		c.fail(&LostError{Err: err})
		return err
	}
}

// write is the one gate for outgoing bytes.
func (c *Conn) write(text []byte) {
	if len(text) == 0 {
		return
	}
	nc := c.socket()
	c.lastSend.Store(int64(c.clock()))
	nc.SetWriteDeadline(time.Now().Add(c.replyTimeout()))
	if _, err := nc.Write(text); err != nil {
		// The server's last words (421, 552) may still be on their way; the
		// reader ends the connection when it has read them.
		nc.SetReadDeadline(time.Now().Add(time.Second))
	}
}

// commandLine joins verb and arguments, as text and as the bytes to send.
// Nothing that holds a line break or a NUL is ever sent: it would be a second
// command, or the end of a name.
func (e *encoding) commandLine(cmd command) (line, wire string, err error) {
	if cmd.failed != nil {
		return "", "", cmd.failed
	}
	line = strings.Join(append([]string{cmd.verb}, cmd.args...), " ")
	if wire, err = e.charset.Load().encode(line); err != nil {
		return "", "", err
	}
	if i := strings.IndexAny(wire, "\r\n\x00"); i >= 0 {
		return "", "", fmt.Errorf("a command must not contain %s", map[byte]string{
			'\r': "a carriage return", '\n': "a line feed", 0: "a NUL byte",
		}[wire[i]])
	}
	if e.telnet.Load() {
		wire = strings.ReplaceAll(wire, "\xff", "\xff\xff")
	}
	return line, wire, nil
}

// enqueue makes an exchange and puts it last in the queue.
func (c *Conn) enqueue(cmd command) *Exchange {
	x := newExchange(c, cmd.verb)
	x.fence, x.aside, x.ahead, x.slow, x.upgrade = cmd.fence, cmd.aside, cmd.ahead, cmd.slow, cmd.upgrade
	x.data.Store(cmd.data)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		x.fail(c.err)
		return x
	}
	if cmd.verb != "" {
		x.seq, x.slot = int(c.sent.Add(1)), !cmd.housekeeping()
	}
	x.pipelined = len(c.queue) > 0
	x.quick = cmd.quick || x.pipelined && quickVerbs[cmd.verb] && !cmd.housekeeping() && !cmd.ahead
	c.queue = append(c.queue, x)
	return x
}

// broken returns an exchange that has failed already, or was answered by the
// gate.
func (c *Conn) broken(verb string, err error) *Exchange {
	x := newExchange(c, verb)
	var pretended *DryReply
	if errors.As(err, &pretended) {
		x.finish(pretended.Reply)
	} else {
		x.fail(err)
	}
	return x
}

// fail makes the connection unusable and tells everybody who waits.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	waiting := c.queue
	c.queue = nil
	close(c.done)
	nc := c.socket()
	c.mu.Unlock()
	for _, x := range waiting {
		x.fail(err)
	}
	nc.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	c.cfg.Trace.closed(CloseInfo{c.name, c.hideErr(err)})
}

// readReplies is the goroutine that reads the control connection.
func (c *Conn) readReplies() {
	defer close(c.read)
	in := c.newReader()
	for {
		r, err := in.next()
		if err == nil {
			r = c.charset.Load().decoded(r)
			in, err = c.deliver(r, in)
		}
		if err != nil {
			c.fail(c.lost(err))
			return
		}
	}
}

// lost says why the connection cannot be read any more.
func (c *verifier) lost(err error) error {
	var foreign *ProtocolError
	var already *LostError
	switch {
	case errors.As(err, &foreign), errors.As(err, &already):
		return err
	case errors.Is(err, io.EOF):
		return &LostError{}
	case isAlert(err): // in TLS 1.3 the server looks at our certificate after the handshake
		return c.tlsError(controlChannel, err)
	}
	return &LostError{Err: err}
}

// reader is a replyReader that knows how many commands had been sent when its
// bytes came in.
type reader struct {
	replyReader
	from *arrivals
}

func (c *Conn) newReader() reader {
	nc := c.socket()
	from := &arrivals{Reader: nc, sent: &c.sent}
	return reader{replyReader{bufio.NewReader(from), nc.SetReadDeadline}, from}
}

// arrivals notes at each read how many commands had been sent before.
type arrivals struct {
	io.Reader
	sent *atomic.Int64
	mark int64
}

func (a *arrivals) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if n > 0 {
		a.mark = a.sent.Load()
	}
	return n, err
}

// deliver hands a reply to the command it answers.
func (c *Conn) deliver(r Reply, in reader) (reader, error) {
	x, lost := c.answered(r, int(in.from.mark))
	if x != nil {
		x.letDataEnd()
	}
	info := GotInfo{Channel: c.name, Reply: c.hide(r), TLS: c.isTLS(), At: time.Now()}
	if x == nil {
		return in, c.unasked(r, info, lost)
	}
	r = hideSecret(r, x.secret)
	info.Verb, info.Reply, info.Seq, info.Asked, info.Elapsed = x.Verb, c.hide(r), x.seq, true, info.At.Sub(x.start)
	c.cfg.Trace.got(info)
	if x.seq > 0 {
		c.took(info.Elapsed)
	}
	if r.Class() == 1 {
		if x.preliminaries++; x.preliminaries > maxMarks {
			return in, &ProtocolError{Verb: x.Verb, Text: r.String(), Reason: "too many preliminary replies"}
		}
		x.begin(r)
		return in, nil
	}
	if doubtful(x, r) {
		return in, c.hold(x, r)
	}
	var err error
	if x.upgrade != nil && r.Class() == 2 {
		// The switch to TLS, or back, happens here: between two replies.
		if in, err = x.upgrade(r, in); err != nil {
			x.fail(err)
			return in, err
		}
	}
	if r.Code == 421 { // RFC 959: may answer any command; the server closes
		c.fail(&LostError{Reply: &r}) // before anybody who hears of it uses the connection again
	}
	c.cfg.Pace.heard(x.Verb, r, x.start)
	x.finish(r)
	return in, c.Err()
}

// unasked is for a reply to nothing that was sent; lost is why that ends the connection.
func (c *Conn) unasked(r Reply, info GotInfo, lost error) error {
	c.cfg.Trace.got(info)
	switch {
	case lost != nil:
		return lost
	case r.Code == 421:
		return &LostError{Reply: &r}
	}
	c.cfg.Trace.note(NoteInfo{c.name, "reply.unexpected", "nobody asked for: " + info.Reply.String()})
	return nil
}

// took notes how long an answer took.
func (t *timing) took(elapsed time.Duration) {
	if took, least := int64(elapsed), t.minRTT.Load(); took < least || least == 0 {
		t.minRTT.Store(took)
	}
}

const maxMarks = 20

// answered takes from the queue the exchange that r answers; mark is the
// number of commands sent when r came in. It returns nil when nobody asked, and
// an error when a command before was never answered.
func (c *exchanges) answered(r Reply, mark int) (*Exchange, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := c.fencedBy(r); i > 0 {
		if c.moving() {
			return c.take(i, r), nil
		}
		if err := c.skip(i); err != nil {
			return nil, err
		}
	}
	if len(c.queue) > 1 && c.queue[0].held != nil && isAnswer(c.queue[1], r) && !isAnswer(c.queue[0], r) {
		_ = c.skip(1) // the odd reply was the answer after all
	}
	if i := c.asideFor(r); i > 0 {
		return c.take(i, r), nil
	}
	if len(c.queue) > 0 && c.queue[0].fence != 0 && !c.queue[0].isFence(r) {
		return nil, nil // a further reply to the transfer that was aborted
	}
	if len(c.queue) == 0 || c.queue[0].seq > mark {
		c.outOfStep.Store(true)
		return nil, nil
	}
	x := c.queue[0]
	if x.held != nil && !doubtful(x, r) || r.Class() == 1 && hasOneReply(x.Verb) {
		c.outOfStep.Store(true)
	}
	if x.held != nil && x.held.Class() > 3 && r.Class() == 1 {
		x.held = nil // it has begun, and so was not refused
	}
	return c.take(0, r), nil
}

// take removes the exchange at i from the queue when r is its last reply.
func (c *exchanges) take(i int, r Reply) *Exchange {
	x := c.queue[i]
	if r.Class() != 1 && !doubtful(x, r) {
		c.queue = slices.Delete(c.queue, i, i+1)
		c.freeSlot(x)
	}
	return x
}

// skip ends the first n exchanges, whose answers will not come any more. Unless
// a transfer was aborted before, it is an error that one has none.
func (c *exchanges) skip(n int) (err error) {
	aborted := c.queue[n].fence == 200 || c.aborting()
	for _, x := range c.queue[:n] {
		switch {
		case x.held != nil:
			x.finish(*x.held)
		case aborted || x.aside || x.fence != 0:
			x.fail(&DesyncError{Verb: x.Verb})
		default:
			c.outOfStep.Store(true)
			err = &LostError{Err: &DesyncError{Verb: x.Verb}}
			x.fail(err)
		}
		c.freeSlot(x)
	}
	c.queue = c.queue[n:]
	return err
}

// aborting reports whether an ABOR has not been answered.
func (c *exchanges) aborting() bool {
	return slices.ContainsFunc(c.queue, func(x *Exchange) bool { return x.Verb == "ABOR" })
}

// moving reports whether the first command is a transfer that goes on: a fence
// that is answered meanwhile says nothing about it.
func (c *exchanges) moving() bool {
	x := c.queue[0]
	return dataVerbs[x.Verb] && x.preliminaries > 0 && x.held == nil && !c.aborting()
}

func (o *ordering) freeSlot(x *Exchange) {
	if x.slot {
		<-o.slots
	}
}
