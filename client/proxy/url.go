package proxy

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// ErrHost is returned for a host that has colons and is no IPv6 address.
var ErrHost = errors.New("an IPv6 address with a port is written as [ADDRESS]:PORT")

// ParseURL reads a URL as people type it. A host with more than one colon is an IPv6 address, with brackets or without;
// net/url would take what follows its last colon for a port, and so lead a password to another computer. The zone of an
// address may have its percent sign as it is, or as RFC 6874 wants it (%25).
func ParseURL(text string) (*url.URL, error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return url.Parse(text)
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	user, host, path := "", rest[:end], rest[end:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		user, host = host[:at+1], host[at+1:]
	}
	host, err := bracketed(host)
	if err != nil {
		return nil, err
	}
	return url.Parse(scheme + "://" + user + host + path)
}

// bracketed writes a host, and its port if it has one, as RFC 3986 and 6874 want it.
func bracketed(host string) (string, error) {
	if !strings.HasPrefix(host, "[") {
		if strings.Count(host, ":") < 2 {
			return host, nil
		}
		host = "[" + host + "]"
	}
	inside, port, closed := strings.Cut(host[1:], "]")
	address, zone, zoned := strings.Cut(inside, "%")
	if ip, err := netip.ParseAddr(address); err != nil || !ip.Is6() || !closed || zoned && zone == "" {
		return "", ErrHost
	}
	if zoned {
		address += "%25" + strings.TrimPrefix(zone, "25")
	}
	return "[" + address + "]" + port, nil
}
