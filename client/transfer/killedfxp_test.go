package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// copiers are daemons that copy directly, with what allows it.
var copiers = map[string]daemon.Options{
	"proftpd":       {Conf: []string{"AllowForeignAddress on"}},
	"pure-ftpd":     {Conf: []string{"-w"}},
	"pure-ftpd-tls": {Conf: []string{"-w"}},
	"proftpd-tls":   {Conf: []string{"AllowForeignAddress on", "TLSCACertificateFile {ca}"}, NoReuse: true},
}

// eachDirectly runs a test with the practice server as both ends of a copy, and with each of the pairs
// of daemons, of which one of so many steps is broken. Each test breaks one end of one copy.
func eachDirectly(t *testing.T, steps int, test func(t *testing.T, c *oneSide, broken everystep.Host, source bool)) {
	both := func(t *testing.T, start func(t *testing.T) (from, to everystep.Host)) {
		for _, source := range []bool{true, false} {
			t.Run(map[bool]string{true: "source", false: "target"}[source], func(t *testing.T) {
				t.Parallel()
				c := &oneSide{way: transfer.AnyWay, data: daemon.Content(100_000, 1)}
				c.from, c.to = start(t)
				broken := c.to
				if source {
					broken = c.from
				}
				test(t, c, broken, source)
			})
		}
	}
	t.Run("practice", func(t *testing.T) {
		t.Parallel()
		both(t, func(t *testing.T) (from, to everystep.Host) { return everystep.Practice(t), everystep.Practice(t) })
	})
	for _, pair := range [][2]string{{"proftpd", "pure-ftpd"}, {"pure-ftpd", "proftpd"}, {"pure-ftpd-tls", "proftpd-tls"}} {
		t.Run(pair[0]+" to "+pair[1], func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T) (from, to everystep.Host) {
				from = everystep.Daemon(daemon.Start(t, pair[0], copiers[pair[0]]))
				to = everystep.Daemon(daemon.Start(t, pair[1], copiers[pair[1]]))
				if from.Steps = steps; from.Options.Security != client.Off {
					from.Steps += 4 // a login takes most of the time
				}
				to.Steps = from.Steps
				return from, to
			})
		})
	}
}

// TestDirectBrokenAtEveryCommand: the control connection to either of two servers that copy directly
// is lost before or behind each command, or the command is refused, or we end. The old file is there
// or the new one is, and nothing beside it; the next command answers.
func TestDirectBrokenAtEveryCommand(t *testing.T) {
	t.Parallel()
	eachDirectly(t, 8, brokenAtEveryCommand)
}

// bridge stands between the data ports of two servers, and breaks their connection once.
type bridge struct {
	mu     sync.Mutex
	at     int64 // bytes that pass first; -1: all of them
	broken func(a, b *net.TCPConn)
	passes sync.WaitGroup
}

// arm makes it break the next connection.
func (b *bridge) arm(at int64, broken func(a, b *net.TCPConn)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at, b.broken = at, broken
}

func (b *bridge) hasBroken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.broken == nil
}

// options send the server that connects to the bridge.
func (b *bridge) options(o client.Options) client.Options {
	o.Gate = func(line string) (string, error) {
		where, is := strings.CutPrefix(line, "PORT ")
		if !is {
			return line, nil
		}
		n := strings.Split(where, ",")
		high, _ := strconv.Atoi(n[4])
		low, _ := strconv.Atoi(n[5])
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		b.passes.Go(func() { b.pass(l.(*net.TCPListener), net.JoinHostPort("127.0.0.1", strconv.Itoa(high<<8|low))) })
		port := l.Addr().(*net.TCPAddr).Port
		return fmt.Sprintf("PORT 127,0,0,1,%d,%d", port>>8, port&255), nil
	}
	return o
}

