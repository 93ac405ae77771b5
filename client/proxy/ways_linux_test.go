package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

func TestTransferThroughPrograms(t *testing.T) {
	rows := []struct {
		name    string
		program program
		url     string
	}{
		{"microsocks", microsocks, "socks5://bob:sesame@"},
		{"danted", danted, "socks5h://"},
		{"danted does not want the login", danted, "socks5://bob:sesame@"},
		{"danted, socks4", danted, "socks4://"},
		{"danted, socks4a", danted, "socks4a://bob@"},
		{"tinyproxy", tinyproxy, "http://bob:sesame@"},
		{"squid", squidHTTP, "http://bob:sesame@"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			transfer(t, mustDialer(t, row.url+row.program.start(t)))
		})
	}
	t.Run("squid inside TLS", func(t *testing.T) {
		u := mustParse(t, "https://bob:sesame@"+squidHTTPS.start(t))
		transfer(t, through(u, direct, secured(&tls.Config{ServerName: u.Hostname(), RootCAs: signer(t)})))
	})
	t.Run("tinyproxy inside TLS", func(t *testing.T) {
		addr, roots := startTLS(t, tinyproxy.start(t))
		u := mustParse(t, "https://bob:sesame@"+addr)
		transfer(t, through(u, direct, secured(&tls.Config{ServerName: u.Hostname(), RootCAs: roots})))
	})
}

func transfer(t *testing.T, dial DialFunc) {
	t.Helper()
	s := startServer(t)
	d := talk(t, dial, s.Addr())
	d.cmd(331, "USER "+practice.User)
	d.cmd(230, "PASS "+practice.Password)
	d.mustRetrieve()
}

func TestProgramsRefuse(t *testing.T) {
	rows := []struct {
		name    string
		program program
		url     string
		want    string
	}{
		{"microsocks, wrong password", microsocks, "socks5://bob:wrong@", "username/password authentication failed"},
		{"microsocks, no login", microsocks, "socks5://", "no acceptable authentication methods"},
		{"microsocks, nobody there", microsocks, "socks5://bob:sesame@", "connection refused"},
		{"danted, nobody there", danted, "socks5://", "connection refused"},
		{"tinyproxy, wrong password", tinyproxy, "http://bob:wrong@", "the proxy does not accept its user and password: 401 Unauthorized"},
		{"tinyproxy, no login", tinyproxy, "http://", "the proxy asks for a user and a password: 407 Proxy Authentication Required"},
		{"danted, socks4, nobody there", danted, "socks4://", "it refuses, or the server cannot be reached (91)"},
		{"squid, wrong password", squidHTTP, "http://bob:wrong@", "the proxy does not accept its user and password: 407 Proxy Authentication Required"},
		{"squid, no login", squidHTTP, "http://", "the proxy asks for a user and a password: 407 Proxy Authentication Required"},
		{"squid, nobody there", squidHTTP, "http://bob:sesame@", "the proxy refuses: 503 Service Unavailable"},
		{"squid, a port that its makers do not allow", squidAsIs, "http://bob:sesame@", "the proxy refuses: 403 Forbidden"},
		{"tinyproxy, nobody there", tinyproxy, "http://bob:sesame@", "the proxy refuses: 500 Unable to connect"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			addr := row.program.start(t)
			_, err := mustDialer(t, row.url+addr)(within(t), "tcp", freeAddress(t))
			wantError(t, err, row.want)
			if text := fmt.Sprint(err); strings.Contains(text, "sesame") || strings.Contains(text, "bob") {
				t.Errorf("the error shows the login: %v", err)
			}
			if e := (*Error)(nil); errors.As(err, &e) && e.Unreachable {
				t.Errorf("the proxy was reached: %v", err)
			}
		})
	}
}

func TestLoginAtFTPProxies(t *testing.T) {
	rows := []struct {
		login   string
		program program
	}{
		{"user@host", modProxy("user@host")},
		{"proxyuser,user@host", modProxy("proxyuser,user@host")},
		{"proxyuser@host,user", modProxy("proxyuser@host,user")},
		{"user@host", ftpProxy},
		{"user@host:port", ftpProxy},
	}
	for _, row := range rows {
		t.Run(row.login+" at "+filepath.Base(row.program.argv[0]), func(t *testing.T) {
			l, err := FindLogin(row.login)
			if err != nil {
				t.Fatal(err)
			}
			s := startServer(t)
			addr := row.program.start(t)
			accounts := Accounts{s.Addr(), practice.User, practice.Password, "bob", "sesame"}
			commands, err := l.Commands(accounts)
			if err != nil {
				t.Fatal(err)
			}
			d := talk(t, direct, addr)
			if code := d.logIn(commands); code != 230 {
				t.Fatalf("%d %s", code, d.last)
			}
			if row.program.careless {
				d.cmd(257, "PWD")
			} else {
				d.mustRetrieve()
			}

			accounts.Password = "wrong"
			commands, _ = l.Commands(accounts)
			d = talk(t, direct, addr)
			if code := d.logIn(commands); code != 530 {
				t.Errorf("a wrong password is answered with %s", strconv.Itoa(code)+" "+d.last)
			}
		})
	}
}
