package practice

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// namespace is a network with one address and nothing else. Sockets stay in the namespace that they were made in, and
// namespaces belong to threads; so one thread makes them all.
type namespace struct {
	address netip.Addr
	calls   chan func()
}

// newNamespace needs the right to make network namespaces, as root has it.
func newNamespace(address netip.Addr) (*namespace, error) {
	n := &namespace{address: address, calls: make(chan func())}
	ready := make(chan error)
	go n.run(ready)
	if err := <-ready; err != nil {
		return nil, err
	}
	return n, nil
}

// run never unlocks its thread, which so ends with it. The first thread of a process cannot end, and /proc shows what it sees
// as that of the whole process: if it is that one, it waits until another has taken over.
func (n *namespace) run(ready chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		taken := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(taken)
			n.serve(ready)
		}()
		<-taken
		runtime.UnlockOSThread()
		return
	}
	n.serve(ready)
}

func (n *namespace) serve(ready chan<- error) {
	err := unix.Unshare(unix.CLONE_NEWNET)
	if err == nil {
		err = n.raise()
	}
	if ready <- err; err != nil {
		return
	}
	for call := range n.calls {
		call()
	}
}

// raise gives the loopback device the address, and switches it on.
func (n *namespace) raise() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	device, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := device.SetInet4Addr(n.address.AsSlice()); err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFADDR, device); err != nil {
		return err
	}
	device.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, device)
}

func (n *namespace) do(call func()) {
	done := make(chan struct{})
	n.calls <- func() {
		defer close(done)
		call()
	}
	<-done
}

// listen listens at a port of the server's address.
func (n *namespace) listen(port int) (l net.Listener, err error) {
	n.do(func() { l, err = net.ListenTCP("tcp4", &net.TCPAddr{IP: n.address.AsSlice(), Port: port}) })
	return l, err
}

func (n *namespace) dial(to string) (conn net.Conn, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	n.do(func() { conn, err = (&net.Dialer{}).DialContext(ctx, "tcp4", to) })
	return conn, err
}

func (n *namespace) close() { close(n.calls) }
