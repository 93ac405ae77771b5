package shell

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
)

// through makes a session go by way of a proxy, where the settings or the
// environment name one.
func (sh *Shell) through(opt *client.Options) error {
	u, err := sh.proxyFor(opt.Addr)
	if u == nil || err != nil {
		return err
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
		return login.Commands(proxy.Accounts{Server: server, User: who.User, Password: who.Password,
			ProxyUser: u.User.Username(), ProxyPassword: password})
	}
	return nil
}

// proxyFor returns the proxy to use for a server, or nil. This computer itself
// is never reached through one that only the environment names.
func (sh *Shell) proxyFor(addr string) (*url.URL, error) {
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

// viaSettings are about proxies.
var viaSettings = []*Setting{
	{
		Name: "via", Usage: "auto|off|socks5://HOST:1080", opens: true, Short: "proxy for the next open: auto (as ftp_proxy and no_proxy say), off, or a URL (socks5:, http:, ftp:)",
		Words: []string{"auto", "off"},
		show:  func(s *Settings) string { return hidePassword(s.Via) },
		parse: func(s *Settings, text string) error {
			if text != "auto" && text != "off" {
				if _, err := proxy.Parse(text); err != nil {
					return err
				}
			}
			s.Via = text
			return nil
		},
	},
	word("via-login", "how an FTP proxy is told the server; auto: user@host", loginNames(),
		func(s *Settings) *string { return &s.ViaLogin }).opening(),
}

func loginNames() []string {
	names := []string{"auto"}
	for _, l := range proxy.Logins() {
		names = append(names, l.Name)
		names = append(names, l.Aliases...)
	}
	return slices.Clip(names)
}
