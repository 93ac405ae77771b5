package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Security says how the control connection is protected.
type Security int

// The choices of Options.Security. Nobody gets a session in the clear without asking for it.
const (
	Require       Security = iota // AUTH TLS, or no session (RFC 4217)
	Implicit                      // TLS before the greeting (ftps://, port 990)
	Opportunistic                 // AUTH TLS; in the clear where the server refuses it
	Off                           // in the clear
)

func (s Security) String() string {
	return [...]string{"require", "implicit", "opportunistic", "off"}[s]
}

// Options say how connections are made, and what a session is like. With Addr, the zero value is
// ready to use: TLS is required and the certificate is verified. Dial looks at the connection's
// part alone.
type Options struct {
	Addr     string // of the server, "host:port"
	Security Security
	Ways     []DataMode // to make data connections, in this order; nil: EPSV, PASV, EPRT, PORT

	// VirtualHost is sent with HOST before the login (RFC 7151).
	VirtualHost string

	// Through gives the commands of the login when Addr is an FTP proxy, in place
	// of USER, PASS and ACCT; nil: no such proxy.
	Through func(Login) (commands []string, err error)

	// Correct changes what the server says it can do (FEAT), where that is wrong; nil: not.
	Correct func(Features)

	// Program is how we introduce ourselves with CLNT, where the server has it, or
	// with CSID; "" means not at all. It is NAME/VERSION.
	Program string

	// Recall returns what a server has said to FEAT and SYST before, after the same greeting; nil, and a nil
	// Features, mean that it is asked. Retain hears what it says. Neither knows of Correct.
	Recall func(greeting string) (feat Features, syst string)
	Retain func(greeting string, feat Features, syst string)

	// Dial makes the TCP connections, control and data; nil means a net.Dialer
	// bound to Source. A proxy goes here: if the connection has the methods
	// Target() string (host:port as dialled) and NetConn() net.Conn, data
	// connections go to the host of Target, and active mode is not tried.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Network is "tcp4" or "tcp6" for connections of that kind only; "": both. It is
	// not looked at where Dial is given.
	Network string

	// Resolver finds the addresses of names; nil: as the system does. It is not
	// asked where Dial is given.
	Resolver *net.Resolver

	// Source is the local address to connect from and to listen on.
	Source net.IP

	// TLS is the starting point for every handshake; ServerName defaults to
	// the host that is dialled. Certificates are verified unless
	// InsecureSkipVerify is set.
	TLS *tls.Config

	// Pin is the SHA-256 fingerprint of the server's certificate, in hex. When
	// set, exactly that certificate is accepted, no matter who signed it.
	Pin string

	// Revoked are lists of revoked certificates. Where there are any, each certificate below an authority needs one of
	// its issuer, and must not be in it. They have no effect on a pinned certificate.
	Revoked []*x509.RevocationList

	// OtherCertificates lets a data connection show another certificate than the
	// control connection, if that is a good one too: for servers that keep their
	// files on other machines. It has no effect where certificates are not
	// verified.
	OtherCertificates bool

	// Charset is that of the server's names and words; nil: its bytes are taken
	// as they are.
	Charset *Charset

	Timeout     time.Duration // for one reply; 0 means 60 s
	DialTimeout time.Duration // for each connection; 0 means 10 s (data: 5 s)
	Handshake   time.Duration // for TLS, on each connection; 0 means 15 s
	Stall       time.Duration // no byte on the data connection; 0 means 60 s
	OneByOne    bool          // each command waits for the answer to the one before
	Depth       int           // commands in flight; 0 means 256

	// Pace keeps transfers and listings apart, ConnectPace control connections; nil: nothing does.
	Pace, ConnectPace *Pace

	// KeepAlive is how often NOOP is sent while a transfer runs; 0 means never.
	// See Session.KeepAlive for the time between transfers. The connection's TCP
	// keep-alive is always on.
	KeepAlive time.Duration

	// Inflate undoes MODE Z; nil means never to use it. Inflate of this package
	// reads what servers send.
	Inflate func(io.Reader) (io.ReadCloser, error)

	// Deflate makes MODE Z of uploads, for servers of which it is known that they read it; nil means never.
	// Squeeze of this package does it.
	Deflate func(io.Writer) io.WriteCloser

	// ActivePorts is the range of ports to listen on in active mode; zero
	// means any.
	ActivePorts [2]int

	// ActiveAddress is what PORT and EPRT name instead of our own address: what
	// the server sees of us when a router translates addresses and forwards
	// ActivePorts.
	ActiveAddress net.IP

	// ActiveFrom is another address that the server may connect from in active mode;
	// an unspecified one (0.0.0.0) stands for any host. The zero value is
	// none: only the host that we talk to may connect.
	ActiveFrom netip.Addr

	// InsecureEnd takes what came over TLS for whole although the server never said
	// that it was (close_notify): anyone in between can cut files and listings
	// then, and nobody will notice.
	InsecureEnd bool

	// TrustPassiveAddress makes data connections go to the host that a 227
	// names, whatever it is: for servers that keep their files elsewhere. A
	// server can make us connect anywhere then.
	TrustPassiveAddress bool

	// ReadBuffer and WriteBuffer are the sizes of the socket buffers of data
	// connections; 0 leaves them to the system, which knows best.
	ReadBuffer, WriteBuffer int

	// Gate is asked before each command leaves; nil: nothing is asked. See Gate.
	Gate Gate

	// Funnel is told of each change of the server's files before it is made; nil: nobody is. See
	// Funnel.
	Funnel Funnel

	// Stage names the file that an upload goes into until it is complete and has been looked at; its
	// rename to the name that it is for passes through the funnel. "": it needs none. nil: none
	// does. It may be called by several sessions at once.
	Stage func(name string) string

	Trace *Trace

	unverified *x509.Certificate // taken without a check at first; nil: none yet

	ownPort bool     // no other connection may share the port of the control connection; see DefaultPort
	secrets []string // that this server has been told before
}

