package client

import (
	"net"
	"slices"
)

// Tune changes options of a session that is open, from the next command or transfer on: Ways,
// Charset, Timeout, Stall, OneByOne, KeepAlive, the four of active and passive data connections
// (ActivePorts, ActiveAddress, ActiveFrom, TrustPassiveAddress), InsecureEnd, the sizes of buffers,
// Gate, Funnel and Stage. Stall holds for transfers that run as well. Other options do not change.
func (s *peer) Tune(change func(*Options)) {
	to := s.opt
	change(&to)
	if !slices.Equal(to.Ways, s.opt.Ways) {
		s.way, s.modeKnown = 0, false
	}
	s.opt.tune(to)
	c := s.conn
	c.cfg.tune(to)
	c.setGate(to.Gate)
	c.charset.Store(to.Charset)
	c.alive.Store(int64(to.KeepAlive))
	c.single.Store(to.OneByOne)
	limits := to.withDefaults()
	c.timeout.Store(int64(limits.Timeout))
	c.stall.Store(int64(limits.Stall))
}

// tune takes what can change.
func (c *Options) tune(to Options) {
	c.Ways, c.Charset, c.Gate, c.Funnel = to.Ways, to.Charset, to.Gate, to.Funnel
	c.Timeout, c.Stall, c.OneByOne, c.KeepAlive = to.Timeout, to.Stall, to.OneByOne, to.KeepAlive
	c.ActivePorts, c.ActiveAddress, c.ActiveFrom = to.ActivePorts, to.ActiveAddress, to.ActiveFrom
	c.TrustPassiveAddress, c.InsecureEnd = to.TrustPassiveAddress, to.InsecureEnd
	c.Stage = to.Stage
	c.ReadBuffer, c.WriteBuffer = to.ReadBuffer, to.WriteBuffer
}

// setBuffers asks for the sizes. A system that wants others is no failure.
func (c Options) setBuffers(nc net.Conn) {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return
	}
	if c.ReadBuffer > 0 {
		_ = tcp.SetReadBuffer(c.ReadBuffer)
	}
	if c.WriteBuffer > 0 {
		_ = tcp.SetWriteBuffer(c.WriteBuffer)
	}
}
