package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// patience is far longer than anything here takes.
const patience = 20 * time.Second

func direct(ctx context.Context, network, addr string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// serve runs talk for every connection to a listener of its own, closes the connection after it, and returns the
// address. The test ends when all of them have.
func serve(t *testing.T, talk func(nc net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer nc.Close()
				nc.SetDeadline(time.Now().Add(patience))
				talk(nc)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	return l.Addr().String()
}

// readRequest reads an HTTP header.
func readRequest(r io.Reader) string {
	var text strings.Builder
	for b := bufio.NewReader(r); ; {
		line, err := b.ReadString('\n')
		text.WriteString(line)
		if err != nil || line == "\r\n" {
			return text.String()
		}
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func mustDialer(t *testing.T, proxy string) DialFunc {
	t.Helper()
	dial, err := Dialer(mustParse(t, proxy), direct)
	if err != nil {
		t.Fatal(err)
	}
	return dial
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// wantError fails unless err is an *Error with that text.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v\nwant one with %q", err, want)
	}
}
