//go:build !linux

package practice

import (
	"errors"
	"net"
	"net/netip"
)

// namespace is there on Linux only.
type namespace struct{}

func newNamespace(netip.Addr) (*namespace, error) { return nil, errors.ErrUnsupported }

func (n *namespace) listen(int) (net.Listener, error) { return nil, errors.ErrUnsupported }
func (n *namespace) dial(string) (net.Conn, error)    { return nil, errors.ErrUnsupported }
func (n *namespace) close()                           {}
