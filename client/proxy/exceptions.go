package proxy

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// exceptions are the hosts of no_proxy, which are reached directly.
type exceptions []exception

// An exception is one entry, by the rules that curl documents: a name stands for itself and everything below it, with
// or without a leading dot; an address for itself, address/bits for a network; * for every host. A port narrows it.
type exception struct {
	all     bool
	network netip.Prefix
	name    string
	port    string
}

func parseExceptions(text string) exceptions {
	var all exceptions
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if e := parseException(word); e != (exception{}) {
			all = append(all, e)
		}
	}
	return all
}

func parseException(word string) exception {
	if network, err := netip.ParsePrefix(word); err == nil {
		return exception{network: network}
	}
	host, port := splitPort(word, "")
	if host == "*" {
		return exception{all: true, port: port}
	}
	if ip, ok := address(host); ok {
		return exception{network: netip.PrefixFrom(ip, ip.BitLen()), port: port}
	}
	name := plainName(strings.TrimPrefix(host, "*")) // *.example.org is no rule of curl's, but people write it
	if name == "" {
		return exception{}
	}
	return exception{name: name, port: port}
}

func (all exceptions) match(host string) bool {
	name, port := splitPort(host, "21")
	return slices.ContainsFunc(all, func(e exception) bool { return (e.port == "" || e.port == port) && e.matchName(name) })
}

func (e exception) matchName(name string) bool {
	if e.all {
		return true
	}
	if ip, ok := address(name); ok {
		return e.network.Contains(ip)
	}
	name = plainName(name)
	return e.name != "" && (name == e.name || strings.HasSuffix(name, "."+e.name))
}

// address reads an IP address. Its zone, and whether an IPv4 one is written as IPv6, do not matter.
func address(host string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(host)
	return ip.Unmap().WithZone(""), err == nil
}

// plainName makes names comparable: "FTP.example.org." and ".ftp.example.org" are the same.
func plainName(name string) string { return strings.ToLower(strings.Trim(name, ".")) }

// splitPort splits host:port, where the port may be missing and an IPv6 address may stand in brackets.
func splitPort(text, missing string) (host, port string) {
	if host, port, err := net.SplitHostPort(text); err == nil {
		return host, port
	}
	return strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), missing
}
