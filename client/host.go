package client

import (
	"context"
	"net"
	"strings"
)

// sayHost names the virtual host that is meant (HOST, RFC 7151), which must
// come before USER: the one asked for, or ours where a FEAT before the login
// told of HOST. Only a refusal of what was asked for is an error.
func (s *Session) sayHost(ctx context.Context, c *Conn) error {
	host := s.opt.VirtualHost
	if host == "" {
		if host = s.Host(); !s.feat.Has("HOST") || net.ParseIP(host) != nil {
			return nil
		}
	} else if strings.Contains(host, ":") { // an IPv6 address, RFC 7151 section 3.1
		host = "[" + strings.Trim(host, "[]") + "]"
	}
	_, err := c.Cmd(ctx, 2, "HOST", host)
	if refused(err) && s.opt.VirtualHost == "" {
		return nil
	}
	return err
}
