package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"time"
)

// ErrCleared is returned where a password would have to be sent over a control
// connection that was made clear again.
var ErrCleared = errors.New("the control connection is in the clear since CCC: no password is sent")

// ClearControl ends the protection of the control connection (CCC, RFC 4217
// section 5), so that a firewall can read which ports are used. Data
// connections stay as they are. From then on no password is sent; a lost
// connection is made again with TLS, for the login, and then cleared again. It fails with an *Error where the server
// refuses, and does nothing in the clear.
func (s *dialogue) ClearControl(ctx context.Context) error {
	return s.do(ctx, false, func(c *Conn) error {
		if !c.isTLS() {
			return nil
		}
		err := s.clearControl(ctx, c)
		if err == nil {
			s.settings = append(slices.Clip(s.settings), setting{command: cmd("CCC"), key: "CCC"})
		}
		return err
	})
}

// clearControl agrees on the protection of data first: pure-ftpd hears of PBSZ no more behind CCC.
func (s *agreement) clearControl(ctx context.Context, c *Conn) error {
	want := s.have
	want.prot = s.prot
	before := s.changes(want)
	if err := s.confirm(ctx, before, c.sendMany(ctx, before...)); err != nil && !refused(err) {
		return err
	}
	return c.ClearControl(ctx)
}

// ClearControl sends CCC (RFC 2228 section 3) and, when the server agrees, ends TLS on the control
// connection: close_notify both ways, then the bare connection.
func (c *Conn) ClearControl(ctx context.Context) error {
	_, err := c.sendAll(c.upgrading(ctx, cmd("CCC")))[0].Expect(ctx, 2)
	return err
}

// endTLS waits for the server's close_notify: what it sends before is no reply
// to anything, what comes after is in the clear.
func (c *stream) endTLS() error {
	tc := c.socket().(*tls.Conn)
	if err := tc.CloseWrite(); err != nil {
		return &TLSError{Channel: controlChannel, Err: err}
	}
	bare := tc.NetConn()
	bare.SetDeadline(time.Now().Add(drainTimeout)) // CloseWrite leaves it in the past
	if _, err := io.Copy(io.Discard, tc); err != nil {
		return &TLSError{Channel: controlChannel, Err: err}
	}
	bare.SetDeadline(time.Time{})
	c.replace(bare, true)
	return nil
}

// hadTLS reports whether the connection was protected at its login, and data
// connections may be.
func (c *stream) hadTLS() bool {
	c.replacing.Lock()
	defer c.replacing.Unlock()
	_, now := c.nc.(*tls.Conn)
	return now || c.cleared
}

// checkSecret refuses to send a secret in the clear after CCC.
func (c *stream) checkSecret(verb string) error {
	if secretVerbs[verb] && c.hadTLS() && !c.isTLS() {
		return ErrCleared
	}
	return nil
}

// ProtectControl starts TLS on a connection that was opened in the clear (AUTH TLS,
// RFC 4217 section 4); from then on the session has it, also when it must
// connect again. A server may want another login behind it. A refusal is an
// *Error, and with TLS already it does nothing.
func (s *dialogue) ProtectControl(ctx context.Context) error {
	return s.do(ctx, false, func(c *Conn) error {
		if c.isTLS() {
			return nil
		}
		if err := c.StartTLS(ctx); err != nil {
			return err
		}
		s.have = settings{mode: Stream} // AUTH resets them, says RFC 2228 section 3; some servers do
		s.pinUnverified()
		if s.opt.Security != Implicit {
			s.opt.Security = Require
		}
		return nil
	})
}
