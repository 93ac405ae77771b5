package proxy

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Login is how one kind of FTP proxy is told the server and the accounts. Such a proxy is an FTP server itself: the
// control connection is made to it, these commands replace USER and PASS, and from then on it speaks for the server.
// Data connections go to the proxy, and so does AUTH TLS: the proxy sees both passwords.
type Login struct {
	Name    string
	Aliases []string // what other programs call it
	Steps   []string // commands in which Placeholders stand for what the user knows
}

// Placeholders may stand in the steps of a Login. {host} has the port only if it is not 21, {name} never.
var Placeholders = []string{"{host}", "{name}", "{port}", "{user}", "{pass}", "{proxyuser}", "{proxypass}"}

// logins are those of lftp (ftp:proxy-auth-type), ncftp (firewall-type), yafc (proxy type), tnftp (gate), proftpd's
// mod_proxy (ProxyForwardMethod) and SuSE's ftp-proxy. The first two are the defaults.
var logins = []Login{
	{
		"user@host",
		[]string{"ncftp:1", "yafc:1"},
		[]string{"USER {user}@{host}", "PASS {pass}"},
	},
	{
		"proxyuser,user@host",
		[]string{"lftp:user", "ncftp:2", "yafc:2"},
		[]string{"USER {proxyuser}", "PASS {proxypass}", "USER {user}@{host}", "PASS {pass}"},
	},
	{
		"proxyuser@host,user",
		[]string{"lftp:proxy-user@host", "ncftp:6", "yafc:6"},
		[]string{"USER {proxyuser}@{host}", "PASS {proxypass}", "USER {user}", "PASS {pass}"},
	},
	{
		"proxyuser,site",
		[]string{"ncftp:3", "yafc:3"},
		[]string{"USER {proxyuser}", "PASS {proxypass}", "SITE {host}", "USER {user}", "PASS {pass}"},
	},
	{
		"proxyuser,open",
		[]string{"lftp:open", "ncftp:4", "yafc:4"},
		[]string{"USER {proxyuser}", "PASS {proxypass}", "OPEN {host}", "USER {user}", "PASS {pass}"},
	},
	{
		"user@proxyuser@host",
		[]string{"lftp:joined", "ncftp:5", "yafc:5", "ftp-proxy:@auth"},
		[]string{"USER {user}@{proxyuser}@{host}", "PASS {pass}@{proxypass}"},
	},
	{
		"proxyuser@user@host",
		[]string{"ftp-proxy:auth@"},
		[]string{"USER {proxyuser}@{user}@{host}", "PASS {proxypass}@{pass}"},
	},
	{
		"user@host proxyuser",
		[]string{"lftp:joined-acct", "ncftp:7"},
		[]string{"USER {user}@{host} {proxyuser}", "PASS {pass}", "ACCT {proxypass}"},
	},
	{
		"user@host:port",
		[]string{"ncftp:8", "yafc:7"},
		[]string{"USER {user}@{name}:{port}", "PASS {pass}"},
	},
	{
		"user@host port",
		[]string{"ncftp:9"},
		[]string{"USER {user}@{name} {port}", "PASS {pass}"},
	},
	{"site", nil, []string{"SITE {host}", "USER {user}", "PASS {pass}"}},
	{"open", nil, []string{"OPEN {host}", "USER {user}", "PASS {pass}"}},
	{"gate-ftp", []string{"tnftp:gate"}, // the proxies of the TIS Firewall Toolkit and Gauntlet
		[]string{"PASSERVE {host}", "USER {user}", "PASS {pass}"}},
}

// Logins lists all of them.
func Logins() []Login { return slices.Clone(logins) }

// FindLogin returns the login with that name or alias.
func FindLogin(name string) (Login, error) {
	for _, l := range logins {
		if l.Name == name || slices.Contains(l.Aliases, name) {
			return l, nil
		}
	}
	return Login{}, fmt.Errorf("no login for FTP proxies is called %q", name)
}

// DefaultLogin is for a proxy of which nothing else is known: user@host, after logging in to the proxy if u has a
// user. That is lftp's default too.
func DefaultLogin(u *url.URL) Login {
	if u.User.Username() == "" {
		return logins[0]
	}
	return logins[1]
}

// Accounts are what a Login needs to know.
type Accounts struct {
	Server                   string // host:port
	User, Password           string // for the server
	ProxyUser, ProxyPassword string
}

// NeedsProxyUser tells whether the proxy has accounts of its own.
func (l Login) NeedsProxyUser() bool {
	return slices.ContainsFunc(l.Steps, func(step string) bool { return strings.Contains(step, "{proxyuser}") })
}

// Commands returns what to send, in order. PASS is to be left out unless the reply before it was 331, and ACCT unless
// it was 332; after any other command a reply of 4yz or 5yz ends the login. The last reply is the server's.
func (l Login) Commands(a Accounts) ([]string, error) {
	name, port, err := net.SplitHostPort(a.Server)
	if err != nil {
		return nil, err
	}
	if l.NeedsProxyUser() && a.ProxyUser == "" {
		return nil, fmt.Errorf("the login %q needs a user for the proxy", l.Name)
	}
	if strings.Contains(name, ":") { // an IPv6 address
		name = "[" + name + "]"
	}
	host := name
	if port != "21" {
		host = name + ":" + port
	}
	fill := strings.NewReplacer("{host}", host, "{name}", name, "{port}", port,
		"{user}", a.User, "{pass}", a.Password, "{proxyuser}", a.ProxyUser, "{proxypass}", a.ProxyPassword)
	commands := make([]string, len(l.Steps))
	for i, step := range l.Steps {
		commands[i] = fill.Replace(step)
	}
	return commands, nil
}
