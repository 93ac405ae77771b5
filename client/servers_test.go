package client_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// open logs in to a real server, with TLS where it has it.
func open(t *testing.T, srv *daemon.Server, change func(*client.Options)) *client.Session {
	t.Helper()
	opt := client.Options{Addr: srv.Addr(), Security: client.Off}
	switch {
	case srv.Implicit:
		opt.Security = client.Implicit
	case srv.TLS:
		opt.Security = client.Require
	}
	if srv.TLS {
		opt.TLS = srv.TLSConfig()
	}
	if change != nil {
		change(&opt)
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}); err != nil {
		t.Fatal(err)
	}
	if err := s.Chdir(t.Context(), srv.Home); err != nil {
		t.Fatal(err)
	}
	return s
}

// tlsVersions are the versions to try on a server; 0 stands for clear.
func tlsVersions(srv *daemon.Server) []uint16 {
	if !srv.TLS {
		return []uint16{0}
	}
	return []uint16{tls.VersionTLS12, tls.VersionTLS13}
}

func versionName(v uint16) string {
	if v == 0 {
		return "clear"
	}
	return tls.VersionName(v)
}

// A long session of everyday work loses nothing: every upload arrives whole,
// every download comes back whole, empty files exist, and every data
// connection resumes the TLS session where the server can.
func TestLongSession(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		for _, version := range tlsVersions(srv) {
			t.Run(versionName(version), func(t *testing.T) { longSession(t, srv, version) })
		}
	})
}

func longSession(t *testing.T, srv *daemon.Server, version uint16) {
	const files, size = 100, 300_000
	var handshakes, resumed int
	s := open(t, srv, func(o *client.Options) {
		if version != 0 {
			o.TLS.MinVersion, o.TLS.MaxVersion = version, version
		}
		o.Trace = &client.Trace{
			TLS: func(i client.TLSInfo) {
				if i.Err != nil {
					t.Errorf("handshake on %s: %v", i.Channel, i.Err)
				}
				if i.Channel != "C" {
					handshakes++
					if i.State.DidResume {
						resumed++
					}
				}
			},
			Got: func(i client.GotInfo) {
				if i.Reply.Class() == 4 {
					t.Errorf("the server says %s", i.Reply)
				}
			},
		}
	})
	ctx := t.Context()
	dir := "long-" + versionName(version)
	if _, err := s.Mkdir(ctx, dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Chdir(ctx, dir); err != nil {
		t.Fatal(err)
	}
	want := make([]byte, size)
	rand.Read(want)
	for i := range files {
		put(t, s, fmt.Sprintf("f%03d", i), want)
	}
	put(t, s, "empty", nil)
	for i := range files {
		name := fmt.Sprintf("f%03d", i)
		stored, err := os.ReadFile(filepath.Join(srv.Root, dir, name))
		if err != nil || sha256.Sum256(stored) != sha256.Sum256(want) {
			t.Errorf("%s on the server: %d bytes, %v", name, len(stored), err)
		}
		if got := get(t, s, name); !bytes.Equal(got, want) {
			t.Errorf("%s came back with %d bytes", name, len(got))
		}
	}
	if got := get(t, s, "empty"); len(got) != 0 {
		t.Errorf("empty came back with %d bytes", len(got))
	}
	names := 0
	for e, err := range s.List(ctx, "", client.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Name != "empty" && e.Size != size {
			t.Errorf("%s is listed with %d bytes", e.Name, e.Size)
		}
		names++
	}
	if names != files+1 {
		t.Errorf("%d names listed, want %d", names, files+1)
	}
	want2 := 2*(files+1) + 1
	if version == 0 {
		want2 = 0
	}
	if handshakes != want2 {
		t.Errorf("%d data handshakes, want %d", handshakes, want2)
	}
	noTickets := srv.Flavour == "pure-ftpd-tls" && version == tls.VersionTLS13
	if !noTickets && resumed != handshakes {
		t.Errorf("%d of %d data handshakes resumed the session", resumed, handshakes)
	}
}

func put(t *testing.T, s *client.Session, name string, content []byte) {
	t.Helper()
	d, err := s.Store(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write(content); err != nil && len(content) > 0 {
		t.Errorf("put %s: %v", name, err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("put %s: %v", name, err)
	}
}

func get(t *testing.T, s *client.Session, name string) []byte {
	t.Helper()
	d, err := s.Retrieve(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(d)
	if closing := d.Close(); err != nil || closing != nil {
		t.Errorf("get %s: %v, %v", name, err, closing)
	}
	return got
}

// An interrupt in the middle of a large transfer gives the prompt back at
// once, and the next command gets its own answer.
func TestInterrupt(t *testing.T) {
	t.Run("unlimited", func(t *testing.T) { interruptEverywhere(t, daemon.Options{}) })
	t.Run("rate limited by the server", func(t *testing.T) { interruptEverywhere(t, daemon.Options{Rate: 1 << 20}) })
}

func interruptEverywhere(t *testing.T, o daemon.Options) {
	const big = 1 << 30
	daemon.EachWith(t, o, func(t *testing.T, srv *daemon.Server) {
		large := filepath.Join(srv.Root, "big")
		if err := os.WriteFile(large, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(large, big); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"many/a", "many/b", "many/c"} {
			srv.Put(name, nil)
		}
		for _, what := range []string{"download", "upload", "listing"} {
			t.Run(what, func(t *testing.T) {
				s := open(t, srv, nil)
				for range 3 {
					interrupt(t, s, what)
				}
				put(t, s, "small", []byte("small"))
				if got := get(t, s, "small"); string(got) != "small" {
					t.Errorf("after the interrupts a small file came as %q", got)
				}
			})
		}
	})
}

func interrupt(t *testing.T, s *client.Session, what string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	home := s.Dir()
	var d *client.Data
	var err error
	switch what {
	case "download":
		if d, err = s.Retrieve(ctx, "big", 0); err == nil {
			_, err = io.ReadFull(d, make([]byte, 100_000))
		}
	case "upload":
		if d, err = s.Store(ctx, "stored", 0); err == nil {
			_, err = d.Write(make([]byte, 100_000))
		}
	case "listing":
		for _, err := range s.List(ctx, "many", client.ListOptions{}) {
			cancel()
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	start := time.Now()
	if d != nil {
		if err := d.Close(); !errors.Is(err, context.Canceled) {
			t.Errorf("close after an interrupt: %v", err)
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("the prompt is back after %v", took)
	}
	dir, err := s.Getwd(t.Context())
	if err != nil || dir != home {
		t.Errorf("pwd after an interrupt: %q, %v; want %q", dir, err, home)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the next answer came after %v", took)
	}
}

// trust makes a configuration for a server on 127.0.0.1.
func trust(roots *x509.CertPool) *tls.Config { return &tls.Config{RootCAs: roots} }
