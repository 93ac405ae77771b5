//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package client

// synch needs urgent data, which Go's syscall package sends on Unix only.
func (c *Conn) synch() string { return "" }
