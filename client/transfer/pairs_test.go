package transfer_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// daemons are the five programs, as flavours that share no server.
var daemons = []string{"proftpd", "vsftpd", "pure-ftpd", "pyftpdlib", "inetutils-ftpd"}

// startAll starts flavours that all pairs of a test share.
func startAll(t *testing.T, options map[string]daemon.Options, names ...string) map[string]*daemon.Server {
	all := map[string]*daemon.Server{}
	for _, name := range names {
		all[name] = daemon.Start(t, name, options[name])
	}
	return all
}

// abroad makes a server see a client that has another address than the other server.
func abroad(o client.Options) client.Options {
	o.Source = net.IPv4(127, 0, 0, 2)
	return o
}

// put puts a file on a server, with a time.
func put(t *testing.T, srv *daemon.Server, name string, data []byte, at time.Time) {
	t.Helper()
	srv.Put(name, data)
	if err := os.Chtimes(filepath.Join(srv.Root, name), at, at); err != nil {
		t.Fatal(err)
	}
}

// TestEveryPair copies from each daemon to each through here, in the clear, with TLS, and with TLS on
// one side: a new file, an empty one, one over an older file, and the rest of one. Bytes, size and
// time are those of the original.
func TestEveryPair(t *testing.T) {
	t.Parallel()
	tls := []string{"proftpd-tls", "vsftpd-tls", "pure-ftpd-tls", "pyftpdlib-tls", "inetutils-ftpd"} // the last has none
	all := startAll(t, nil, append(tls[:4:4], daemons...)...)
	data, at := daemon.Content(300_000, 1), time.Date(2011, 12, 13, 14, 15, 16, 0, time.UTC)
	for _, srv := range all {
		put(t, srv, "data", data, at)
		put(t, srv, "empty", nil, at)
	}
	t.Run("pairs", func(t *testing.T) {
		for i := range daemons {
			for j := range daemons {
				source, target := daemons[i], daemons[j]
				if (i+j)%2 == 1 || i == j {
					source = tls[i]
				}
				if j%2 == 1 || i == j {
					target = tls[j]
				}
				t.Run(source+" to "+target, func(t *testing.T) {
					t.Parallel()
					pair(t, source, all[source], all[target], data, at)
				})
			}
		}
	})
}

func pair(t *testing.T, as string, one, two *daemon.Server, data []byte, at time.Time) {
	from, to := everystep.Daemon(one).Open(t, nil), everystep.Daemon(two).Open(t, nil)
	old, half := "old-"+as, "half-"+as
	put(t, two, old, []byte("old"), at.Add(time.Hour))
	put(t, two, half, data[:100_000], at)
	for _, c := range []struct {
		name, copy string
		bytes      int64
	}{{"data", "new-" + as, 300_000}, {"empty", "empty-" + as, 0}, {"data", old, 300_000}, {"data", half, 200_000}} {
		task := transfer.Task{
			Op: transfer.BetweenServers, Remote: c.name, Target: to, Local: c.copy, Preserve: true, Resume: c.copy == half,
			Route: &transfer.Route{Way: transfer.Here},
		}
		m := &transfer.Meter{}
		r, err := transfer.Run(t.Context(), from, task, m)
		want := data
		if c.name == "empty" {
			want = nil
		}
		if err != nil || r.Bytes != c.bytes || r.Size != int64(len(want)) || m.Done() != r.Size {
			t.Errorf("%s: %d of %d bytes, the meter says %d; %v", c.copy, r.Bytes, r.Size, m.Done(), err)
		}
		file := filepath.Join(two.Root, c.copy)
		if got, err := os.ReadFile(file); !bytes.Equal(got, want) {
			t.Errorf("%s: there are %d bytes, or others; %v", c.copy, len(got), err)
		}
		if info, err := os.Stat(file); err == nil && to.Server().CanSetModTime() && !info.ModTime().Equal(at) {
			t.Errorf("%s: its time is %v", c.copy, info.ModTime())
		}
	}
	for _, s := range []*client.Session{from, to} {
		if _, err := s.Getwd(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestEveryPairDirectly: between which daemons a copy goes directly, as their makers have them and when
// they are told to (docs/fxp.md has the table). Where they do not, it comes through this computer, and says
// why.
func TestEveryPairDirectly(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		options map[string]daemon.Options
		direct  func(source, target string) bool
	}{
		{"as made", nil, func(string, string) bool { return false }},
		{"allowed", map[string]daemon.Options{
			"proftpd":   {Conf: []string{"AllowForeignAddress on"}},
			"pure-ftpd": {Conf: []string{"-w"}},
			"vsftpd":    {Conf: []string{"port_promiscuous=YES", "pasv_promiscuous=YES"}},
			"pyftpdlib": {Conf: []string{"permit_foreign_addresses=True"}},
		}, func(source, target string) bool { return source != "inetutils-ftpd" || target != source }}, // it listens to anybody, and connects to nobody
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			all := startAll(t, row.options, daemons...)
			data, at := daemon.Content(100_000, 1), time.Date(2011, 12, 13, 14, 15, 16, 0, time.UTC)
			for _, srv := range all {
				put(t, srv, "data", data, at)
			}
			for _, source := range daemons { // one after the other: of many active connections pyftpdlib forgets one, and its session
				for _, target := range daemons {
					t.Run(source+" to "+target, func(t *testing.T) {
						from, to := everystep.Daemon(all[source]).Open(t, abroad), everystep.Daemon(all[target]).Open(t, abroad)
						directly(t, from, to, filepath.Join(all[target].Root, "from-"+source), data, row.direct(source, target))
					})
				}
			}
		})
	}
}

func directly(t *testing.T, from, to *client.Session, file string, data []byte, works bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	task := transfer.Task{Op: transfer.BetweenServers, Remote: "data", Target: to, Local: filepath.Base(file), Route: &transfer.Route{Way: transfer.AnyWay}}
	r, err := transfer.Run(ctx, from, task, nil)
	if got, _ := os.ReadFile(file); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("there are %d bytes, or others; %v", len(got), err)
	}
	if why := strings.HasPrefix(r.Note, "copied through this computer: no connection between the servers: "); why == works {
		t.Errorf("it says %q", r.Note)
	}
	from.Close()
	to.Close()
}
