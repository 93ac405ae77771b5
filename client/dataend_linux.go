package client

import (
	"encoding/binary"
	"net"
	"syscall"
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
		info, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_INFO)
		arrived = err == nil && binary.NativeEndian.AppendUint32(nil, uint32(info))[0] == closeWait // the state is its first byte
	})
	return arrived
}
