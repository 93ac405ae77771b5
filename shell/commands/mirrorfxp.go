package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/site"
)

// otherServer returns the URL among the trees of a mirror: the copy's, or with
// --reverse that of the original. Without one the other tree is here.
func otherServer(c *command.Call) (url string, ok bool) {
	url = c.Arg(1)
	if c.Is("reverse") {
		url = c.Arg(0)
	}
	return url, command.IsURL(url)
}

// mirrorServers mirrors between the server that we are connected to and another
// one; the files do not travel through this computer.
func mirrorServers(ctx context.Context, c *command.Call, url string) error {
	a, err := site.ParseAddress(url)
	if err != nil {
		return err
	}
	other := command.OrDot(a.Path)
	a.Path, a.File = "", false
	return besideSession(ctx, c.Shell, a, func(there *client.Session) error {
		there.SetType(c.Session().Type())
		from := c.Session()
		if c.Is("reverse") {
			from = there
		}
		return mirrorAll(ctx, c, from, func(m *transfer.Mirror) {
			m.InClear = c.Is("clear")
			if c.Is("reverse") {
				m.Up, m.Target, m.Remote, m.CopyName = false, c.Session(), other, command.OrDot(c.Arg(1))
			} else {
				m.Target, m.Remote, m.CopyName = there, c.Arg(0), other
			}
		})
	})
}
