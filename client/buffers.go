package client

import "net"

// SetBuffers chooses the sizes of the socket buffers of data connections; 0
// leaves them to the system. The next transfer uses them.
func (s *Session) SetBuffers(read, write int) {
	s.opt.ReadBuffer, s.opt.WriteBuffer = read, write
	s.conn.cfg.ReadBuffer, s.conn.cfg.WriteBuffer = read, write
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
