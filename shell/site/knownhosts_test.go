package site

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
)

func TestKnownHosts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	k := OpenKnownHosts(dir)
	if k.HadTLS("h:21") || k.Pin("h:21") != "" {
		t.Error("knows a host from nothing")
	}
	cert := someCertificate(t)
	if err := k.Remember("h:21"); err != nil {
		t.Fatal(err)
	}
	if err := k.Accept("[::1]:2121", cert); err != nil {
		t.Fatal(err)
	}
	if err := k.Remember("[::1]:2121"); err != nil { // TLS is seen again: what was accepted stays
		t.Fatal(err)
	}
	again := OpenKnownHosts(dir)
	if !again.HadTLS("h:21") || again.Pin("h:21") != "" || again.Pin("[::1]:2121") != client.Fingerprint(cert) ||
		!cert.Equal(again.Accepted("[::1]:2121").Cert) {
		t.Errorf("got %v", again.Addresses())
	}
	if got := fmt.Sprint(again.Hosts()); got != "[[::1]:2121 h]" {
		t.Errorf("hosts: %s", got)
	}
	info, err := os.Stat(filepath.Join(dir, KnownFile))
	if err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Two shells remember at the same time: neither loses what the other wrote.
func TestKnownHostsOfTwoShells(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for shell := range 2 {
		k := OpenKnownHosts(dir)
		all.Go(func() {
			for i := range 20 {
				if err := k.Remember(fmt.Sprintf("h%d-%d:21", shell, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := len(OpenKnownHosts(dir).Addresses()); got != 40 {
		t.Errorf("%d hosts, want 40", got)
	}
}

// Where nothing can be written the memory lasts as long as the program.
func TestKnownHostsWithoutAFile(t *testing.T) {
	k := OpenKnownHosts("")
	if err := k.Remember("h:21"); err != nil || !k.HadTLS("h:21") {
		t.Errorf("%v", err)
	}
}

func someCertificate(t *testing.T) *x509.Certificate {
	t.Helper()
	server, err := practice.Start(practice.Options{TLS: practice.Explicit})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	block, _ := pem.Decode(server.CAPEM())
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestDamagedKnownHosts: a line that cannot be understood is named, and nothing is believed without it.
func TestDamagedKnownHosts(t *testing.T) {
	const pin = "sha256:00000000000000000000000000000000000000000000000000000000000000ff"
	for _, row := range []struct {
		name, text string
		line       int // 0: it is sound
	}{
		{"sound", "# mine\n\nh:21 tls\n[::1]:21 " + pin + "\n", 0},
		{"a long comment", "h:21 tls\n#" + strings.Repeat("x", 3<<20) + "\n", 2},
		{"no value", "h:21 tls\nh:22\n", 2},
		{"half a line", "h:21 tls\nh:22 sha256:00ff", 2},
		{"no port", "h tls\n", 1},
		{"another word", "h:21 none\n", 1},
		{"zeros", "h:21 tls\n\x00\x00\x00\x00\n", 2},
		{"a certificate that is none", "h:21 " + pin + " AAAA\n", 1},
		{"too many words", "h:21 tls tls\n", 1},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, KnownFile)
		if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		k := OpenKnownHosts(dir)
		if row.line == 0 {
			if k.Err() != nil || !k.HadTLS("h:21") {
				t.Errorf("%s: %v", row.name, k.Err())
			}
			if err := k.Remember("other:21"); err != nil {
				t.Error(err)
			}
			if text, _ := os.ReadFile(path); !strings.HasPrefix(string(text), "# mine\n") {
				t.Errorf("the comment is gone: %q", text)
			}
			continue
		}
		if k.Err() == nil || !strings.Contains(k.Err().Error(), fmt.Sprintf("%s:%d: ", path, row.line)) || !failure.Is[*private.Error](k.Err()) {
			t.Errorf("%s: got %.300v", row.name, k.Err())
		}
		if err := k.Remember("x:21"); err == nil {
			t.Errorf("%s: it is written all the same", row.name)
		}
		if text, _ := os.ReadFile(path); string(text) != row.text {
			t.Errorf("%s: it has changed", row.name)
		}
	}
}

// FuzzKnownHost: what is read is written as it was meant.
func FuzzKnownHost(f *testing.F) {
	f.Add("h:21 tls")
	f.Add("[fe80::1%eth0]:21 sha256:00000000000000000000000000000000000000000000000000000000000000ff")
	f.Add("h:21 sha256:00 AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		addr, host, err := parseKnownHost(text)
		if err != nil {
			return
		}
		if a, h, err := parseKnownHost(host.Line(addr)); err != nil || a != addr || h.Pin != host.Pin {
			t.Errorf("%q: %q %v, %v", text, a, h, err)
		}
	})
}
