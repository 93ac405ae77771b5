// Package delay puts distance between a client and a server that are on the
// same machine: what goes through it arrives later. The handshakes of TCP are
// not delayed, since they end at the proxy.
package delay

import (
	"context"
	"net"
	"strconv"
	"sync"
	"time"
)

// Proxy listens on the ports of a server at another address of this machine.
type Proxy struct {
	Host string // where it listens

	listeners []net.Listener
	running   sync.WaitGroup
	cancel    context.CancelFunc
}

// Start makes a proxy that listens on host for every port from low to high, and
// sends what comes to the same port of target, half of the round trip later in
// each direction. Ports that are taken are left out.
func Start(host, target string, low, high int, roundTrip time.Duration) *Proxy {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Proxy{Host: host, cancel: cancel}
	for port := low; port <= high; port++ {
		number := strconv.Itoa(port)
		ln, err := net.Listen("tcp", net.JoinHostPort(host, number))
		if err != nil {
			continue
		}
		p.listeners = append(p.listeners, ln)
		p.running.Go(func() { p.accept(ctx, ln, net.JoinHostPort(target, number), roundTrip/2) })
	}
	return p
}

// Close ends all connections.
func (p *Proxy) Close() {
	p.cancel()
	for _, ln := range p.listeners {
		ln.Close()
	}
	p.running.Wait()
}

func (p *Proxy) accept(ctx context.Context, ln net.Listener, target string, later time.Duration) {
	for {
		near, err := ln.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { relay(ctx, near, target, later) })
	}
}

// relay connects at once: the server's port answers only while it is awaited.
func relay(ctx context.Context, near net.Conn, target string, later time.Duration) {
	defer near.Close()
	far, err := net.Dial("tcp", target)
	if err != nil {
		_ = near.(*net.TCPConn).SetLinger(0)
		return
	}
	defer far.Close()
	stop := context.AfterFunc(ctx, func() {
		near.Close()
		far.Close()
	})
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { carry(far, near, later) })
	both.Go(func() { carry(near, far, later) })
	both.Wait()
}

// parcel is what was read, and when it is due.
type parcel struct {
	data []byte
	due  time.Time
}

// carry moves bytes, and the end of them.
func carry(to, from net.Conn, later time.Duration) {
	parcels := make(chan parcel, 4096)
	go func() {
		defer close(parcels)
		for {
			data := make([]byte, 16<<10)
			n, err := from.Read(data)
			acknowledge(from)
			if n > 0 {
				parcels <- parcel{data[:n], time.Now().Add(later)}
			}
			if err != nil {
				parcels <- parcel{nil, time.Now().Add(later)}
				return
			}
		}
	}()
	for p := range parcels {
		time.Sleep(time.Until(p.due))
		if p.data == nil {
			break
		}
		if _, err := to.Write(p.data); err != nil {
			from.Close()
			break
		}
	}
	if half, ok := to.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	for range parcels {
	}
}
