package client

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Config says how connections are made. The zero value works.
type Config struct {
	// Dial makes the TCP connections, control and data; nil means a net.Dialer
	// bound to Source. A proxy goes here.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Source is the local address to connect from and to listen on.
	Source net.IP

	// TLS is the starting point for every handshake; ServerName defaults to
	// the host that is dialled. Certificates are verified unless
	// InsecureSkipVerify is set.
	TLS *tls.Config

	// Pin is the SHA-256 fingerprint of the server's certificate, in hex. When
	// set, exactly that certificate is accepted, whoever signed it.
	Pin string

	Timeout     time.Duration // for one reply; 0 means 60 s
	DialTimeout time.Duration // for each connection; 0 means 10 s (data: 5 s)
	Stall       time.Duration // no byte on the data connection; 0 means 60 s
	Depth       int           // commands in flight; 0 means 32

	// ActivePorts is the range of ports to listen on in active mode; zero
	// means any.
	ActivePorts [2]int

	Trace *Trace
}

func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = 60 * time.Second
	}
	if c.Stall == 0 {
		c.Stall = 60 * time.Second
	}
	if c.Depth == 0 {
		c.Depth = 32
	}
	return c
}

const (
	dialTimeout      = 10 * time.Second
	dataDialTimeout  = 5 * time.Second // then the next way to a data connection is tried
	handshakeTimeout = 15 * time.Second
	quitTimeout      = 2 * time.Second
	settleTimeout    = 2 * time.Second // for replies still owed after an interrupt
)

// dial makes one TCP connection and reports it. The error names the channel.
func (c Config) dial(ctx context.Context, channel, name, network, addr string) (net.Conn, error) {
	timeout := c.DialTimeout
	if timeout == 0 {
		timeout = dialTimeout
		if channel != controlChannel {
			timeout = dataDialTimeout
		}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	dial := c.Dial
	if dial == nil {
		d := &net.Dialer{KeepAliveConfig: keepAlive}
		if c.Source != nil {
			d.LocalAddr = &net.TCPAddr{IP: c.Source}
		}
		dial = d.DialContext
	}
	start := time.Now()
	nc, err := dial(ctx, network, addr)
	info := DialInfo{Channel: name, Remote: addr, Elapsed: time.Since(start), Err: err}
	if err != nil {
		c.Trace.dial(info)
		return nil, &ConnectError{Channel: channel, Addr: addr, Err: err}
	}
	info.Local, info.Remote = nc.LocalAddr().String(), nc.RemoteAddr().String()
	c.Trace.dial(info)
	return nc, nil
}

// keepAlive finds a dead peer after a minute of silence.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}

const (
	controlChannel = "control connection"
	dataChannel    = "data connection"
)
