package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Gateway takes the place of a session where the proxy speaks FTP in our place.
type Gateway struct {
	*proxy.Gateway
	Type client.Type // of the next files
}

// NoFTPError says that a command needs a session, where a proxy fetches files by URL.
type NoFTPError struct{ Proxy string }

func (e *NoFTPError) Error() string {
	return e.Proxy + ": this proxy fetches files, it speaks no FTP with us"
}

// Connected reports whether there is a server, by a session or behind a proxy.
func (c *Peer) Connected() bool { return c.Session != nil || c.Gateway != nil }

// gatewayFor is the way to a server whose proxy is asked for URLs; nil: it is another way. What the proxy and the server
// say to each other is in the clear: where TLS is wanted, there is no such way.
func gatewayFor(sh *Shell, a site.Address) (*Gateway, error) {
	wanted := security(sh, a)
	addr := net.JoinHostPort(a.Host, a.PortNumber(wanted, sh.Options.Connect.Port))
	u, err := proxyFor(sh, addr)
	if err != nil || u == nil || u.Scheme != proxy.GatewayScheme {
		return nil, err
	}
	if wanted == "require" || wanted == "implicit" || wanted == "auto" && sh.Known.HadTLS(addr) {
		return nil, fmt.Errorf("%s reaches servers in the clear: %w", proxy.Describe(u), failure.ErrNoTLS)
	}
	opt := SessionOptions(sh, a)
	g := &Gateway{Type: cmp.Or(a.Type, client.Binary), Gateway: &proxy.Gateway{
		Proxy: u, Dial: opt.Dialer(), Host: addr, Dir: a.Path, Timeout: opt.Timeout,
	}}
	if opt.Charset != nil {
		g.Encode = opt.Charset.Encode
	}
	return g, nil
}

// openGateway finds out who the user is, and connects to nobody: each file has a request of its own.
func openGateway(ctx context.Context, sh *Shell, a site.Address, g *Gateway, o Opening) error {
	who, source, err := identify(ctx, sh, a, o.Anonymous)
	if err != nil {
		return err
	}
	if !o.Anonymous && !site.IsAnonymous(who.User) {
		if source == "" {
			who.Password, err = sh.Console.ReadSecret(ctx, "password: ")
			if errors.Is(err, console.ErrNotInteractive) {
				err = failure.ErrNoPassword
			}
			if err != nil {
				return failure.About(who.User, err)
			}
		}
		g.User, g.Password = who.User, who.Password
		if !sh.Options.Quiet {
			sh.Warn("no TLS here: password and files travel in the clear")
		}
	}
	sh.Gateway, sh.Address, sh.Name = g, a, sh.freeName(cmp.Or(o.Name, a.Host))
	sh.Tried = site.Address{}
	return nil
}

// lacks is what a command needs and the server has not. One that a proxy can carry out needs no session for that.
func (c *Peer) lacks(command *Command) error {
	if c.Session == nil && c.Gateway != nil && command.ByURL != nil {
		return nil
	}
	return c.Needs(command.Needs)
}

// run runs the command of a call, by the way that leads to the server.
func run(ctx context.Context, c *Call) error {
	if c.Shell.Session == nil && c.Shell.Gateway != nil && c.Command.ByURL != nil {
		return c.Command.ByURL(ctx, c)
	}
	return c.Command.Run(ctx, c)
}
