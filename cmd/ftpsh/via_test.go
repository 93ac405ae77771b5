//go:build unix

package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestViaHTTP: control and data connections go through the proxy that a setting
// names.
func TestViaHTTP(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"small.txt": "small\n"})
	targets := make(chan string, 9)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		targets <- r.Host
		behind, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer behind.Close()
		nc, in, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer nc.Close()
		io.WriteString(nc, "HTTP/1.1 200 go on\r\n\r\n")
		go func() {
			io.Copy(behind, in)
			behind.(*net.TCPConn).CloseWrite()
		}()
		io.Copy(nc, behind)
	}))
	defer proxy.Close()
	cmd, errs := batch(t, server, "-c", "close; set via "+proxy.URL+"; open "+address(server)+"; get small.txt")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	if got, err := os.ReadFile(filepath.Join(cmd.Dir, "small.txt")); err != nil || string(got) != "small\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if first := <-targets; first != server.Addr() || len(targets) != 1 {
		t.Errorf("through the proxy went %s and %d other connections", first, len(targets))
	}
}
