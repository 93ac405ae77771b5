package client

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// DataMode is how a data connection is made.
type DataMode int

// The ways, in the order in which a Session tries them.
const (
	EPSV DataMode = iota // RFC 2428, passive: we connect to a port of the server
	PASV                 // RFC 959, passive
	EPRT                 // RFC 2428, active: the server connects to us
	PORT                 // RFC 959, active

	// DefaultPort is RFC 959 section 3.2, active: nothing is arranged, and the
	// server connects to the port of the control connection. It is only used
	// when Options.Ways names it.
	DefaultPort
)

func (w DataMode) String() string {
	return [...]string{"EPSV", "PASV", "EPRT", "PORT", "default port"}[w]
}

// Passive reports whether we connect to the server, not the server to us.
func (w DataMode) Passive() bool { return w == EPSV || w == PASV }

// channel is a data connection before its transfer has begun.
type channel interface {
	// request is the command that arranges the connection.
	request() command
	// arranged takes the reply to it.
	arranged(Reply) error
	// connect connects a passive channel; an active one waits in connection.
	connect(context.Context) error
	// connection returns the connection once the server has agreed to the
	// transfer. An active channel waits for the server until then.
	connection(context.Context, *Exchange) (net.Conn, error)
	close()
}

// modeError says that one way to a data connection does not work here.
type modeError struct {
	DataMode
	err error
}

func (e *modeError) Error() string { return e.DataMode.String() + ": " + e.err.Error() }
func (e *modeError) Unwrap() error { return e.err }

func (c *Conn) newChannel(way DataMode, name string) (channel, error) {
	if way.Passive() {
		return &passive{c: c, way: way, name: name}, nil
	}
	return c.listen(way, name)
}

type passive struct {
	c    *Conn
	way  DataMode
	name string
	peer string
	nc   net.Conn
}

func (p *passive) request() command { return cmd(p.way.String()) }

func (p *passive) arranged(r Reply) (err error) {
	if p.peer, err = p.c.passiveAddr(p.way, r); err != nil {
		return &modeError{p.way, err}
	}
	return nil
}

func (p *passive) connect(ctx context.Context) (err error) {
	began := time.Now()
	p.nc, err = p.c.cfg.dial(ctx, dataChannel, p.name, "tcp", p.peer)
	p.c.cfg.Pace.dialled(ctx, err, began)
	if err != nil && ctx.Err() == nil {
		return &modeError{p.way, err}
	}
	if through, ok := p.nc.(proxied); ok {
		p.nc = through.NetConn()
	}
	p.c.cfg.setBuffers(p.nc)
	return err
}

func (p *passive) connection(context.Context, *Exchange) (net.Conn, error) { return p.nc, nil }

func (p *passive) close() {
	if p.nc != nil {
		p.nc.Close()
		p.c.cfg.Trace.closed(CloseInfo{p.name, nil})
		p.nc = nil
	}
}

// passiveAddr returns where to connect: the host we are talking to, unless
// Options.TrustPassiveAddress says otherwise. The address in a 227 names another
// one behind NAT, or on behalf of an attacker.
func (c *Conn) passiveAddr(way DataMode, r Reply) (string, error) {
	if r.Class() != 2 {
		return "", &Error{Verb: way.String(), Reply: r}
	}
	named, port, err := ParsePassive(r)
	if err != nil {
		return "", err
	}
	if c.proxyTo != "" { // the peer is the proxy, and only it knows the server's address
		return net.JoinHostPort(c.proxyTo, strconv.Itoa(port)), nil
	}
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return "", err
	}
	if named != "" && named != host {
		used := host
		if c.cfg.TrustPassiveAddress {
			used = named
		}
		c.cfg.Trace.note(NoteInfo{
			c.name, "pasv.address.differs",
			fmt.Sprintf("the server names %s for the data connection; %s is used", named, used),
		})
		host = used
	}
	peer := net.JoinHostPort(host, strconv.Itoa(port))
	if peer == c.RemoteAddr().String() { // its greeting would be taken for a file
		return "", &ProtocolError{Text: r.String(), Reason: "the server names the port of the control connection for data", Value: true}
	}
	return peer, nil
}
