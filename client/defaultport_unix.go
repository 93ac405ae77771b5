//go:build unix

package client

import (
	"crypto/tls"
	"net"
	"syscall"
)

// sharePort lets the port of the control connection be listened on as well.
func (c *Conn) sharePort() {
	nc := c.socket()
	if protected, ok := nc.(*tls.Conn); ok {
		nc = protected.NetConn()
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1) })
	}
}
