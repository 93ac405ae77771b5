//go:build !unix

package client

// sharePort has nothing to do where a port may be listened on although a
// connection uses it.
func (c *Conn) sharePort() {}
