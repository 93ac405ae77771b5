package client

import (
	"context"
	"strings"
)

// sayHost names the virtual host that Options ask for (HOST, RFC 7151), which
// must come before USER.
func (s *peer) sayHost(ctx context.Context, c *Conn) error {
	host := s.opt.VirtualHost
	if host == "" {
		return nil
	}
	if strings.Contains(host, ":") { // an IPv6 address, RFC 7151 section 3.1
		host = "[" + strings.Trim(host, "[]") + "]"
	}
	_, err := c.Cmd(ctx, 2, "HOST", host)
	return err
}
