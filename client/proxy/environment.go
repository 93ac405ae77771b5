package proxy

import (
	"cmp"
	"fmt"
	"net/url"
)

// variables name the proxy for FTP, the first that is set wins: curl's order, and a lower case name before its
// upper case twin.
var variables = []string{"ftp_proxy", "FTP_PROXY", "all_proxy", "ALL_PROXY"}

// FromEnvironment reads ftp_proxy or all_proxy and no_proxy, in lower or upper case, and returns a function that says
// by which proxy a host ("host" or "host:port") is reached; nil means directly. A variable that is empty is not set.
//
// A proxy that cannot be understood is an error for every host that is not excepted: going there directly would be
// what the user wanted to avoid. It names the variable.
func FromEnvironment(getenv func(string) string) func(host string) (*url.URL, error) {
	exceptions := parseExceptions(cmp.Or(getenv("no_proxy"), getenv("NO_PROXY")))
	u, err := configured(getenv)
	return func(host string) (*url.URL, error) {
		if exceptions.match(host) {
			return nil, nil
		}
		return u, err
	}
}

func configured(getenv func(string) string) (*url.URL, error) {
	for _, name := range variables {
		if text := getenv(name); text != "" {
			u, err := Parse(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			return u, nil
		}
	}
	return nil, nil
}
