//go:build unix

package client

import (
	"crypto/tls"
	"net"
	"syscall"
)

// sharePort lets the port of the control connection be listened on as well. It
// helps as long as no other connection has the same port.
func (c *stream) sharePort() {
	nc := c.socket()
	if protected, ok := nc.(*tls.Conn); ok {
		nc = protected.NetConn()
	}
	if tcp, ok := nc.(*net.TCPConn); ok {
		if raw, err := tcp.SyscallConn(); err == nil {
			_ = reuse("", "", raw)
		}
	}
}

// takePort makes a dialer take a port before it connects: one that the system
// finds while it connects may be that of other connections, too.
func takePort(d *net.Dialer) {
	if d.LocalAddr == nil {
		d.LocalAddr = &net.TCPAddr{}
	}
	d.Control = reuse
}

func reuse(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1) })
}
