package client_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// abroad makes the servers see a client that has another address than they
// have: what a server-to-server copy is to them elsewhere.
func abroad(o *client.Options) { o.Source = net.IPv4(127, 0, 0, 2) }

// foreign is what lets a server connect to, and be connected to by, others than
// its client.
var foreign = map[string]daemon.Options{
	"proftpd":       {Conf: []string{"AllowForeignAddress on"}},
	"proftpd-tls":   {Conf: []string{"AllowForeignAddress on", "TLSCACertificateFile {ca}"}, NoReuse: true},
	"pure-ftpd":     {Conf: []string{"-w"}},
	"pure-ftpd-tls": {Conf: []string{"-w"}},
	"vsftpd":        {Conf: []string{"port_promiscuous=YES", "pasv_promiscuous=YES"}},
	"pyftpdlib":     {Conf: []string{"permit_foreign_addresses=True"}},
}

// Files go from server to server, both ways, and arrive as they were.
func TestServerToServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		one, two string
		size     int
	}{
		{"proftpd", "pure-ftpd", 64 << 20},
		{"proftpd-tls", "pure-ftpd-tls", 8 << 20},
		{"proftpd-tls", "proftpd-tls", 8 << 20}, // each sends session tickets that a sender would leave unread
		{"proftpd", "proftpd", 8 << 20},
		{"vsftpd", "pyftpdlib", 8 << 20},
	} {
		for _, pair := range slices.Compact([][2]string{{test.one, test.two}, {test.two, test.one}}) {
			t.Run(pair[0]+" to "+pair[1], func(t *testing.T) { serverToServer(t, pair[0], pair[1], test.size) })
		}
	}
}

func serverToServer(t *testing.T, source, target string, size int) {
	from := daemon.Start(t, source, foreign[source])
	to := daemon.Start(t, target, foreign[target])
	content := daemon.Content(size, 1)
	sum, head := sha256.Sum256(content), content[:1000]
	from.Put("big", content)
	from.Put("empty", nil)
	a, b := open(t, from, abroad), open(t, to, abroad)
	got, err := client.FXP(t.Context(), a, "big", b, "copy", client.FXPOptions{})
	if err != nil || got != int64(size) {
		t.Fatalf("%d bytes, %v", got, err)
	}
	if sha256.Sum256(to.Read("copy")) != sum {
		t.Error("the copy differs")
	}
	if got, err := client.FXP(t.Context(), a, "empty", b, "empty", client.FXPOptions{}); err != nil || got != 0 {
		t.Errorf("an empty file: %d bytes, %v", got, err)
	}
	put(t, b, "rest", head)
	if _, err := client.FXP(t.Context(), a, "big", b, "rest", client.FXPOptions{Restart: 1000}); err != nil {
		t.Error(err)
	} else if sha256.Sum256(to.Read("rest")) != sum {
		t.Error("the continued copy differs")
	}
	put(t, b, "twice", head)
	from.Put("head", head)
	if _, err := client.FXP(t.Context(), a, "head", b, "twice", client.FXPOptions{Append: true}); err != nil {
		t.Error(err)
	} else if got := to.Read("twice"); len(got) != 2000 {
		t.Errorf("%d bytes after appending 1000 to 1000", len(got))
	}
	stillWorks(t, a)
	stillWorks(t, b)
}

// 100 MB between any two of three servers arrive whole, beside an old file and over it, or are
// refused, and what was there is as it was.
func TestServerToServerWholeOrNothing(t *testing.T) {
	t.Parallel()
	reuse := foreign["proftpd-tls"] // as its makers have it, it wants data connections to resume its own TLS session
	reuse.NoReuse = false
	kinds := []struct {
		name, flavour string
		options       daemon.Options
	}{
		{"proftpd", "proftpd", foreign["proftpd"]},
		{"proftpd-tls", "proftpd-tls", foreign["proftpd-tls"]},
		{"proftpd-tls with reuse", "proftpd-tls", reuse},
	}
	works := map[string]bool{
		"proftpd to proftpd": true, "proftpd-tls to proftpd-tls": true,
		"proftpd-tls to proftpd-tls with reuse": true, // the target is the client in TLS, and asks for no reuse
	}
	content := daemon.Content(100<<20, 1)
	var sources, targets []*daemon.Server
	for _, kind := range kinds {
		from := daemon.Start(t, kind.flavour, kind.options)
		from.Put("big", content)
		sources = append(sources, from)
		targets = append(targets, daemon.Start(t, kind.flavour, kind.options))
	}
	for i, from := range sources {
		for j, to := range targets {
			name := kinds[i].name + " to " + kinds[j].name
			t.Run(name, func(t *testing.T) {
				a, b := open(t, from, abroad), open(t, to, abroad)
				old := fmt.Sprintf("old-%d", i)
				fresh := fmt.Sprintf("new-%d", i)
				to.Put(old, []byte("old"))
				before := filesOf(t, to)
				for _, target := range []string{old, fresh} {
					n, err := client.FXP(t.Context(), a, "big", b, target, client.FXPOptions{})
					if works[name] != (err == nil) {
						t.Errorf("%s: %d bytes, %v", target, n, err)
					}
				}
				if !works[name] {
					if after := filesOf(t, to); !slices.Equal(before, after) || string(to.Read(old)) != "old" {
						t.Errorf("there are %q, before %q", after, before)
					}
				} else {
					for _, target := range []string{old, fresh} {
						if !bytes.Equal(to.Read(target), content) {
							t.Errorf("%s differs", target)
						}
					}
					if after := filesOf(t, to); len(after) != len(before)+1 {
						t.Errorf("there are %q, before %q", after, before)
					}
				}
				stillWorks(t, a)
				stillWorks(t, b)
			})
		}
	}
}