func (b *bridge) pass(l *net.TCPListener, to string) {
	one, err := l.AcceptTCP()
	l.Close()
	if err != nil {
		return
	}
	defer one.Close()
	one.SetReadBuffer(64 << 10) // so that most of a file is still with the server
	nc, err := net.Dial("tcp4", to)
	if err != nil {
		return
	}
	two := nc.(*net.TCPConn)
	defer two.Close()
	b.passes.Go(func() {
		io.Copy(one, two)
		one.CloseWrite()
	})
	b.mu.Lock()
	at, broken := b.at, b.broken
	b.broken = nil
	b.mu.Unlock()
	if broken != nil {
		io.CopyN(two, one, at)
		broken(one, two)
	}
	io.Copy(two, one)
	two.CloseWrite()
}

// TestDirectBrokenInTheData: the connection between the servers is closed or reset after any number of
// bytes. The copy is made again, and is whole.
func TestDirectBrokenInTheData(t *testing.T) {
	t.Parallel()
	ends := map[string]func(a, b *net.TCPConn){
		"closed": func(a, b *net.TCPConn) { a.Close(); b.Close() },
		"reset":  func(a, b *net.TCPConn) { a.SetLinger(0); b.SetLinger(0); a.Close(); b.Close() },
	}
	eachDirectly(t, 1, func(t *testing.T, c *oneSide, _ everystep.Host, source bool) {
		b := &bridge{}
		defer b.passes.Wait()
		c.changeOne, c.changeTwo = b.options, b.options
		olds := map[int64][]byte{1: nil, 50_000: c.data[:30_000]} // over nothing, or behind the beginning
		if !source {
			olds = map[int64][]byte{1: []byte("another file"), 50_000: []byte("another file")}
		}
		c.open(t)
		for how, end := range ends {
			for at, old := range olds {
				c.old, c.resume = old, len(old) > 1000
				c.brokenBetween(t, b, fmt.Sprintf("%s after %d bytes, over %d", how, at, len(old)), at, end)
			}
		}
	})
}

func (c *oneSide) brokenBetween(t *testing.T, b *bridge, how string, at int64, end func(a, b *net.TCPConn)) {
	c.place(t)
	b.arm(at, end)
	if err := c.run(t.Context(), t); err != nil || !b.hasBroken() {
		t.Errorf("%s: %v", how, err)
	}
	if left := c.beside(); len(left) > 0 {
		t.Errorf("%s: left %q", how, left)
	}
	for _, s := range []*client.Session{c.source, c.target} {
		if _, err := s.Getwd(t.Context()); err != nil {
			t.Errorf("%s: the next command: %v", how, err)
		}
	}
}

// TestDirectLosesADaemon: the process of either server is killed in the middle of a direct copy. It
// ends with an error that says so, and the other server answers.
func TestDirectLosesADaemon(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"proftpd", "pure-ftpd"}, {"pure-ftpd", "proftpd"}, {"pure-ftpd-tls", "proftpd-tls"}} {
		for _, source := range []bool{true, false} {
			for _, old := range [][]byte{nil, []byte("old")} {
				t.Run(fmt.Sprintf("%s to %s, source %v, over %q", pair[0], pair[1], source, old), func(t *testing.T) {
					t.Parallel()
					from, to := daemon.Start(t, pair[0], copiers[pair[0]]), daemon.Start(t, pair[1], copiers[pair[1]])
					directLosesADaemon(t, from, to, source, old)
				})
			}
		}
	}
}

func directLosesADaemon(t *testing.T, from, to *daemon.Server, source bool, old []byte) {
	b := &bridge{}
	defer b.passes.Wait()
	c := &oneSide{
		way: transfer.AnyWay, from: everystep.Daemon(from), to: everystep.Daemon(to), old: old, data: daemon.Content(16<<20, 1),
		changeOne: b.options, changeTwo: b.options,
	}
	c.open(t)
	dies, alive := to, c.source
	if source {
		dies, alive = from, c.target
	}
	b.arm(1<<20, func(_, _ *net.TCPConn) { dies.Stop() })
	err := c.run(t.Context(), t)
	if err == nil || errors.Is(err, context.Canceled) || !errors.As(err, new(*client.ConnectError)) && !errors.As(err, new(*client.LostError)) {
		t.Error(err)
	}
	if _, err := alive.Getwd(t.Context()); err != nil {
		t.Errorf("the next command: %v", err)
	}
	if left := c.beside(); source && len(left) > 0 {
		t.Errorf("left %q: %v", left, err)
	}
}
