package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client/syserror"
)

// ErrTruncated is inside the [IncompleteError] of a protected download whose
// data connection ended without TLS's close_notify: somebody may have cut it.
var ErrTruncated = errors.New("the data connection ended without close_notify")

// Transfer says what a data connection is for.
type Transfer struct {
	Way     DataMode
	Protect bool   // TLS on the data connection (PROT P must have been agreed)
	Restart int64  // REST before the command, when not zero
	Until   int64  // RANG instead of REST: the first byte not wanted, when not zero
	Verb    string // RETR, STOR, APPE, STOU, LIST, NLST, MLSD
	Args    []string

	// Inflate undoes MODE Z, which must have been agreed; nil in stream mode.
	Inflate func(io.Reader) (io.ReadCloser, error)

	// Deflate makes what MODE Z carries of an upload; nil in stream mode.
	Deflate func(io.Writer) io.WriteCloser

	Fresh bool // TLS with a session of its own, not that of the control connection
}

func (t Transfer) upload() bool {
	return t.Verb == "STOR" || t.Verb == "APPE" || t.Verb == "STOU"
}

func (t Transfer) listing() bool { return lists(t.Verb) }

func lists(verb string) bool { return verb == "LIST" || verb == "NLST" || verb == "MLSD" }

// Data is a transfer that has begun: one command and its data connection.
// Reading or writing starts TLS if it is wanted, not before: servers expect
// the handshake after their preliminary reply.
//
// Close ends the transfer and returns the server's verdict; only then is an
// upload stored and a download whole. When the context given to Transfer ends,
// Read and Write return its error and Close aborts: the prompt need not wait,
// the replies still owed are read behind it.
type Data struct {
	conn    *Conn
	pause   *Pause // of ctx
	release func() // stops watching ctx

	flow
	ending
}

// flow is a transfer on its way: what has come of what is expected.
type flow struct {
	x   *Exchange
	ctx context.Context

	purpose
	wire
	passed
}

// purpose is what a data connection is for.
type purpose struct {
	name    string
	upload  bool
	listing bool
	protect bool
	fresh   bool
	size    int64        // as the preliminary reply says
	want    atomic.Int64 // as the caller knows; -1 if not
	start   time.Time
}

// wire is what the bytes go through.
type wire struct {
	raw     net.Conn
	spy     *eofDetector
	rw      net.Conn // raw, or TLS over spy over raw
	inflate func(io.Reader) (io.ReadCloser, error)
	plain   *inflated      // what MODE Z carries, once it is read
	squeeze io.WriteCloser // makes what MODE Z carries of an upload; nil in stream mode
	slice   int64          // what the kernel copies next
}

// passed is what has come through, and how much may.
type passed struct {
	bytes   atomic.Int64
	most    atomic.Int64 // more is an error; -1: any number
	head    []byte       // the first bytes; none where the kernel copies
	content io.Writer    // sees all bytes; nil: nobody wants to
}

// ending is how far the end of a transfer has come.
type ending struct {
	eof       bool
	err       error         // the first failure of Read or Write
	over      bool          // Close or Abort was called
	early     bool          // the server's agreement is not waited for
	attended  chan struct{} // closed once it can be read
	told      chan struct{} // closed once it is told how the data ended
	endsEarly bool          // our close_notify leaves with the handshake of a download
}

// Transfer arranges a data connection, sends the command and waits until the
// server agrees (1yz). A refusal is an *Error; an upload or download ends with
// Data.Close.
func (c *Conn) Transfer(ctx context.Context, t Transfer) (*Data, error) {
	name := c.nextData()
	ch, err := c.newChannel(t.Way, name)
	if err != nil {
		return nil, err
	}
	r, err := c.sendAll(ch.request())[0].Wait(ctx)
	if err == nil {
		err = ch.arranged(r)
	}
	if err != nil {
		ch.close()
		return nil, err
	}
	return c.begin(ctx, ch, name, t)
}

func (c *Conn) nextData() string { return "D" + strconv.FormatInt(c.dataSeq.Add(1), 10) }

func (c *Conn) newData(ctx context.Context, name string, t Transfer) *Data {
	d := &Data{
		conn: c, pause: pauseOf(ctx),
		flow: flow{
			ctx:     ctx,
			purpose: purpose{name: name, start: time.Now(), upload: t.upload(), listing: t.listing(), protect: t.Protect, fresh: t.Fresh},
			wire:    wire{slice: smallestSlice, inflate: t.Inflate},
			passed:  passed{content: c.cfg.Trace.content(ContentInfo{name, t.Verb})},
		},
		ending: ending{attended: make(chan struct{}), told: make(chan struct{})},
	}
	if t.Deflate != nil {
		d.squeeze = t.Deflate(squeezed{d})
	}
	d.want.Store(-1)
	d.most.Store(-1)
	return d
}

