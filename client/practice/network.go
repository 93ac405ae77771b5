package practice

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
)

// network is one that the server has for itself, with a private address, and the router before it: ports of this computer
// lead to ports of the server, those that were told to and no others.
type network struct {
	*namespace
	running sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool // nil: closed
}

func newNetwork(address string) (*network, error) {
	at, err := netip.ParseAddr(address)
	if err != nil || !at.Is4() {
		return nil, fmt.Errorf("%q is not an IPv4 address", address)
	}
	space, err := newNamespace(at)
	if err != nil {
		return nil, err
	}
	return &network{namespace: space, open: map[net.Conn]bool{}}, nil
}

// forwarded is a listener in the network, and the port of the router that leads to it.
type forwarded struct {
	net.Listener // inside
	outside      net.Listener
}

// forward listens at an address of this computer, and at a port in the network, 0 for the same one.
func (n *network) forward(outside string, port int) (*forwarded, error) {
	out, err := net.Listen("tcp", outside)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		port = out.Addr().(*net.TCPAddr).Port
	}
	in, err := n.listen(port)
	if err != nil {
		_ = out.Close()
		return nil, err
	}
	n.running.Go(func() { n.accept(out, in.Addr().String()) })
	return &forwarded{in, out}, nil
}

// Close ends the port, and not what goes through it.
func (f *forwarded) Close() error {
	_ = f.outside.Close()
	return f.Listener.Close()
}

func (n *network) accept(outside net.Listener, inside string) {
	for {
		client, err := outside.Accept()
		if err != nil {
			return
		}
		if server, err := n.dial(inside); err != nil {
			_ = client.Close()
		} else if n.add(client, server) {
			n.running.Go(func() { n.carry(client, server) })
		}
	}
}

func (n *network) add(conns ...net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, conn := range conns {
		if n.open == nil {
			_ = conn.Close()
		} else {
			n.open[conn] = true
		}
	}
	return n.open != nil
}

// carry takes what each side sends to the other, and the end of it.
func (n *network) carry(a, b net.Conn) {
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].(*net.TCPConn).CloseWrite()
		})
	}
	both.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, conn := range []net.Conn{a, b} {
		_ = conn.Close()
		delete(n.open, conn)
	}
}

// end cuts what goes through the router. Its ports are closed already.
func (n *network) end() {
	n.mu.Lock()
	for conn := range n.open {
		_ = conn.Close()
	}
	n.open = nil
	n.mu.Unlock()
	n.running.Wait()
	n.close()
}
