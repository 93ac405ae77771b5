// Package proxy finds ways in where a proxy stands between the user and the servers: connections through SOCKS and
// HTTP CONNECT proxies, the environment variables that name them, the logins of proxies that are FTP servers
// themselves, and files by URL through HTTP proxies that speak FTP (Gateway).
package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// DialFunc makes a TCP connection, as net.Dialer.DialContext does.
type DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// A handshake asks the proxy at the other end of nc for a connection to target (host:port). What it returns is that
// connection; it leaves nc open when it fails.
type handshake func(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error)

// schemes are the kinds of proxies. The ports are those that curl documents.
var schemes = []struct {
	name, port string
	handshake  handshake // nil: not dialled through, but logged in to (see Login), or asked for files (see Gateway)
}{
	{"socks4", "1080", socks4},
	{"socks4a", "1080", socks4a},
	{"socks5", "1080", socks5},
	{"socks5h", "1080", socks5},
	{"http", "1080", connect},
	{"https", "443", connectTLS},
	{"ftp", "21", nil},
	{GatewayScheme, "1080", nil},
}

// ErrAddress is returned for what is no address of a proxy. It does not repeat it, since a password may be part of it.
var ErrAddress = errors.New("a proxy is given as [scheme://][user[:password]@]host[:port]")

// Parse reads the address of a proxy: scheme://user:password@host:port, where only the host is needed. Without a
// scheme it is http, as everywhere. The port is filled in. An error never shows the password.
func Parse(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := ParseURL(strings.TrimSpace(text))
	if err != nil || u.Hostname() == "" || strings.ContainsFunc(u.Host, unfit) {
		return nil, ErrAddress
	}
	for _, s := range schemes {
		if s.name != u.Scheme {
			continue
		}
		host := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), s.port))
		return &url.URL{Scheme: u.Scheme, User: u.User, Host: host}, nil
	}
	return nil, fmt.Errorf("proxies of the kind %q are not supported (%s are)", u.Scheme, supported())
}

func supported() string {
	var names []string
	for _, s := range schemes {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// Dialer returns a function that makes connections through the proxy u, which it reaches by forward. The connections
// are of type *Conn, the errors *Error.
//
// A socks4 proxy is asked for an IPv4 address, which is looked up here; a socks4a one for the name. A socks5 or socks5h proxy is asked for a CONNECT (RFC 1928, with RFC 1929 if u has a user), an http one as RFC 9110
// section 9.3.6 says (with Basic authentication), and so is an https one after a TLS handshake that verifies its
// certificate. The name of the server is resolved by the proxy. The user and password in u go to the proxy only. What
// the proxy sends is bounded. Cancelling the context ends every step, and leaves no connection behind.
//
// An ftp proxy is not dialled through: connect to u.Host and log in as Login says. Nor is an http+get one: see Gateway.
func Dialer(u *url.URL, forward DialFunc) (DialFunc, error) {
	u, err := Parse(u.String())
	if err != nil {
		return nil, err
	}
	var shake handshake
	for _, s := range schemes {
		if s.name == u.Scheme {
			shake = s.handshake
		}
	}
	if shake == nil {
		return nil, fmt.Errorf("connections cannot be made through a proxy of the kind %s", u.Scheme)
	}
	return through(u, forward, shake), nil
}

// Describe names a proxy on the screen: "socks5 127.0.0.1:1080". Neither user nor password is part of it.
func Describe(u *url.URL) string { return u.Scheme + " " + u.Host }

func through(u *url.URL, forward DialFunc, shake handshake) DialFunc {
	return func(ctx context.Context, network, target string) (net.Conn, error) {
		failed := &Error{Proxy: Describe(u), Target: target}
		if failed.Err = checkTarget(target); failed.Err != nil {
			return nil, failed
		}
		nc, err := forward(ctx, network, u.Host)
		if err != nil {
			failed.Unreachable, failed.Err = true, err
			return nil, failed
		}
		server, err := shake(ctx, nc, u, target)
		if err != nil {
			nc.Close()
			failed.Err = cmp.Or(ctx.Err(), err) // x/net says "i/o timeout" for both ends of a context
			return nil, failed
		}
		return &Conn{Conn: server, target: target, proxy: failed.Proxy}, nil
	}
}

// checkTarget keeps a name from adding lines to a request.
func checkTarget(addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return err
	}
	if strings.ContainsFunc(addr, unfit) {
		return errors.New("the name of the server has a blank or a control character")
	}
	return nil
}

func unfit(r rune) bool { return r <= ' ' || r == 0x7f }
