package client

import (
	"net"
	"net/netip"
)

// SetActive chooses where active data connections are awaited: on which ports
// (zero: any), and under which address they are announced (nil: our own). The
// next transfer uses it. See Options.
func (s *Session) SetActive(ports [2]int, address net.IP) {
	for _, cfg := range []*Options{&s.opt, &s.conn.cfg} {
		cfg.ActivePorts, cfg.ActiveAddress = ports, address
	}
}

// TrustPassiveAddress chooses whether data connections go to the host that a
// 227 names, whatever it is. See Options.
func (s *Session) TrustPassiveAddress(trust bool) {
	s.opt.TrustPassiveAddress, s.conn.cfg.TrustPassiveAddress = trust, trust
}

// AcceptFrom chooses which other address the server may connect from in active
// mode. See Options.ActiveFrom.
func (s *Session) AcceptFrom(other netip.Addr) {
	s.opt.ActiveFrom, s.conn.cfg.ActiveFrom = other, other
}

// TrustEnd chooses whether data that came over TLS counts as whole although the
// server did not say so. See Options.InsecureEnd.
func (s *Session) TrustEnd(insecure bool) {
	s.opt.InsecureEnd, s.conn.cfg.InsecureEnd = insecure, insecure
}
