package proxy

import "net"

// Conn is a connection that a proxy made. Its RemoteAddr is the proxy: who needs another connection to the same
// server (a data connection, after EPSV or PASV) must dial the host of Target, as it was given.
type Conn struct {
	net.Conn
	target, proxy string
}

// Target is the server's address (host:port) as it was dialled.
func (c *Conn) Target() string { return c.target }

// Proxy names the proxy as Describe does.
func (c *Conn) Proxy() string { return c.proxy }

// NetConn returns the connection itself, which may be used instead: the one that forward made, so that a TCP
// connection keeps its abilities (half close, linger, splice), or a *tls.Conn on it for an https proxy.
func (c *Conn) NetConn() net.Conn { return c.Conn }
