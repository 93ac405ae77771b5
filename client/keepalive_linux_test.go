package client

import (
	"net"
	"syscall"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// The system looks after a control connection on which nothing is said: a peer
// that is gone is noticed after a minute.
func TestTCPKeepAlive(t *testing.T) {
	srv, err := practice.Script("S: 220 ready\nC: QUIT\nS: 221 bye")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	s, err := Open(t.Context(), Options{Addr: srv.Addr(), Security: Off})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	raw, err := s.conn.socket().(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		for _, row := range []struct{ name, level, option, want int }{
			{0, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
			{1, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 30},
			{2, syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 10},
			{3, syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 3},
		} {
			if got, err := syscall.GetsockoptInt(int(fd), row.level, row.option); err != nil || got != row.want {
				t.Errorf("option %d is %d, want %d: %v", row.name, got, row.want, err)
			}
		}
	})
}
