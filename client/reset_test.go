package client_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// Each upload arrives whole, and the client never resets a data connection:
// what it has sent would be lost with it. TLS 1.3 makes that hard, since the
// server's tickets wait unread. FTPSH_UPLOADS says how many; it is one of
// each size by default.
func TestUploadsAreWholeAndNeverReset(t *testing.T) {
	t.Parallel()
	count := 1
	if n, err := strconv.Atoi(os.Getenv("FTPSH_UPLOADS")); err == nil {
		count = n
	}
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		for _, version := range tlsVersions(srv) {
			t.Run(versionName(version), func(t *testing.T) { uploads(t, srv, version, count) })
		}
	})
}

func uploads(t *testing.T, srv *daemon.Server, version uint16, count int) {
	relay := &relay{}
	s := open(t, srv, func(o *client.Options) {
		if version != 0 {
			o.TLS.MinVersion, o.TLS.MaxVersion = version, version
		}
		o.Dial = relay.dial
	})
	whole, files := 0, 0
	for i := range count {
		for _, size := range []int{0, 1, 600_000, 2_000_000} {
			data := make([]byte, size)
			rand.Read(data)
			name := fmt.Sprintf("up-%d-%d", i%10, size)
			d, err := s.Store(t.Context(), name, 0)
			if err == nil {
				_, err = d.ReadFrom(bytes.NewReader(data))
				err = errors.Join(err, d.Close())
			}
			stored, _ := os.ReadFile(filepath.Join(srv.Root, name))
			if files++; err == nil && bytes.Equal(stored, data) {
				whole++
			} else {
				t.Errorf("upload %d of %d bytes: %v, %d are stored", i, size, err, len(stored))
			}
		}
	}
	s.Close()
	t.Logf("%d of %d uploads are whole", whole, files)
	if seen, resets := relay.wait(); resets > 0 || seen != files+1 {
		t.Errorf("%d of %d connections were reset by the client, of %d", resets, seen, files+1)
	}
}

// relay stands between the client and the server and sees which connections
// the client resets.
type relay struct {
	running sync.WaitGroup
	mu      sync.Mutex
	seen    int
	resets  int
}

func (r *relay) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	server, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		server.Close()
		return nil, err
	}
	defer listener.Close()
	mine, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		server.Close()
		return nil, err
	}
	theirs, err := listener.Accept()
	if err != nil {
		server.Close()
		mine.Close()
		return nil, err
	}
	r.running.Go(func() { r.carry(theirs.(*net.TCPConn), server.(*net.TCPConn)) })
	return mine, nil
}

// carry copies both ways to both ends. A reset by the client shows when its
// connection is read, or written to.
func (r *relay) carry(client, server *net.TCPConn) {
	watched := &watched{TCPConn: client}
	up := make(chan struct{})
	go func() {
		io.Copy(onlyTo{server}, onlyFrom{watched})
		server.CloseWrite()
		io.Copy(io.Discard, watched) // if the server takes no more
		close(up)
	}()
	io.Copy(onlyTo{watched}, onlyFrom{server})
	client.CloseWrite()
	<-up
	client.Close()
	server.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen++; watched.reset.Load() {
		r.resets++
	}
}

// watched knows whether the other end has reset the connection.
type watched struct {
	*net.TCPConn
	reset atomic.Bool
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.TCPConn.Read(p)
	w.note(err)
	return n, err
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.TCPConn.Write(p)
	w.note(err)
	return n, err
}

func (w *watched) note(err error) {
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		w.reset.Store(true)
	}
}

// wait waits until all connections are over.
func (r *relay) wait() (seen, resets int) {
	r.running.Wait()
	return r.seen, r.resets
}

type (
	onlyTo   struct{ io.Writer }
	onlyFrom struct{ io.Reader }
)
