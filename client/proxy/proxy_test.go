package proxy

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
)

func TestParse(t *testing.T) {
	rows := []struct{ name, text, want string }{
		{"only a host", "proxy.example.org", "http://proxy.example.org:1080"},
		{"host and port", "proxy.example.org:3128", "http://proxy.example.org:3128"},
		{"socks", "socks5://proxy.example.org", "socks5://proxy.example.org:1080"},
		{"socks with names", "SOCKS5H://proxy.example.org:9050/", "socks5h://proxy.example.org:9050"},
		{"https", "https://proxy.example.org", "https://proxy.example.org:443"},
		{"ftp", "ftp://joe@proxy.example.org", "ftp://joe@proxy.example.org:21"},
		{"login", "http://joe:p%40ss@proxy.example.org:8080/path?query", "http://joe:p%40ss@proxy.example.org:8080"},
		{"IPv6", "socks5://[::1]", "socks5://[::1]:1080"},
		{"IPv6 without brackets", "::1:3128", "http://[::1:3128]:1080"},
		{"zone", "socks5://joe@fe80::1%eth0", "socks5://joe@[fe80::1%25eth0]:1080"},
		{"zone and port", "[fe80::1%25eth0]:3128", "http://[fe80::1%25eth0]:3128"},
		{"two ports", "http://joe:secret@proxy:80:81", "error: a proxy is given as"},
		{"gopher", "gopher://proxy.example.org", `error: proxies of the kind "gopher" are not supported (socks4, socks4a, socks5, socks5h, http, https, ftp, http+get are)`},
		{"nothing", "", "error: a proxy is given as"},
		{"no host", "http://joe:secret@:80", "error: a proxy is given as"},
		{"blank", "http://joe:secret@proxy example", "error: a proxy is given as"},
		{"line end", "http://proxy\r\nX: y", "error: a proxy is given as"},
		{"bad port", "http://joe:secret@proxy:port", "error: a proxy is given as"},
		{"slash in the password", "http://joe:sec/secret@proxy:80", "error: a proxy is given as"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			u, err := Parse(row.text)
			got := ""
			if err != nil {
				got = "error: " + err.Error()
			} else {
				got = u.String()
			}
			if got != row.want && !(err != nil && strings.HasPrefix(got, row.want)) {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if err != nil && strings.Contains(got, "secret") {
				t.Errorf("the error shows the password: %s", got)
			}
		})
	}
}

func TestFTPProxiesAreNotDialledThrough(t *testing.T) {
	_, err := Dialer(mustParse(t, "ftp://proxy.example.org"), direct)
	if err == nil {
		t.Error("there is a dialer for an FTP proxy")
	}
}

func TestProxyThatCannotBeReached(t *testing.T) {
	const addr = "127.0.0.1:1"
	for _, scheme := range []string{"socks5", "http", "https"} {
		_, err := mustDialer(t, scheme+"://joe:sesame@"+addr)(within(t), "tcp", "ftp.example.org:21")
		want := "ftp.example.org:21 through " + scheme + " " + addr + ": the proxy cannot be reached: connection refused"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: the cause is lost: %#v", scheme, err)
		}
	}
}

func TestForwardMakesTheConnection(t *testing.T) {
	addr := serve(t, func(nc net.Conn) {
		readRequest(nc)
		nc.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	})
	asked := ""
	dial, err := Dialer(mustParse(t, "http://proxy.example.org:3128"),
		func(ctx context.Context, network, to string) (net.Conn, error) {
			asked = network + " " + to
			return direct(ctx, "tcp", addr)
		})
	if err != nil {
		t.Fatal(err)
	}
	nc, err := dial(within(t), "tcp4", "ftp.example.org:21")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if want := "tcp4 proxy.example.org:3128"; asked != want {
		t.Errorf("forward was asked for %s, want %s", asked, want)
	}
	c := nc.(*Conn)
	if c.Target() != "ftp.example.org:21" || c.Proxy() != "http proxy.example.org:3128" {
		t.Errorf("target %q, proxy %q", c.Target(), c.Proxy())
	}
	if _, ok := c.NetConn().(*net.TCPConn); !ok {
		t.Errorf("below it is a %T: a transfer can neither be reset nor spliced", c.NetConn())
	}
}

func TestTargetsThatWouldChangeTheRequest(t *testing.T) {
	for _, target := range []string{"ftp.example.org", "a\r\nX: y:21", "a b:21", "a\x00b:21", ""} {
		_, err := mustDialer(t, "http://127.0.0.1:1")(within(t), "tcp", target)
		if e := (*Error)(nil); !errors.As(err, &e) || e.Unreachable {
			t.Errorf("%q: %v, want it refused before the proxy is called", target, err)
		}
	}
}
