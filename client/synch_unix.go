//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package client

import (
	"errors"
	"net"
	"syscall"
)

// A transfer in the clear is interrupted with Telnet's Interrupt Process and Synch
// before the ABOR (RFC 959 section 4.1.3, RFC 854): inetutils and the other
// children of BSD's ftpd look at the control connection during a transfer only
// when urgent data comes. The urgent byte is the IAC, as BSD's ftp sends it:
// servers that take urgent data out of the stream lose nothing else.
const (
	interruptProcess = "\xff\xf4"
	dataMark         = "\xf2"
)

var synchIAC = []byte{0xff}

// synch sends the urgent part and returns what belongs before the ABOR that
// follows. Inside TLS and behind a proxy there is no urgent data.
func (c *Conn) synch() string {
	tcp, ok := c.socket().(*net.TCPConn)
	if !ok {
		return ""
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return ""
	}
	c.write([]byte(interruptProcess))
	_ = raw.Write(func(fd uintptr) bool {
		_, err = syscall.SendmsgN(int(fd), synchIAC, nil, nil, syscall.MSG_OOB)
		return !errors.Is(err, syscall.EAGAIN)
	})
	return dataMark
}
