package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// otherServer returns the URL among the trees of a mirror: the copy's, or with
// --reverse that of the original. Without one the other tree is here.
func (c *Call) otherServer() (url string, ok bool) {
	url = c.Arg(1)
	if c.Is("reverse") {
		url = c.Arg(0)
	}
	return url, isURL(url)
}

// mirrorServers mirrors between the server that we are connected to and another
// one; the files do not travel through this computer.
func (c *Call) mirrorServers(ctx context.Context, url string) error {
	a, err := ParseAddress(url)
	if err != nil {
		return err
	}
	there := orDot(a.Path)
	a.Path, a.File = "", false
	return c.Shell.beside(ctx, a, func() error {
		second := c.Shell.second.session
		second.SetType(c.Session().Type())
		return c.mirrorAll(ctx, func(m *transfer.Mirror) {
			m.InClear = c.Is("clear")
			if c.Is("reverse") {
				m.Up, m.Target, m.Remote, m.CopyName = false, c.Session(), there, orDot(c.Arg(1))
			} else {
				m.Target, m.Remote, m.CopyName = second, c.Arg(0), there
			}
		})
	})
}
