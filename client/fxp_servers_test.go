package client_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
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
	for _, test := range []struct {
		one, two string
		size     int
	}{
		{"proftpd", "pure-ftpd", 256 << 20},
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
