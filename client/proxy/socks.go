package proxy

import (
	"context"
	"net"
	"net/url"

	"golang.org/x/net/proxy"
)

// socks5 leaves resolving the name to the proxy, so that nobody between here and there learns it. It returns nc and
// not x/net's wrapper, which hides what a TCP connection can do.
func socks5(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error) {
	d, err := proxy.SOCKS5("tcp", u.Host, socksAuth(u.User), made{nc})
	if err != nil {
		return nil, err
	}
	_, err = d.(proxy.ContextDialer).DialContext(ctx, "tcp", target)
	return nc, err
}

func socksAuth(user *url.Userinfo) *proxy.Auth {
	if user.Username() == "" {
		return nil
	}
	password, _ := user.Password()
	return &proxy.Auth{User: user.Username(), Password: password}
}

// made is a connection to the proxy that exists already.
type made struct{ nc net.Conn }

func (m made) Dial(string, string) (net.Conn, error) { return m.nc, nil }

func (m made) DialContext(context.Context, string, string) (net.Conn, error) { return m.nc, nil }
