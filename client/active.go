package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// active waits for the server to connect to a port of ours.
type active struct {
	c    *Conn
	way  DataMode
	name string
	ln   *net.TCPListener
}

var errNeedsDirect = errors.New("active mode needs a direct connection")

// listen opens one port on the local address of the control connection.
func (c *Conn) listen(way DataMode, name string) (channel, error) {
	local, ok := c.LocalAddr().(*net.TCPAddr)
	if !ok || c.proxyTo != "" {
		return nil, &modeError{way, errNeedsDirect}
	}
	if way == PORT && local.IP.To4() == nil {
		return nil, &modeError{way, errors.New("PORT knows IPv4 only")}
	}
	ports := c.cfg.ActivePorts
	if way == DefaultPort {
		ports = [2]int{local.Port, local.Port}
		c.sharePort()
	}
	ln, err := listenWithin(ports, *local)
	if err != nil && way == DefaultPort {
		err = errors.New("another connection uses it too; a new session finds a free one")
	}
	if err != nil {
		return nil, &modeError{way, err}
	}
	c.cfg.Trace.listen(ListenInfo{name, ln.Addr().String()})
	return &active{c: c, way: way, name: name, ln: ln}, nil
}

// listenWithin takes a free port of a range. It begins anywhere in it: a server
// cannot connect from its port 20 to the port of a moment ago.
func listenWithin(ports [2]int, local net.TCPAddr) (ln *net.TCPListener, err error) {
	low, count := ports[0], max(ports[1]-ports[0]+1, 1)
	start := rand.IntN(count)
	for i := range count {
		local.Port = low + (start+i)%count
		if ln, err = net.ListenTCP("tcp", &local); err == nil {
			return ln, nil
		}
	}
	if count > 1 {
		err = fmt.Errorf("no free port from %d to %d: %w", low, low+count-1, err)
	}
	return nil, err
}

func (a *active) request() command {
	if a.way == DefaultPort {
		return cmd("NOOP") // nothing is to be arranged
	}
	addr := *a.ln.Addr().(*net.TCPAddr)
	if ip := a.c.cfg.ActiveAddress; ip != nil && (a.way == EPRT || ip.To4() != nil) {
		addr.IP = ip
	}
	return portCommand(a.way, addr.IP, addr.Port)
}

// portCommand names an address to connect to: PORT (RFC 959), for IPv4 only, or
// EPRT (RFC 2428).
func portCommand(way DataMode, ip net.IP, port int) command {
	if way == PORT {
		host := strings.ReplaceAll(ip.To4().String(), ".", ",")
		return cmd("PORT", fmt.Sprintf("%s,%d,%d", host, port>>8, port&0xff))
	}
	family := 1
	if ip.To4() == nil {
		family = 2
	}
	return cmd("EPRT", fmt.Sprintf("|%d|%s|%d|", family, ip, port))
}

func (a *active) arranged(r Reply) error {
	if r.Class() != 2 {
		return &modeError{a.way, &Error{Verb: a.way.String(), Reply: r}}
	}
	return nil
}

func (a *active) connect(context.Context) error { return nil }

// connection accepts the server, and nobody else: a stranger who connects
// first is hung up on. It gives up when the transfer is over without one.
func (a *active) connection(ctx context.Context, x *Exchange) (net.Conn, error) {
	defer a.ln.Close()
	_ = a.ln.SetDeadline(time.Now().Add(a.c.replyTimeout())) // before anybody shortens it
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-ctx.Done():
		case <-x.done:
			_ = a.ln.SetDeadline(time.Now().Add(time.Second)) // the connection may be in the queue
			select {
			case <-ctx.Done():
			case <-over:
			}
		case <-over:
		}
		_ = a.ln.SetDeadline(time.Unix(1, 0))
	}()
	for start, stranger := time.Now(), ""; ; {
		nc, turnedAway, err := a.accept(start)
		switch {
		case err != nil:
			return nil, a.missing(ctx, x, err, stranger)
		case nc != nil:
			return nc, nil
		}
		stranger = turnedAway
	}
}

// accept takes the next connection, or hangs up on a stranger and names him.
func (a *active) accept(start time.Time) (nc net.Conn, stranger string, err error) {
	if nc, err = a.ln.Accept(); err != nil {
		return nil, "", err
	}
	info := DialInfo{
		Channel: a.name, Local: nc.LocalAddr().String(), Remote: nc.RemoteAddr().String(),
		Accepted: true, Elapsed: time.Since(start),
	}
	if a.c.cfg.mayConnect(nc.RemoteAddr(), a.c.RemoteAddr()) {
		a.c.cfg.setBuffers(nc)
	} else {
		nc.Close()
		info.Err = errors.New("a stranger; hung up")
		nc, stranger = nil, hostOf(nc.RemoteAddr())
	}
	a.c.cfg.Trace.dial(info)
	return nc, stranger, nil
}

// queueGlance is how long is looked for a connection that waits in the queue already.
const queueGlance = 10 * time.Millisecond

// refused looks whether the server says no since it came from another address.
func (a *active) refused(no error) error {
	_ = a.ln.SetDeadline(time.Now().Add(queueGlance))
	for {
		nc, stranger, err := a.accept(time.Now())
		switch {
		case err != nil && IsCode(no, 425):
			return a.unreached(no)
		case err != nil:
			return no
		case nc != nil:
			nc.Close()
		default:
			return a.turnedAway(stranger, no)
		}
	}
}

func (a *active) turnedAway(stranger string, err error) error {
	return &StrangerError{Stranger: stranger, Server: hostOf(a.c.RemoteAddr()), Err: err}
}

// unreached says who could not connect to whom: the address is the one that PORT or EPRT
// named.
func (a *active) unreached(err error) error {
	addr := *a.ln.Addr().(*net.TCPAddr)
	if ip := a.c.cfg.ActiveAddress; ip != nil {
		addr.IP = ip
	}
	return &UnreachedError{Server: hostOf(a.c.RemoteAddr()), Addr: addr.String(), Err: err}
}

// missing says why no connection came. There is none, and no error, when a listing
// ended well without the server having spoken of a connection (1yz), and nobody
// was turned away: some servers do that for an empty directory.
func (a *active) missing(ctx context.Context, x *Exchange, err error, stranger string) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !closed(x.done):
		err = a.unreached(&ConnectError{Channel: dataChannel, Addr: a.ln.Addr().String(), Err: err})
	case x.err != nil:
		err = x.err
	case x.final.Class() != 2:
		err = &Error{Verb: x.Verb, Reply: x.final, Begun: x.first.Class() == 1}
		if IsCode(err, 425) {
			err = a.unreached(err)
		}
	case lists(x.Verb) && x.first.Class() == 2 && stranger == "":
		return nil
	default:
		err = &IncompleteError{Want: -1, Reason: "no data connection, although the server says " + x.final.String(), Listing: lists(x.Verb)}
	}
	if stranger != "" {
		return a.turnedAway(stranger, err)
	}
	return err
}

func (a *active) close() { a.ln.Close() }

// mayConnect reports whether a host is taken for the server in active mode.
func (c Options) mayConnect(from, server net.Addr) bool {
	if any := c.ActiveFrom; any.IsValid() && (any.IsUnspecified() || any.Unmap().String() == hostOf(from)) {
		return true
	}
	return sameHost(from, server)
}

func sameHost(a, b net.Addr) bool {
	x, ok1 := a.(*net.TCPAddr)
	y, ok2 := b.(*net.TCPAddr)
	return ok1 && ok2 && x.IP.Equal(y.IP)
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.IP.String()
	}
	return a.String()
}
