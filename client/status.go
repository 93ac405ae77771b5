package client

import (
	"context"
	"strings"
)

// Server is what the server says about itself, and what is known of it.
type Server struct{ s *Session }

// Server returns that.
func (s *Session) Server() Server { return Server{s} }

// System returns the answer to SYST (RFC 959 section 4.1.3): "UNIX Type: L8".
func (v Server) System(ctx context.Context) (string, error) {
	r, err := v.s.cmd(ctx, 2, "SYST")
	return r.Text(), err
}

// QuotesNames reports whether quotes are a part of names: on z/OS 'PROD.DATA' is a whole data
// set name, and PROD.DATA one below the working prefix.
func (v Server) QuotesNames() bool { return strings.Contains(v.s.syst, "MVS") }

// Status returns the server's answer to STAT (RFC 959 section 4.1.3): about the session, or about
// name when it is not empty.
func (v Server) Status(ctx context.Context, name string) (Reply, error) {
	if name == "" {
		return v.s.cmd(ctx, 2, "STAT")
	}
	return v.s.cmd(ctx, 2, "STAT", lsPath(name))
}

// Is reports whether another session is with the same server. It does not know a server by two of
// its addresses.
func (v Server) Is(other *Session) bool {
	a, b := v.s, other
	if a.opt.VirtualHost != b.opt.VirtualHost {
		return false
	}
	if a.opt.Through != nil || b.opt.Through != nil || a.conn.proxyTo != "" || b.conn.proxyTo != "" {
		return a.opt.Addr == b.opt.Addr
	}
	return a.conn.RemoteAddr().String() == b.conn.RemoteAddr().String()
}

// Help returns the server's answer to HELP (RFC 959 section 4.1.3).
func (v Server) Help(ctx context.Context, words ...string) (Reply, error) {
	return v.s.cmd(ctx, 2, "HELP", words...)
}

// Noop sends NOOP (RFC 959 section 4.1.3): is the server still there?
func (s *dialogue) Noop(ctx context.Context) error {
	_, err := s.cmd(ctx, 2, "NOOP")
	return err
}
