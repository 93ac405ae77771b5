package client

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// finArrived reports whether the other side has closed a connection, read to its end or not.
func finArrived(nc net.Conn) (arrived bool) {
	const closeWait = 8 // TCP_CLOSE_WAIT of the kernel
	tcp, ok := nc.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	_ = raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.SOL_TCP, unix.TCP_INFO)
		arrived = err == nil && info.State == closeWait
	})
	return arrived
}
