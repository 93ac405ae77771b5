package proxy

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// socks4 knows IPv4 addresses only, so the name of the server is looked up here.
func socks4(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		all, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
		if err != nil {
			return nil, err
		}
		addr = all[0]
	}
	if addr = addr.Unmap(); !addr.Is4() {
		return nil, errNoIPv6
	}
	return ask4(ctx, nc, u, target, addr, "")
}

// socks4a has the proxy look up the name; an IPv4 address is asked for as such.
func socks4a(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	addr, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return ask4(ctx, nc, u, target, netip.AddrFrom4([4]byte{0, 0, 0, 1}), host)
	case !addr.Unmap().Is4():
		return nil, errNoIPv6
	}
	return ask4(ctx, nc, u, target, addr.Unmap(), "")
}

var errNoIPv6 = errors.New("a socks4 proxy reaches no IPv6 address; socks5 does")

// granted is the code of success; the others say why not.
const granted = 90

var refusals4 = map[byte]string{
	91: "it refuses, or the server cannot be reached", 92: "it finds no identd here", 93: "identd here names another user",
}

// ask4 asks for a connection: version 4, CONNECT, port, address, user and NUL, and for socks4a the
// name of the host and NUL. The reply has eight bytes.
func ask4(ctx context.Context, nc net.Conn, u *url.URL, target string, addr netip.Addr, host string) (net.Conn, error) {
	_, service, _ := net.SplitHostPort(target)
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q is not a number", service)
	}
	const longest = 255
	user := u.User.Username()
	if _, secret := u.User.Password(); secret {
		return nil, errors.New("socks4 knows a user, but no password")
	}
	if strings.ContainsRune(user+host, 0) || len(user) > longest || len(host) > longest {
		return nil, errors.New("the user or the host does not fit into a request")
	}
	request := binary.BigEndian.AppendUint16([]byte{4, 1}, uint16(port))
	request = append(append(request, addr.AsSlice()...), user...)
	if request = append(request, 0); host != "" {
		request = append(append(request, host...), 0)
	}
	return nc, interruptibly(ctx, nc, func() error {
		if _, err := nc.Write(request); err != nil {
			return err
		}
		var reply [8]byte
		if _, err := io.ReadFull(nc, reply[:]); err != nil {
			return err
		}
		switch {
		case reply[0] != 0:
			return fmt.Errorf("this is not a socks4 proxy, it says %q", shown(string(reply[:])))
		case reply[1] == granted:
			return nil
		case refusals4[reply[1]] != "":
			return fmt.Errorf("the proxy says no: %s (%d)", refusals4[reply[1]], reply[1])
		}
		return fmt.Errorf("the proxy says no (%d)", reply[1])
	})
}
