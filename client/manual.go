package client

import (
	"context"
	"net"
	"strings"
)

// Manual is the session step by step, for those who want to see how it is done: lines as they are,
// and data connections that are arranged by hand.
type Manual struct{ s *Session }

// Manual returns that.
func (s *Session) Manual() Manual { return Manual{s} }

// Channel is a data connection that is arranged by hand, step by step, for
// those who want to see how it is done: made with Connect or Listen
// and used by one Carry, or closed.
type Channel struct {
	conn *Conn
	name string
	ch   channel
}

// Connect connects to the address that a passive server named ("host:port").
// Nothing is sent. The error is a *ConnectError.
func (m Manual) Connect(ctx context.Context, addr string) (*Channel, error) {
	c := m.s.conn
	name := c.nextData()
	nc, err := c.cfg.dial(ctx, dataChannel, name, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if through, ok := nc.(proxied); ok {
		nc = through.NetConn()
	}
	return &Channel{c, name, &passive{c: c, name: name, nc: nc}}, nil
}

// Listen waits for the server on a port of ours (0: any), at the address of
// the control connection. Nothing is sent: Requests are the commands that tell
// the server.
func (m Manual) Listen(port int) (*Channel, error) {
	c := m.s.conn
	local, ok := c.LocalAddr().(*net.TCPAddr)
	if !ok || c.proxyTo != "" {
		return nil, errNeedsDirect
	}
	ln, err := listenWithin([2]int{port, port}, *local)
	if err != nil {
		return nil, err
	}
	name := c.nextData()
	c.cfg.Trace.listen(ListenInfo{name, ln.Addr().String()})
	return &Channel{c, name, &active{c: c, name: name, ln: ln}}, nil
}

// Name is the channel's name in traces: "D1".
func (ch *Channel) Name() string { return ch.name }

// Active reports whether the server is to connect to us.
func (ch *Channel) Active() bool {
	_, active := ch.ch.(*active)
	return active
}

// Requests are the commands that tell a server where a listening channel waits:
// EPRT (RFC 2428), and PORT (RFC 959) where the address is IPv4.
func (ch *Channel) Requests() []string {
	a, ok := ch.ch.(*active)
	if !ok {
		return nil
	}
	addr := a.ln.Addr().(*net.TCPAddr)
	lines := []string{portCommand(EPRT, addr.IP, addr.Port).String()}
	if addr.IP.To4() != nil {
		lines = append(lines, portCommand(PORT, addr.IP, addr.Port).String())
	}
	return lines
}

// Close ends a channel that was not used.
func (ch *Channel) Close() { ch.ch.close() }

// String is the line that is sent.
func (m command) String() string { return strings.Join(append([]string{m.verb}, m.args...), " ") }

// MovesData reports whether a verb needs a data connection.
func MovesData(verb string) bool { return dataVerbs[strings.ToUpper(verb)] }

// Send sends a line that moves data as it is and does not wait. What it is
// answered with before a Carry is in the Exchange.
//
// What changes a file passes through the funnel, whose refusal is the error.
func (m Manual) Send(ctx context.Context, line string) (x *Exchange, err error) {
	verb, args := splitLine(line)
	err = m.s.byHandChange(ctx, line, func() error {
		x = m.s.conn.Send(verb, args...)
		return nil
	})
	return x, err
}

// Carry begins the transfer of a command that Send sent, over a channel,
// which it uses up: it waits until the server agrees (1yz), and in active mode
// for its connection. Data is protected when PROT P (RFC 4217 section 9) is what
// the server was told last. A refusal is an *Error. When ctx ends the transfer is aborted.
func (m Manual) Carry(ctx context.Context, ch *Channel, x *Exchange) (*Data, error) {
	t := Transfer{Verb: x.Verb, Protect: m.s.conn.hadTLS() && m.s.have.prot == Private, Fresh: m.s.fresh}
	if m.s.have.mode == Deflate && !t.upload() {
		t.Inflate = m.s.opt.Inflate
	}
	d := ch.conn.newData(ctx, ch.name, t)
	d.x = x
	x.data.Store(d)
	return d.agreed(ctx, ch.ch)
}

// splitLine takes a line that was typed apart.
func splitLine(line string) (verb string, args []string) {
	verb, rest, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	if rest != "" {
		args = []string{rest}
	}
	return strings.ToUpper(verb), args
}

// ServerState is what the server was told last about data: its type ("" when that is
// not known) and its protection.
func (m Manual) ServerState() (Type, Level) {
	if m.s.have.typ == unknown {
		return "", m.s.have.prot
	}
	return m.s.have.typ, m.s.have.prot
}

// SetReuse chooses whether data connections resume the TLS session of the
// control connection, as they do unless told otherwise. Servers may insist on
// it; without it anyone who is faster can take a data connection (RFC 4217 section
// 10.3 leaves that to servers).
func (m Manual) SetReuse(on bool) { m.s.fresh = !on }

// refresh is what a Session has not asked because the user speaks.
type refresh int

const (
	owesDir  refresh = iota + 1 // where we are
	owesLook                    // that, and what the server can do
)

// postpones notes a question for later, if the user speaks, and reports that.
func (h *handwork) postpones(what refresh) bool {
	if h.byHand {
		h.pendingRefresh = max(h.pendingRefresh, what)
	}
	return h.byHand
}

// ByHand has the Session send nothing by itself between the lines of Quote and
// Send, so that what the user types is all that the server hears. When it
// ends the Session asks what it has missed.
func (m Manual) ByHand(ctx context.Context, on bool) error {
	if on && m.s.cwdStale {
		if _, err := m.s.ready(ctx); err != nil {
			return err
		}
	}
	m.s.byHand = on
	owed := m.s.pendingRefresh
	if on || owed == 0 || m.s.conn.Err() != nil {
		return nil
	}
	m.s.pendingRefresh = 0
	if owed == owesLook {
		at, err := m.s.look(ctx, m.s.conn, m.s.at)
		if m.s.at = at; !hungUp(err) {
			return err
		}
		return nil // the next command connects again
	}
	_ = m.s.ask(ctx, m.s.conn, command{})
	return nil
}

// Abort sends ABOR as RFC 959 section 4.1.3 wants it: behind the Telnet
// signals IP and Synch, as urgent data, where the connection is not protected.
func (m Manual) Abort() *Exchange {
	return m.s.conn.sendAll(command{verb: "ABOR", urgent: true})[0]
}
