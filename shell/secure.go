package shell

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
)

var secureCommands = []*Command{
	{
		Name: "auth", Short: "start TLS on a connection that was opened without it (AUTH TLS)",
		Long: "`open` does this by itself where the server has TLS, before anything secret is sent. It is for a connection that was " +
			"opened with --tls=off; some servers want another `user` behind it.",
		Wire: sends("AUTH"), Needs: Connection, Run: auth,
	},
	{
		Name: "ccc", Short: "end TLS on the control connection and keep it on data connections (CCC)",
		Long: "For a firewall on the way that must read which ports are used. From then on everybody on the way can read names and " +
			"commands, and no password is sent; a connection that must be made again has TLS again.",
		Wire: sends("CCC"), Needs: Connection, Run: clearControl,
	},
	{
		Name: "prot", Aliases: []string{"protect"}, Args: "[private|clear]", Short: "show or choose whether data connections are protected",
		Long:     "The server is told with the next transfer (PBSZ, PROT). Many refuse `clear`. Without TLS nothing is protected.",
		Examples: []Example{{"prot clear", "names and passwords protected, files not"}},
		Max:      1, Complete: []completion.Kind{completion.None}, JSON: true, Needs: Connection, Run: prot,
	},
}

func auth(ctx context.Context, c *Call) error {
	sh, session := c.Shell, c.Session()
	if err := session.ProtectControl(ctx); err != nil {
		return err
	}
	if sh.Settings.Verbose {
		c.Note("TLS is on")
	}
	opt := session.Options()
	return sh.known.remember(opt.Addr, opt.Pin)
}

func clearControl(ctx context.Context, c *Call) error {
	session := c.Session()
	if control, _ := session.Protected(); !control {
		return c.Usage("the control connection has no TLS")
	}
	if err := session.ClearControl(ctx); err != nil {
		return err
	}
	c.Shell.warn("commands and names travel in clear from here on; no password is sent")
	return nil
}

// levels are the words for the protection of data connections.
var levels = map[string]client.Level{
	"private": client.Private, "p": client.Private, "clear": client.Clear, "c": client.Clear,
}

func prot(_ context.Context, c *Call) error {
	session := c.Session()
	if len(c.Args) > 0 {
		level, ok := levels[strings.ToLower(c.Arg(0))]
		if !ok {
			return c.Usage("%s is none of private, clear", c.Arg(0))
		}
		session.Protect(level)
	}
	_, data := session.Protected()
	word := "clear"
	if data {
		word = "private"
	}
	if len(c.Args) == 0 {
		return c.word("protection", word)
	}
	if levels[word] != levels[strings.ToLower(c.Arg(0))] {
		return c.Usage("without TLS nothing can be private: `auth` starts it")
	}
	if c.Shell.Settings.Verbose {
		c.Note("data connections are %s", word)
	}
	return nil
}
