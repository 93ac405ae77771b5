package command

import (
	"net"
	"net/netip"
	"net/url"
	"os"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
)

// Through makes a session go by way of a proxy, where the settings or the
// environment name one.
func Through(sh *Shell, opt *client.Options) error {
	u, err := proxyFor(sh, opt.Addr)
	if u == nil || err != nil {
		return err
	}
	if u.Scheme == proxy.GatewayScheme {
		return &NoFTPError{proxy.Describe(u)}
	}
	if u.Scheme != "ftp" {
		opt.Dial, err = proxy.Dialer(u, opt.Dialer())
		return err
	}
	login := proxy.DefaultLogin(u)
	if name := sh.Settings.ViaLogin; name != "auto" {
		if login, err = proxy.FindLogin(name); err != nil {
			return err
		}
	}
	server := opt.Addr
	password, _ := u.User.Password()
	opt.Addr = u.Host
	opt.Through = func(who client.Login) ([]string, error) {
		return login.Commands(proxy.Accounts{
			Server: server, User: who.User, Password: who.Password,
			ProxyUser: u.User.Username(), ProxyPassword: password,
		})
	}
	return nil
}

// proxyFor returns the proxy to use for a server, or nil. This computer itself
// is never reached through one that only the environment names.
func proxyFor(sh *Shell, addr string) (*url.URL, error) {
	switch sh.Settings.Via {
	case "off":
		return nil, nil
	case "auto":
		if isLoopback(addr) {
			return nil, nil
		}
		return proxy.FromEnvironment(os.Getenv)(addr)
	}
	return proxy.Parse(sh.Settings.Via)
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