// begin connects an arranged channel and sends the command.
func (c *Conn) begin(ctx context.Context, ch channel, name string, t Transfer) (*Data, error) {
	d := c.newData(ctx, name, t)
	if err := ch.connect(ctx); err != nil {
		ch.close()
		return nil, err
	}
	if place := t.place(); place.verb != "" {
		// inetutils forgets REST when another command comes between.
		if _, err := c.sendAll(place)[0].Expect(ctx, 3); err != nil {
			ch.close()
			return nil, err
		}
	}
	d.x = c.sendAll(d.command(t))[0]
	return d.agreed(ctx, ch)
}

// command is the one that moves the data.
func (d *Data) command(t Transfer) command {
	return command{verb: t.Verb, args: t.Args, data: d}
}

// agreed waits until the server agrees to the transfer.
func (d *Data) agreed(ctx context.Context, ch channel) (*Data, error) {
	if err := d.open(ctx, ch); err != nil {
		if ctx.Err() != nil {
			d.conn.abort(d.x, ch.close)
		}
		ch.close()
		return nil, err
	}
	d.attend()
	return d, nil
}

// place is the command that says which part of the file is wanted, if not all.
func (t Transfer) place() command {
	switch {
	case t.Until > 0:
		return cmd("RANG", strconv.FormatInt(t.Restart, 10), strconv.FormatInt(t.Until-1, 10))
	case t.Restart > 0:
		return cmd("REST", strconv.FormatInt(t.Restart, 10))
	}
	return command{}
}

// attend watches the context and the final reply while the transfer runs.
func (d *Data) attend() {
	d.release = func() {}
	close(d.attended)
	if d.raw == nil {
		return
	}
	stop := context.AfterFunc(d.ctx, func() { d.raw.SetDeadline(time.Unix(1, 0)) })
	lasting := time.AfterFunc(lastingTransfer, d.keepAlive)
	d.release = func() { stop(); lasting.Stop() }
	d.x.whenDone(d.replied)
	if every := time.Duration(d.conn.alive.Load()); every > 0 {
		quiet := make(chan struct{})
		d.release = func() { stop(); lasting.Stop(); close(quiet) }
		go d.conn.keepAlive(every, quiet)
	}
}

// lastingTransfer is how long a transfer lasts before a dead peer is looked for: what that takes
// (four system calls) small files are spared.
var lastingTransfer = 5 * time.Second

func (w *wire) keepAlive() {
	if tcp, ok := w.raw.(*net.TCPConn); ok {
		_ = tcp.SetKeepAliveConfig(TCPKeepAlive)
	}
}

// Size returns the number of bytes that the server's preliminary reply
// announced, or -1. It is for display: servers are not to be trusted with it,
// and after REST (RFC 3659 section 5) some name the whole file, some the rest.
func (p *purpose) Size() int64 { return p.size }

// Transferred returns the number of bytes read or written so far. It may be
// called while the transfer runs.
func (d *passed) Transferred() int64 { return d.bytes.Load() }

// FileName returns the name that the server chose for STOU (RFC 959 section 4.1.3), as its
// preliminary reply tells it, or "".
func (d *flow) FileName() string {
	r, _ := d.x.Begin(context.Background())
	return uniqueName(r)
}

// Read reads from the data connection; it returns io.EOF at its end.
func (d *Data) Read(p []byte) (int, error) {
	if err := d.ready(); err != nil {
		return 0, err
	}
	n, err := d.source().Read(p)
	d.count(p[:n])
	if excess := d.excess(); excess != nil {
		return n, d.failed(excess)
	}
	if errors.Is(err, io.EOF) || d.lingers(err) {
		d.ends()
		return n, io.EOF
	}
	return n, d.failed(err)
}

// ends takes note that the server has closed a download, and tells it at once: the reply may be
// there already.
func (d *Data) ends() {
	d.eof = true
	d.tell(d.howItEnded(), nil)
}

// source is what Read reads: the wire, or what MODE Z carries on it.
func (d *flow) source() io.Reader {
	if d.inflate == nil {
		return d.rw
	}
	if d.plain == nil {
		d.plain = &inflated{wire: d.rw, open: d.inflate, limit: d.most.Load()}
	}
	return d.plain
}

