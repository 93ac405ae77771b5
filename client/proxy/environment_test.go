package proxy

import (
	"strings"
	"testing"
)

func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	return func(name string) string { return values[name] }
}

func TestFromEnvironment(t *testing.T) {
	rows := []struct {
		name string
		env  []string
		want string // empty: directly
	}{
		{"nothing", nil, ""},
		{"for everything", []string{"ALL_PROXY=socks5://p"}, "socks5://p:1080"},
		{"in lower case", []string{"all_proxy=socks5h://p:9050"}, "socks5h://p:9050"},
		{"FTP's own goes before", []string{"ALL_PROXY=socks5://p", "ftp_proxy=http://q:3128"}, "http://q:3128"},
		{"lower case goes before", []string{"FTP_PROXY=http://p", "ftp_proxy=http://q"}, "http://q:1080"},
		{"empty is not set", []string{"ftp_proxy=", "ALL_PROXY=http://p"}, "http://p:1080"},
		{"an FTP proxy", []string{"ftp_proxy=ftp://joe:sesame@gate"}, "ftp://joe:sesame@gate:21"},
		{"others are not for FTP", []string{"http_proxy=http://p", "HTTPS_PROXY=http://p"}, ""},
		{"excepted", []string{"ALL_PROXY=http://p", "NO_PROXY=example.org"}, ""},
		{"excepted, in lower case", []string{"ALL_PROXY=http://p", "no_proxy=example.org", "NO_PROXY=example.net"}, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			u, err := FromEnvironment(environment(row.env...))("ftp.example.org:21")
			got := ""
			if u != nil {
				got = u.String()
			}
			if got != row.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, row.want)
			}
		})
	}
}

func TestProxyThatCannotBeUnderstoodIsNoDirectWay(t *testing.T) {
	choose := FromEnvironment(environment("ALL_PROXY=socks9://joe:sesame@p", "NO_PROXY=example.net"))
	u, err := choose("ftp.example.org")
	if u != nil || err == nil || !strings.HasPrefix(err.Error(), "ALL_PROXY: ") {
		t.Errorf("got %v, %v, want an error that names the variable", u, err)
	}
	if strings.Contains(err.Error(), "sesame") {
		t.Errorf("the error shows the password: %v", err)
	}
	if u, err := choose("ftp.example.net"); u != nil || err != nil {
		t.Errorf("an excepted host: got %v, %v", u, err)
	}
}

func TestExceptions(t *testing.T) {
	rows := []struct{ name, list, direct, proxied string }{
		{"nothing", "", "", "ftp.example.org localhost 127.0.0.1"},
		{"everything", "*", "ftp.example.org 127.0.0.1 ::1 [::1]:21", ""},
		{"a name and what is below", "example.org", "example.org ftp.example.org a.b.example.org FTP.EXAMPLE.ORG. ftp.example.org:2121", "nonexample.org example.com org"},
		{"with a dot before", ".example.org", "example.org ftp.example.org", "nonexample.org"},
		{"with a dot behind", "example.org.", "ftp.example.org", ""},
		{"with a star before", "*.example.org", "ftp.example.org", "nonexample.org"},
		{"several", "localhost,example.org example.net,\t.example.com", "localhost ftp.example.org ftp.example.net ftp.example.com", "127.0.0.1"},
		{"an address", "192.0.2.7", "192.0.2.7 192.0.2.7:21 ::ffff:192.0.2.7", "192.0.2.70 7 ftp.192.0.2.7"},
		{"a part of an address is not a suffix", "2.7", "", "192.0.2.7"},
		{"a network", "192.168.0.0/16", "192.168.0.1 192.168.255.255:2121", "192.169.0.1 10.0.0.1"},
		{"a network with bits to spare", "192.168.1.77/24", "192.168.1.1", "192.168.2.1"},
		{"IPv6", "2001:db8::1", "2001:db8::1 [2001:db8::1]:21 [2001:DB8:0::1] 2001:db8::1%eth0", "2001:db8::2"},
		{"IPv6 in brackets", "[::1]", "::1 [::1]:21", "127.0.0.1"},
		{"IPv6 network", "2001:db8::/32", "2001:db8:7::1", "2001:db9::1"},
		{"a port", "example.org:2121", "ftp.example.org:2121", "ftp.example.org ftp.example.org:21"},
		{"port 21 is meant", "example.org:21", "ftp.example.org ftp.example.org:21", "ftp.example.org:990"},
		{"a port of everything", "*:990", "ftp.example.org:990", "ftp.example.org"},
		{"an address with a port", "[::1]:2121,127.0.0.1:2121", "[::1]:2121 127.0.0.1:2121", "::1 127.0.0.1"},
		{"rubbish", ",,. , 1.2.3.4/99, :", "", "ftp.example.org 1.2.3.4"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			list := parseExceptions(row.list)
			for _, host := range strings.Fields(row.direct) {
				if !list.match(host) {
					t.Errorf("%s goes through the proxy", host)
				}
			}
			for _, host := range strings.Fields(row.proxied) {
				if list.match(host) {
					t.Errorf("%s does not go through the proxy", host)
				}
			}
		})
	}
}
