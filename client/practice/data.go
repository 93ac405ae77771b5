package practice

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// dataPort is where the next data connection comes from: a listener (PASV, EPSV) or the client's address (PORT, EPRT).
// To the library it is a passive listener in both cases. A connection without TLS and without a fault is handed over
// bare, so that the system can copy files straight into it.
type dataPort struct {
	session  *session
	library  net.Listener // the library's own; it sets deadlines on it and nobody connects to it
	listener net.Listener // nil for an active port
	client   string       // address for an active port

	ctx    context.Context
	cancel context.CancelFunc

	mu        sync.Mutex
	transfer  *command // the command that uses the port
	protect   bool
	conn      net.Conn // below TLS
	abandoned bool
	verdict   string // the reply that the transfer must end with
}

func newDataPort(s *session, library net.Listener, client string) (*dataPort, error) {
	p := &dataPort{session: s, library: library, client: client}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if client != "" {
		return p, nil
	}
	var err error
	if inside := s.srv.network; inside != nil {
		p.listener, err = inside.forward(net.JoinHostPort(s.srv.Host(), "0"), 0)
	} else {
		p.listener, err = listenData(s.tcp.LocalAddr().(*net.TCPAddr), s.srv.opts.PassivePorts)
	}
	return p, err
}

// dynamicPorts belong to nobody (RFC 6335 section 6). To take any of them is quick; Linux, asked for a free port, passes
// by each that a connection has left within the last minute.
var dynamicPorts = Ports{49152, 65535}

// listenData listens at the address of the control connection, on a port of the range.
func listenData(at *net.TCPAddr, ports Ports) (net.Listener, error) {
	if ports == (Ports{}) {
		ports = dynamicPorts
	}
	count := ports.Last - ports.First + 1
	if count < 1 {
		return nil, fmt.Errorf("passive ports %d-%d: no such range", ports.First, ports.Last)
	}
	for i, first := 0, rand.IntN(count); i < count; i++ {
		port := ports.First + (first+i)%count
		if l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: at.IP, Zone: at.Zone, Port: port}); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("passive ports %d-%d are all taken", ports.First, ports.Last)
}

// Addr is the address the library tells the client.
func (p *dataPort) Addr() net.Addr {
	if p.listener != nil {
		return p.listener.Addr()
	}
	return p.library.Addr()
}

// Accept makes the data connection. The library calls it when a transfer begins.
func (p *dataPort) Accept() (net.Conn, error) {
	conn, err := p.connect()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.conn = conn
	abandoned := p.abandoned
	p.mu.Unlock()
	if abandoned {
		conn.Close()
		return nil, net.ErrClosed
	}
	return p.wrap(conn), nil
}

func (p *dataPort) connect() (net.Conn, error) {
	if p.listener != nil {
		return p.listener.Accept()
	}
	local := p.session.tcp.LocalAddr().(*net.TCPAddr)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: local.IP, Zone: local.Zone}}
	return dialer.DialContext(p.ctx, "tcp", p.client)
}

// dataTLS is the configuration of data connections: usually that of the control connection.
func (s *session) dataTLS() *tls.Config {
	if other := s.srv.dataTLS; other != nil {
		return other
	}
	return s.tls
}

func (p *dataPort) wrap(conn net.Conn) net.Conn {
	tcp := &dataConn{conn.(*net.TCPConn)}
	conn = tcp
	if idle := p.session.srv.opts.Idle; idle > 0 {
		conn = &movingConn{conn, idle}
	}
	if p.protect && !p.session.srv.opts.clearData {
		conn = &protectedConn{Conn: tls.Server(conn, p.session.dataTLS()), port: p}
	}
	if p.transfer == nil {
		return conn
	}
	for _, f := range p.transfer.faults {
		if f.row.data != nil {
			conn = f.row.data(&dataFault{Conn: conn, tcp: tcp, port: p, fault: f})
		}
	}
	if text := p.transfer.listing; text != nil {
		conn = &listed{Conn: conn, text: *text}
	}
	return conn
}