// Write writes to the data connection.
func (d *Data) Write(p []byte) (int, error) {
	if err := d.ready(); err != nil {
		return 0, err
	}
	var n int
	var err error
	if d.squeeze != nil {
		n, err = d.squeeze.Write(p)
	} else {
		n, err = d.rw.Write(p)
	}
	d.count(p[:n])
	return n, d.failed(err)
}

// Deflated reports whether an upload goes in MODE Z (draft-preston-ftpext-deflate).
func (w *wire) Deflated() bool { return w.squeeze != nil }

// squeezed takes the bytes of an upload in MODE Z to the wire, each time with the patience of a write.
type squeezed struct{ d *Data }

func (w squeezed) Write(p []byte) (int, error) {
	w.d.setDeadline()
	return w.d.rw.Write(p)
}

// count takes note of bytes that were moved.
func (d *passed) count(p []byte) {
	d.bytes.Add(int64(len(p)))
	if d.content != nil {
		_, _ = d.content.Write(p)
	}
	if room := headSize - len(d.head); room > 0 {
		d.head = append(d.head, p[:min(room, len(p))]...)
	}
}

const headSize = 256 // of a transfer, for those who trace it

// ready makes the handshake if it is wanted and sets the stall timer.
func (d *Data) ready() error {
	switch {
	case d.err != nil:
		return d.err
	case d.over:
		return net.ErrClosed
	case d.eof:
		return io.EOF
	}
	if err := d.secure(); err != nil {
		return err
	}
	if err := d.pause.wait(d.ctx); err != nil {
		return d.failed(err)
	}
	d.setDeadline()
	return d.failed(d.ctx.Err()) // it may have ended before the deadline was set
}

// secure makes the TLS handshake, once.
func (d *Data) secure() error {
	tc, ok := d.rw.(*tls.Conn)
	if !ok || tc.ConnectionState().HandshakeComplete {
		return nil
	}
	if err := d.conn.handshake(d.ctx, tc, dataChannel, d.name); err != nil {
		return d.failed(d.refusalOr(err))
	}
	if d.endsEarly {
		return d.failed(tc.CloseWrite())
	}
	return nil
}

// failed keeps the first error, in terms of the transfer.
func (d *Data) failed(err error) error {
	if err == nil {
		return nil
	}
	var timeout net.Error
	switch {
	case d.ctx.Err() != nil:
		err = d.ctx.Err()
	case errors.As(err, &timeout) && timeout.Timeout():
		err = &TimeoutError{Waiting: "the data connection"}
	}
	d.err = cmp.Or(d.err, err)
	return err
}

// Close ends the transfer and waits for the server's verdict. A download that
// has not been read to its end is aborted. Errors: *Error when the server
// refuses, *IncompleteError when the data connection ended too early,
// *LostError when the control connection is gone, the context's error after
// an interrupt.
func (d *Data) Close() error {
	if d.over {
		return d.err
	}
	if d.err == nil && d.upload && d.ctx.Err() == nil {
		d.finishUpload()
		d.tell(d.howItEnded(), d.err)
		d.drain()
	}
	if d.ctx.Err() != nil || d.err == nil && !d.upload && !d.eof {
		d.Abort()
		return d.ctx.Err()
	}
	d.over = true
	d.release()
	d.tell(d.howItEnded(), d.err)
	// The other half of an upload over TLS must not be closed just when the
	// server's FIN comes, which the kernel may then drop: vsftpd says 226 only
	// when the FIN, repeated after 200 ms, is acknowledged.
	halfClosed := d.upload && d.protect && d.err == nil
	if !halfClosed {
		d.hangUp(d.err != nil && d.upload)
	}
	d.err = d.verdict()
	if halfClosed {
		d.hangUp(false)
	}
	if d.conn.unanswered() { // one reply for several is all that some servers give
		d.conn.sendAll(d.conn.fence())
	}
	return d.err
}

// CloseAfter is Close for a transfer of which reading or writing returned err
// (nil or io.EOF: nothing went wrong). It returns what tells most: the server's
// verdict on a data connection that broke, or err where that is about something
// else, such as a local file. The rest of a download is not read then.
func (d *Data) CloseAfter(err error) error {
	if err == nil || errors.Is(err, io.EOF) || d.err != nil && errors.Is(err, d.err) {
		return d.Close()
	}
	d.Close()
	return err
}

