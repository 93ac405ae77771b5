//go:build !unix

package client

import "net"

// sharePort and takePort have nothing to do where a port may be listened on
// although a connection uses it.
func (c *stream) sharePort() {}

func takePort(*net.Dialer) {}
