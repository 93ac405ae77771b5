// Package race measures: how many round trips a small file costs us, and how
// long we and the other clients of this machine take for the same work. It has
// benchmarks only:
//
//	go test -run '^$' -bench . -benchtime 3x ./client/transfer/race
package race

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/delay"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/client/transfer"
)

const (
	roundTrip = far40
	farAway   = "127.0.0.2" // where the delayed server is
)

// far puts a server at a distance.
func far(b testing.TB, srv *daemon.Server, roundTrip time.Duration) (host string) {
	low, high := srv.PassivePorts()
	p := delay.Start(farAway, srv.Host, min(low, srv.Port), high, roundTrip)
	b.Cleanup(p.Close)
	return p.Host
}

func open(b testing.TB, srv *daemon.Server, host string) *client.Session {
	opt := client.Options{Addr: fmt.Sprintf("%s:%d", host, srv.Port), Security: client.Off}
	if srv.TLS {
		opt.Security, opt.TLS = client.Require, srv.TLSConfig()
	}
	s, err := client.Open(b.Context(), opt)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.Login(b.Context(), client.Login{User: srv.User, Password: srv.Password}); err != nil {
		b.Fatal(err)
	}
	return s
}

func tasks(op transfer.Op, n int, dir string) iter.Seq[transfer.Task] {
	return func(yield func(transfer.Task) bool) {
		for i := range n {
			t := transfer.Task{Op: op, Remote: fileName(i), Local: filepath.Join(dir, fileName(i)), Size: small, Known: true}
			if !yield(t) {
				return
			}
		}
	}
}

var directions = map[transfer.Op]string{transfer.Download: "down", transfer.Upload: "up"}

// stock puts the same n files on both sides.
func stock(b testing.TB, srv *daemon.Server, n int) (dir string) {
	dir = b.TempDir()
	for i := range n {
		data := daemon.Content(small, uint64(i))
		srv.Put(fileName(i), data)
		if err := os.WriteFile(filepath.Join(dir, fileName(i)), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// move moves n files, and returns how long it took.
func move(b testing.TB, s *client.Session, op transfer.Op, n int, dir string, sessions int) time.Duration {
	start := time.Now()
	e := &transfer.Engine{Session: s, Parallel: sessions, Done: func(t transfer.Task, _ transfer.Result, err error) {
		if err != nil {
			b.Error(t.Remote, err)
		}
	}}
	if err := e.Run(b.Context(), tasks(op, n, dir)); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	e.Wait()
	return took
}

// BenchmarkRoundTrips tells how many round trips a small file costs on one
// session, in the steady state.
func BenchmarkRoundTrips(b *testing.B) {
	const n = 40
	for _, name := range []string{"vsftpd", "proftpd", "pure-ftpd", "vsftpd-tls", "proftpd-tls", "pure-ftpd-tls"} {
		for _, op := range []transfer.Op{transfer.Download, transfer.Upload} {
			b.Run(name+"/"+directions[op], func(b *testing.B) {
				srv := daemon.Start(b, name, daemon.Options{})
				s := open(b, srv, far(b, srv, roundTrip))
				dir := stock(b, srv, n)
				var trips float64
				for b.Loop() {
					few, many := move(b, s, op, n/4, dir, 1), move(b, s, op, n, dir, 1)
					trips = (many - few).Seconds() / roundTrip.Seconds() / (n - n/4)
				}
				b.ReportMetric(trips, "roundtrips/file")
			})
		}
	}
}

// BenchmarkEngine tells how many small files an engine moves in a second on this
// machine, without a process of its own and its login.
func BenchmarkEngine(b *testing.B) {
	const n = 500
	for _, name := range []string{"vsftpd", "vsftpd-tls"} {
		for _, op := range []transfer.Op{transfer.Download, transfer.Upload} {
			for _, sessions := range []int{1, 4} {
				b.Run(fmt.Sprintf("%s/%s/%d", name, directions[op], sessions), func(b *testing.B) {
					srv := daemon.Start(b, name, daemon.Options{})
					s := open(b, srv, srv.Host)
					dir := stock(b, srv, n)
					b.ReportAllocs()
					for b.Loop() {
						move(b, s, op, n, dir, sessions)
					}
					b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "files/s")
				})
			}
		}
	}
}