// verdict waits for the final reply. Its words say more than a broken pipe, but
// not more than a failed handshake, and a refusal is only the echo of a
// connection that we gave up.
func (d *Data) verdict() error {
	r, err := d.x.Expect(d.ctx, 2)
	var handshake *TLSError
	switch {
	case IsCode(err, 426) && errors.As(d.err, new(*TimeoutError)), refused(err) && d.gaveUp():
		return d.incomplete()
	case errors.As(d.err, &handshake) && r.Code != 0:
		return &TLSError{Channel: handshake.Channel, Err: fmt.Errorf("%w (the server says: %s)", handshake.Err, r)}
	case err != nil && d.ctx.Err() == nil && handshake != nil && !handshake.cutOff():
		return handshake // the server hung up, or said no more, because of it
	case err != nil:
		return d.withoutTicket(d.afterBeginning(err))
	}
	return d.incomplete()
}

// gaveUp reports whether we stopped a download for what it brought.
func (d *ending) gaveUp() bool {
	return errors.As(d.err, new(*ExcessError)) || errors.As(d.err, new(*inflateError))
}

// afterBeginning marks a refusal that came when data was on its way.
func (d *flow) afterBeginning(err error) error {
	var no *Error
	if errors.As(err, &no) && d.x.first.Class() == 1 {
		no.Begun = true
	}
	return err
}

// Reply returns the server's final reply, after Close.
func (d *flow) Reply() Reply {
	if !closed(d.x.done) {
		return Reply{}
	}
	return d.x.final
}

// finishUpload sends the end of the data: close_notify, then FIN. It is told before the server can answer it.
func (d *Data) finishUpload() {
	if d.raw == nil || d.secure() != nil {
		return
	}
	if d.squeeze != nil && d.failed(d.squeeze.Close()) != nil { // what it holds back, and the checksum
		return
	}
	d.tell(d.howItEnded(), nil)
	d.within(drainTimeout)
	tc, protected := d.rw.(*tls.Conn)
	if !protected {
		return
	}
	if d.failed(tc.CloseWrite()) != nil {
		return
	}
	d.within(drainTimeout) // CloseWrite leaves it in the past
	if half, ok := d.raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // proftpd does not answer close_notify before the FIN
	}
}

// drain reads what the server still sends after an upload. Closing at once with
// TLS 1.3 tickets unread would reset the connection, and the server would lose
// the tail.
func (d *Data) drain() {
	if tc, protected := d.rw.(*tls.Conn); protected && d.upload && d.err == nil {
		_, _ = io.Copy(io.Discard, tc)
	}
}

const drainTimeout = 10 * time.Second

func (d *Data) howItEnded() string {
	switch {
	case syserror.Reset(d.err):
		return "reset"
	case d.err != nil:
		return "error"
	case d.truncated():
		return "truncated"
	case d.protect:
		return "close_notify"
	}
	return "close"
}

// isReset reports whether the other side took the connection away.
func isReset(err error) bool {
	return syserror.Reset(err) || syserror.Refused(err)
}

func (d *Data) truncated() bool { return d.spy != nil && !d.upload && d.eof && d.spy.eof }

// incomplete returns what is wrong with a transfer although the server says
// that it went well.
func (d *Data) incomplete() error {
	lost := &IncompleteError{Got: d.Transferred(), Want: -1, Reason: "cut short", Listing: d.listing, Err: d.err}
	switch {
	case d.err != nil && d.isNothing() && isReset(d.err) && !d.protect:
		return nil // the listener was closed, since there was nothing to send
	case d.err != nil:
		return lost
	case d.truncated() && !d.conn.cfg.InsecureEnd:
		lost.Err = ErrTruncated
		return lost
	}
	return nil
}

// hangUp closes the data connection; with reset the server cannot take what it
// has for the whole file.
func (w *wire) hangUp(reset bool) {
	if w.raw == nil {
		return
	}
	if tcp, ok := w.raw.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	w.raw.Close()
}

// tell reports, once, that all data has been moved, or how it ended instead.
// It comes before the server's verdict, as on the wire.
func (d *Data) tell(end string, err error) {
	if closed(d.told) {
		return
	}
	defer close(d.told)
	d.conn.cfg.Trace.data(DataInfo{
		Channel: d.name, Verb: d.x.Verb, Upload: d.upload, Bytes: d.Transferred(),
		Elapsed: time.Since(d.start), TLS: d.protect, End: end, Err: d.conn.hideErr(err), Head: d.head,
	})
}