func (c Options) withDefaults() Options {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.Handshake = cmp.Or(c.Handshake, defaultHandshake)
	c.Stall = cmp.Or(c.Stall, defaultStall)
	c.Depth = cmp.Or(c.Depth, defaultDepth)
	return c
}

// DefaultTimeout is how long a reply may take unless somebody says otherwise.
const DefaultTimeout = 60 * time.Second

const (
	defaultHandshake = 15 * time.Second
	defaultStall     = 60 * time.Second
	defaultDepth     = 256 // questions about a directory in one round trip, and less than any socket holds

	dialTimeout     = 10 * time.Second
	dataDialTimeout = 5 * time.Second // then the next way to a data connection is tried
	quitTimeout     = 2 * time.Second
	hangUpPatience  = 100 * time.Millisecond // for the server to close behind its 221
	settleTimeout   = 2 * time.Second        // for replies still owed after an interrupt
)

// dial makes one TCP connection and reports it. The error names the channel.
func (c Options) dial(ctx context.Context, channel, name, network, addr string) (net.Conn, error) {
	usual := dialTimeout
	if channel != controlChannel {
		usual = dataDialTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.DialTimeout, usual))
	defer cancel()
	var tried attempts
	dial := c.dialer(func(d *net.Dialer) {
		if c.ownPort && channel == controlChannel {
			takePort(d)
		}
		if channel == dataChannel {
			d.KeepAliveConfig.Enable, d.KeepAlive = false, -1 // see Data.keepAlive
		}
		tried.watch(d)
	})
	start := time.Now()
	nc, err := dial(c.Trace.watchLookup(ctx, name), network, addr)
	info := DialInfo{Channel: name, Remote: addr, Elapsed: time.Since(start), Err: err}
	if err != nil {
		c.Trace.dial(info)
		return nil, &ConnectError{Channel: channel, Addr: addr, Tried: tried.all(), Err: err}
	}
	info.Local, info.Remote = nc.LocalAddr().String(), nc.RemoteAddr().String()
	if p, ok := nc.(proxied); ok {
		info.Remote = p.Target()
	}
	c.Trace.dial(info)
	return nc, nil
}

// Dialer returns what makes the connections: Dial, or a net.Dialer as the options want it.
func (c Options) Dialer() func(ctx context.Context, network, addr string) (net.Conn, error) {
	return c.dialer(func(*net.Dialer) {})
}

// dialer is Dialer; the net.Dialer is prepared.
func (c Options) dialer(prepare func(*net.Dialer)) func(ctx context.Context, network, addr string) (net.Conn, error) {
	if c.Dial != nil {
		return c.Dial
	}
	d := &net.Dialer{KeepAliveConfig: TCPKeepAlive, Resolver: c.Resolver}
	if c.Source != nil {
		d.LocalAddr = &net.TCPAddr{IP: c.Source}
	}
	prepare(d)
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		return d.DialContext(ctx, cmp.Or(c.Network, network), addr)
	}
}

// attempts are the addresses that a name was tried at: a dialler tells of one
// failure only, and tries two families at once (RFC 8305).
type attempts struct {
	mu    sync.Mutex
	addrs []string
}

func (a *attempts) watch(d *net.Dialer) {
	usual := d.Control
	d.Control = func(network, addr string, raw syscall.RawConn) error {
		a.mu.Lock()
		if !slices.Contains(a.addrs, addr) { // the standard library may try one several times
			a.addrs = append(a.addrs, addr)
		}
		a.mu.Unlock()
		if usual != nil {
			return usual(network, addr, raw)
		}
		return nil
	}
}

func (a *attempts) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.addrs)
}

// proxied is a connection that Options.Dial made through a proxy. Its RemoteAddr
// is the proxy, so data connections are dialled to the host of Target.
type proxied interface {
	net.Conn
	Target() string
	NetConn() net.Conn // the same connection, with all that a TCP connection can do
}

// TCPKeepAlive finds a dead peer after a minute of silence. A Options.Dial should
// have it, too.
var TCPKeepAlive = net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount}

const (
	keepAliveIdle     = 30 * time.Second
	keepAliveInterval = 10 * time.Second
	keepAliveCount    = 3
)

const (
	controlChannel = "control connection"
	dataChannel    = "data connection"
)
