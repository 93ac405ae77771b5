package delay

import (
	"net"
	"syscall"
)

// acknowledge lets no acknowledgement wait: a server with Nagle's algorithm
// would wait for it with its next reply, for as long as a round trip.
func acknowledge(nc net.Conn) {
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) })
}
