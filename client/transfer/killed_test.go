package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// oneSide is a copy of which one end may break: "data" of the one host becomes "copy" of the other one.
type oneSide struct {
	way                  transfer.Way
	from, to             everystep.Host
	changeOne, changeTwo func(client.Options) client.Options
	source, target       *client.Session
	data, old            []byte // old: of the copy, before; nil for none
	resume               bool   // old is the beginning of data
}

func (c *oneSide) open(t *testing.T) {
	c.place(t)
	c.source, c.target = c.from.Open(t, c.changeOne), c.to.Open(t, c.changeTwo)
}

// place puts the files there.
func (c *oneSide) place(t *testing.T) {
	for file, data := range map[string][]byte{filepath.Join(c.from.Root, "data"): c.data, filepath.Join(c.to.Root, "copy"): c.old} {
		os.Remove(file)
		if data == nil {
			continue
		}
		if err := errors.Join(os.WriteFile(file, data, 0o666), os.Chmod(file, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
}

// run copies, and sees to it that the copy is whole, or as it was, or the beginning of a new one.
func (c *oneSide) run(ctx context.Context, t *testing.T) error {
	t.Helper()
	task := transfer.Task{
		Op: transfer.BetweenServers, Remote: "data", Target: c.target, Local: "copy", Route: &transfer.Route{Way: c.way}, Resume: c.resume,
		Retry: transfer.Retry{Most: 3, Wait: time.Millisecond},
	}
	_, err := transfer.Run(ctx, c.source, task, nil)
	got, missing := os.ReadFile(filepath.Join(c.to.Root, "copy"))
	switch {
	case err == nil && bytes.Equal(got, c.data):
	case err == nil, strings.TrimSpace(err.Error()) == "":
		t.Errorf("it says that all went well: %v; there are %d bytes, or others", err, len(got))
	case c.old != nil && !c.resume && !bytes.Equal(got, c.old) && !bytes.Equal(got, c.data):
		t.Errorf("of the old file there are %d bytes: %v, %v", len(got), missing, err)
	case (c.old == nil || c.resume) && (!bytes.HasPrefix(c.data, got) || len(got) < len(c.old)):
		t.Errorf("%d bytes are not the beginning of the file: %v", len(got), err)
	}
	return err
}

// beside are the names of parts that were left.
func (c *oneSide) beside() []string {
	left, _ := filepath.Glob(filepath.Join(c.to.Root, "copy?*"))
	for _, name := range left {
		os.Remove(name)
	}
	return left
}

// eachSide runs a test with every daemon as the one end of a copy, and with the practice server as the
// other one.
func eachSide(t *testing.T, steps int, test func(t *testing.T, c *oneSide, broken everystep.Host, source bool)) {
	everystep.EachHost(t, steps, func(t *testing.T, h everystep.Host) {
		for _, source := range []bool{true, false} {
			c := &oneSide{way: transfer.Here, from: h, to: everystep.Practice(t), data: daemon.Content(300_000, 1)}
			if !source {
				c.from, c.to = c.to, c.from
			}
			t.Run(map[bool]string{true: "source", false: "target"}[source], func(t *testing.T) { test(t, c, h, source) })
		}
	})
}

// TestRelayBrokenAtEveryCommand: the control connection of either side is lost before or behind each
// command, or the command is refused, or we end. The old file is there or the new one is, and nothing
// beside it; the next command answers.
func TestRelayBrokenAtEveryCommand(t *testing.T) {
	t.Parallel()
	eachSide(t, 8, brokenAtEveryCommand)
}

func brokenAtEveryCommand(t *testing.T, c *oneSide, broken everystep.Host, source bool) {
	c.old = []byte("old")
	everystep.Some(t, broken.Steps, func(t *testing.T, trap *everystep.Trap) {
		if c.changeTwo = trap.Options; source {
			c.changeOne, c.changeTwo = trap.Options, nil
		}
		c.open(t)
		trapped := c.target
		if source {
			trapped = c.source
		}
		trap.Arm(trapped)
		err := c.run(trap.Context, t)
		sprung := trap.Sprung()
		killed := trap.Context.Err() != nil
		if left := c.beside(); len(left) > 0 && !killed && !(err != nil && strings.Contains(err.Error(), "a part is left")) {
			t.Errorf("%s: left %q: %v", sprung, left, err)
		}
		if err != nil && !killed && client.Refusal(err) == nil {
			t.Errorf("%s: %v", sprung, err)
		}
		for _, s := range []*client.Session{c.source, c.target} {
			if _, err := s.Getwd(t.Context()); err != nil && sprung != "" && !(killed && s == trapped) {
				t.Errorf("%s: the next command: %v", sprung, err)
			}
			s.Close()
		}
	})
}

// TestPutResumesThoughItBroke: an upload that resumes, and whose control connection is lost, resumes
// then as well.
func TestPutResumesThoughItBroke(t *testing.T) {
	t.Parallel()
	h, data := everystep.Practice(t), daemon.Content(100_000, 1)
	local := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(local, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, way := range []everystep.Way{everystep.Cut, everystep.Lost} {
		for n, more := 1, true; more; n++ {
			if err := os.WriteFile(filepath.Join(h.Root, "up"), data[:40_000], 0o666); err != nil {
				t.Fatal(err)
			}
			trap := everystep.New(t.Context(), way, n)
			s := h.Open(t, trap.Options)
			trap.Arm(s)
			task := transfer.Task{Op: transfer.Upload, Local: local, Remote: "up", Resume: true, Retry: transfer.Retry{Most: 3, Wait: time.Millisecond}}
			r, err := transfer.Run(t.Context(), s, task, nil)
			got, _ := os.ReadFile(filepath.Join(h.Root, "up"))
			if err != nil || !bytes.Equal(got, data) || r.Resumed != 40_000 {
				t.Errorf("%s %s: %d bytes, resumed at %d: %v", way, trap.Sprung(), len(got), r.Resumed, err)
			}
			more = trap.Sprung() != ""
			trap.Done()
			s.Close()
		}
	}
}

// breaker ends the next data connection of a session when so many bytes have passed, as if the
// network had.
type breaker struct {
	mu    sync.Mutex
	armed bool
	at    int
	end   func()
	reads error // what is read behind the end
}

// arm makes it break the next connection, once.
func (b *breaker) arm(at int, reads error, end func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.armed, b.at, b.reads, b.end = true, at, reads, end
}

func (b *breaker) options(o client.Options) client.Options {
	o.Timeout = 1500 * time.Millisecond // some daemons never answer a transfer whose connection broke before they looked
	o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		nc, err := new(net.Dialer).DialContext(ctx, network, addr)
		b.mu.Lock()
		defer b.mu.Unlock()
		if err != nil || !b.armed {
			return nc, err
		}
		b.armed = false
		return &breaking{Conn: nc, left: b.at, end: b.end, reads: b.reads}, nil
	}
	return o
}

type breaking struct {
	net.Conn
	mu    sync.Mutex
	left  int
	end   func() // nil: it has ended
	reads error
}

// next is how many of so many bytes may pass; none when the connection has ended.
func (b *breaking) next(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left == 0 && b.end != nil {
		b.end()
		if b.end = nil; b.reads != nil {
			b.Conn.(*net.TCPConn).SetLinger(0)
			b.Conn.Close()
		}
	}
	if b.end == nil && b.reads == nil { // the server is gone: what it had sent may come
		return n
	}
	return min(n, b.left)
}

func (b *breaking) passed(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = max(b.left-n, 0)
}

func (b *breaking) Read(p []byte) (int, error) {
	some := b.next(len(p))
	if some == 0 {
		return 0, b.reads
	}
	n, err := b.Conn.Read(p[:some])
	b.passed(n)
	return n, err
}

func (b *breaking) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		some := b.next(len(p) - n)
		if some == 0 {
			return n, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
		}
		some, err = b.Conn.Write(p[n : n+some])
		b.passed(some)
		n += some
	}
	return n, err
}

// TestRelayBrokenInTheData: the data connection of either side is closed or reset after any number of
// bytes; the copy goes on where it broke.
func TestRelayBrokenInTheData(t *testing.T) {
	t.Parallel()
	ends := map[string]error{"closed": io.EOF, "reset": &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}}
	eachSide(t, 1, func(t *testing.T, c *oneSide, _ everystep.Host, source bool) {
		b := &breaker{}
		if c.changeTwo = b.options; source {
			c.changeOne, c.changeTwo = b.options, nil
		}
		c.open(t)
		for how, reads := range ends {
			for _, at := range []int{1, 150_000} {
				for _, old := range [][]byte{nil, []byte("old")} {
					os.Remove(filepath.Join(c.to.Root, "copy"))
					if c.old = old; old != nil {
						os.WriteFile(filepath.Join(c.to.Root, "copy"), old, 0o666)
						os.Chmod(filepath.Join(c.to.Root, "copy"), 0o666)
					}
					b.arm(at, reads, func() {})
					if err := c.run(t.Context(), t); err != nil && !(at == 1 && errors.As(err, new(*client.TLSError))) { // in the handshake
						t.Errorf("%s after %d bytes: %v", how, at, err)
					}
					if left := c.beside(); len(left) > 0 {
						t.Errorf("%s after %d bytes: left %q", how, at, left)
					}
				}
			}
		}
	})
}

// TestRelayLosesADaemon: the process of either side is killed in the middle. The copy ends with an
// error that says so, the other side answers, and what it has is the beginning of the file.
func TestRelayLosesADaemon(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, first *daemon.Server) {
		for _, source := range []bool{true, false} {
			srv := first
			if !source {
				srv = daemon.Start(t, first.Flavour, daemon.Options{})
			}
			b, c := &breaker{}, &oneSide{way: transfer.Here, from: everystep.Daemon(srv), to: everystep.Practice(t), data: daemon.Content(16<<20, 1)}
			if c.changeOne = b.options; !source {
				c.from, c.to, c.changeOne, c.changeTwo = c.to, c.from, nil, b.options
			}
			c.open(t)
			b.arm(1<<20, nil, srv.Stop)
			err := c.run(t.Context(), t)
			if err == nil || !errors.As(err, new(*client.ConnectError)) && !errors.As(err, new(*client.LostError)) {
				t.Errorf("source %v: %v", source, err)
			}
			alive := c.source
			if source {
				alive = c.target
			}
			if _, err := alive.Getwd(t.Context()); err != nil {
				t.Errorf("the next command: %v", err)
			}
		}
	})
}
