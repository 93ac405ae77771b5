package client_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// closing is a connection that tells when it is closed.
type closing struct {
	*net.TCPConn
	told func()
}

func (c closing) Close() error {
	c.told()
	return c.TCPConn.Close()
}

// The data connection of an upload over TLS stays half open until the server has
// spoken: closed at the moment when its FIN comes, the kernel may drop that, and
// vsftpd repeats it after 200 ms, and says 226 behind it.
func TestUploadOverTLSClosesAfterTheVerdict(t *testing.T) {
	srv := serve(t, practice.Options{})
	var stored, early atomic.Bool
	var dials atomic.Int64
	s := logInTo(t, srv, func(o *client.Options) {
		o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err != nil || dials.Add(1) == 1 { // the control connection
				return nc, err
			}
			return closing{nc.(*net.TCPConn), func() {
				if !stored.Load() {
					early.Store(true)
				}
			}}, nil
		}
		o.Trace = &client.Trace{Got: func(i client.GotInfo) {
			if i.Reply.Code == 226 {
				stored.Store(true)
			}
		}}
	})
	d, err := s.Store(t.Context(), "up", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(d, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if !stored.Load() || early.Load() || dials.Load() != 2 {
		t.Errorf("226 came: %v; closed before it: %v; connections: %d", stored.Load(), early.Load(), dials.Load())
	}
}
