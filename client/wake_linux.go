package client

import (
	"net"
	"syscall"
)

// wakeAt lets reads from a socket wait until so many bytes are there, or the
// end: it costs time to be woken for every packet of a fast download.
func wakeAt(tcp *net.TCPConn, bytes int) {
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, bytes) })
	}
}