// dataConn is a data connection whose end is seen before the reply that tells of it: Close sends FIN and waits for that
// of the client, as proftpd does (TimeoutLinger). Otherwise the 226 would overtake the data on loopback, which it
// never does between two programs that talk over a network.
type dataConn struct{ *net.TCPConn }

func (c *dataConn) Close() error {
	if c.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(lingering))
		_, _ = io.Copy(io.Discard, c.TCPConn)
	}
	return c.TCPConn.Close()
}

// movingConn is a data connection that may not stand still: a client that neither reads nor goes away would keep its
// place for ever.
type movingConn struct {
	net.Conn
	idle time.Duration
}

func (c *movingConn) Read(b []byte) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(c.idle))
	return c.Conn.Read(b)
}

func (c *movingConn) Write(b []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(c.idle))
	return c.Conn.Write(b)
}

// begin tells the port which command uses it.
func (p *dataPort) begin(c *command, protect bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.transfer, p.protect = c, protect
}

// Close is called by the library, which closes the connection itself.
func (p *dataPort) Close() error {
	p.mu.Lock()
	p.abandoned = true
	p.mu.Unlock()
	p.cancel()
	return errors.Join(p.library.Close(), p.stopListening())
}

func (p *dataPort) stopListening() error {
	if p.listener == nil {
		return nil
	}
	if err := p.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// shut stops listening and keeps the port: as long as a connection to it is there, nobody else can
// listen on it, so that the client is refused.
func (p *dataPort) shut() {
	defer func() { _ = p.stopListening() }()
	if p.listener == nil {
		return
	}
	near, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		return
	}
	defer near.Close()
	if far, err := p.listener.Accept(); err == nil {
		context.AfterFunc(p.ctx, func() { far.Close() })
	}
}

// abandon ends whatever waits for the data connection or goes through it.
func (p *dataPort) abandon() {
	p.mu.Lock()
	p.abandoned = true
	conn := p.conn
	p.mu.Unlock()
	p.cancel()
	_ = p.stopListening()
	if conn != nil {
		conn.Close()
	}
}

// waiting says that nobody has connected yet and still may.
func (p *dataPort) waiting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn == nil && !p.abandoned
}

func (p *dataPort) setVerdict(reply string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verdict = reply
}

// setPort replaces the data port; a connection that a fault kept open goes with the old one.
func (ps *ports) setPort(p *dataPort) {
	ps.closePort()
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.port = p
}

func (ps *ports) currentPort() *dataPort {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.port
}

func (ps *ports) closePort() {
	if p := ps.currentPort(); p != nil {
		p.abandon()
	}
}

// verdict is the reply that the data connection wants for its transfer.
func (ps *ports) verdict() string {
	p := ps.currentPort()
	if p == nil {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.verdict
}

var errNotResumed = errors.New("TLS session not resumed")

// protectedConn is a data connection under TLS. The handshake comes with its first byte, after the 150.
type protectedConn struct {
	*tls.Conn
	port    *dataPort
	checked bool
}

// check looks at the handshake once. A full one is refused as vsftpd does it: after the handshake, with a 522.
func (c *protectedConn) check() error {
	if c.checked {
		return nil
	}
	if err := c.Handshake(); err != nil {
		c.port.setVerdict("522 TLS on the data connection failed: " + err.Error() + ".")
		return err
	}
	state := c.ConnectionState()
	if c.port.session.srv.opts.RequireReuse && !state.DidResume {
		c.port.setVerdict("522 The TLS session of the control connection must be reused.")
		return errNotResumed
	}
	c.checked = true
	c.port.session.note(fmt.Sprintf("%s on the data connection, resumed: %t", tls.VersionName(state.Version), state.DidResume))
	return nil
}

func (c *protectedConn) Read(b []byte) (int, error) {
	if err := c.check(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *protectedConn) Write(b []byte) (int, error) {
	if err := c.check(); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
