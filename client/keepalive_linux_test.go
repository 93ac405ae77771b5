package client

import (
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"

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
	if got := keepAliveOptions(t, s.conn.socket()); got != [4]int{1, 30, 10, 3} {
		t.Errorf("got %d", got)
	}
}

// So it does after a data connection, once the transfer lasts.
func TestTCPKeepAliveOfData(t *testing.T) {
	defer func(usual time.Duration) { lastingTransfer = usual }(lastingTransfer)
	for _, lasts := range []bool{true, false} {
		if lastingTransfer = time.Hour; lasts {
			lastingTransfer = 0
		}
		srv, err := practice.Start(practice.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		if err := afero.WriteFile(srv.FS(), "/data", make([]byte, 1000), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), Options{Addr: srv.Addr(), Security: Off})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Login(t.Context(), Login{User: practice.User, Password: practice.Password}); err != nil {
			t.Fatal(err)
		}
		d, err := s.Retrieve(t.Context(), "data", 0)
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(10 * time.Second); lasts && keepAliveOptions(t, d.raw)[3] != 3 && time.Now().Before(end); runtime.Gosched() {
		}
		if got := keepAliveOptions(t, d.raw); got[0] == 1 != lasts || lasts && got != [4]int{1, 30, 10, 3} {
			t.Errorf("a transfer that lasts: %v: got %d", lasts, got)
		}
		if _, err := d.WriteTo(io.Discard); d.CloseAfter(err) != nil {
			t.Error(err)
		}
	}
}

func keepAliveOptions(t *testing.T, nc net.Conn) (got [4]int) {
	t.Helper()
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		for i, row := range [4][2]int{
			{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT},
		} {
			if got[i], err = syscall.GetsockoptInt(int(fd), row[0], row[1]); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
