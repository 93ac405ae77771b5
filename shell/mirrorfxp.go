package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// otherServer returns the URL among the trees of a mirror: the copy's, or with
// --reverse that of the original. Without one the other tree is here.
func otherServer(c *Call) (url string, ok bool) {
	url = c.Arg(1)
	if c.Is("reverse") {
		url = c.Arg(0)
	}
	return url, isURL(url)
}

// mirrorServers mirrors between the server that we are connected to and another
// one; the files do not travel through this computer.
func mirrorServers(ctx context.Context, c *Call, url string) error {
	a, err := ParseAddress(url)
	if err != nil {
		return err
	}
	there := orDot(a.Path)
	a.Path, a.File = "", false
	return besideSession(ctx, c.Shell, a, func() error {
		second := c.Shell.second.session
		second.SetType(c.Session().Type())
		return mirrorAll(ctx, c, func(m *transfer.Mirror) {
			m.InClear = c.Is("clear")
			if c.Is("reverse") {
				m.Up, m.Target, m.Remote, m.CopyName = false, c.Session(), there, orDot(c.Arg(1))
			} else {
				m.Target, m.Remote, m.CopyName = second, c.Arg(0), there
			}
		})
	})
}