// filesOf are the names in the root of a server.
func filesOf(t *testing.T, srv *daemon.Server) (names []string) {
	t.Helper()
	all, err := os.ReadDir(srv.Root)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Name() != "small" { // of stillWorks
			names = append(names, one.Name())
		}
	}
	return names
}

// stillWorks shows that a session is in step, and its data connections as usual.
func stillWorks(t *testing.T, s *client.Session) {
	t.Helper()
	put(t, s, "small", []byte("small"))
	if got := get(t, s, "small"); string(got) != "small" {
		t.Errorf("a small file came as %q", got)
	}
	if dir, err := s.Getwd(t.Context()); err != nil || dir == "" {
		t.Errorf("pwd: %q, %v", dir, err)
	}
}

// Servers as their makers configure them connect to nobody but their client.
// The error says what each was asked and what it said; the target's file is as
// it was.
func TestServerToServerRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		says     []string
	}{
		{"vsftpd", "pyftpdlib", []string{"no connection between the servers", "does not connect to another host", "500 Illegal PORT command", "the other way round"}},
		{"pyftpdlib", "vsftpd", []string{"no connection between the servers", "does not connect to another host", "501 Rejected data connection", "the other way round"}},
		{"proftpd-tls", "vsftpd-tls", []string{"no connection between the servers"}},
		{"vsftpd-tls", "pure-ftpd-tls", []string{"neither server can be the client in TLS (SSCN, CPSV)"}},
		{"proftpd", "pure-ftpd-tls", []string{"protected on one server only"}},
	} {
		t.Run(test.from+" to "+test.to, func(t *testing.T) {
			from, to := daemon.Start(t, test.from, daemon.Options{}), daemon.Start(t, test.to, daemon.Options{})
			from.Put("f", []byte("new"))
			to.Put("f", []byte("old"))
			a, b := open(t, from, abroad), open(t, to, abroad)
			_, err := client.FXP(t.Context(), a, "f", b, "f", client.FXPOptions{})
			if err == nil {
				t.Fatal("it worked")
			}
			for _, text := range test.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error is %q; it should say %q", err, text)
				}
			}
			if got := to.Read("f"); string(got) != "old" {
				t.Errorf("the target holds %q now", got)
			}
			stillWorks(t, a)
			stillWorks(t, b)
		})
	}
}

// An interrupted copy gives the prompt back at once, and both sessions go on.
func TestServerToServerInterrupted(t *testing.T) {
	for _, pair := range [][2]string{{"proftpd", "pure-ftpd"}, {"pure-ftpd", "proftpd"}, {"vsftpd", "pyftpdlib"}} {
		t.Run(fmt.Sprint(pair), func(t *testing.T) {
			slow := foreign[pair[0]]
			slow.Rate = 1 << 20
			from := daemon.Start(t, pair[0], slow)
			to := daemon.Start(t, pair[1], foreign[pair[1]])
			from.PutLarge("big", 64<<20)
			begun := make(chan bool, 2)
			seen := func(o *client.Options) {
				o.Trace = &client.Trace{Got: func(i client.GotInfo) {
					if i.Reply.Class() == 1 && i.Asked {
						select {
						case begun <- true:
						default:
						}
					}
				}}
			}
			a, b := open(t, from, seen), open(t, to, seen)
			ctx, cancel := context.WithCancel(t.Context())
			var stopped time.Time
			go func() {
				<-begun
				<-begun
				stopped = time.Now()
				cancel()
			}()
			_, err := client.FXP(ctx, a, "big", b, "copy", client.FXPOptions{})
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if took := time.Since(stopped); took > time.Second {
				t.Errorf("the prompt is back after %v", took)
			}
			stillWorks(t, a)
			stillWorks(t, b)
		})
	}
}
