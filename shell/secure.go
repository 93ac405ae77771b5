package shell

import (
	"context"
	"crypto/tls"
	"net"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var tlsVersions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// olderTLS returns a configuration that takes versions from the setting tls-min
// on, with the ciphers of their time.
func olderTLS(sh *Shell, cfg *tls.Config) *tls.Config {
	cfg = cfg.Clone()
	cfg.MinVersion = tlsVersions[sh.Settings.TLSMin]
	if cfg.MinVersion < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			cfg.CipherSuites = append(cfg.CipherSuites, suite.ID)
		}
	}
	return cfg
}

// useEnd tells the sessions how protected data may end.
func useEnd(sh *Shell) {
	sh.sessions(func(s *client.Session) { s.TrustEnd(sh.Settings.TLSEnd == "insecure") })
}

// warnOfOldTLS says that a connection has a version which tls-min would not let
// by itself.
func (s *screen) warnOfOldTLS(session *client.Session) {
	if state, ok := session.Conn().TLS(); ok && state.Version < tls.VersionTLS12 {
		s.warn(tls.VersionName(state.Version) + " can be broken by those on the way")
	}
}

var secureCommands = []*Command{
	{
		Name: "auth", Short: "start TLS on a connection that was opened without it (AUTH TLS)",
		Long: "`open` does this by itself where the server has TLS, before anything secret is sent. It is for a connection that was " +
			"opened with --tls=off; some servers want another `user` behind it.",
		Wire: sends("AUTH"), Needs: Connection, Foreign: Confined, Run: auth,
	},
	{
		Name: "ccc", Short: "end TLS on the control connection and keep it on data connections (CCC)",
		Long: "For a firewall on the way that must read which ports are used. From then on everybody on the way can read names and " +
			"commands, and no password is sent; a connection that must be made again has TLS again.",
		Wire: sends("PBSZ", "PROT", "CCC"), Needs: Connection, Foreign: Confined, Run: clearControl,
	},
	{
		Name: "tls", Args: "[remember | forget host[:port] | list]", Short: "certificates that were accepted, and servers that must have TLS",
		Long: "`tls remember` accepts the certificate of this connection from now on, as `yes` at the question does; a --pin holds " +
			"once. `tls forget` forgets a server: it may be without TLS again, and its certificate is asked about. What is known is in " +
			"known_hosts.",
		Examples: []Example{{"tls forget ftp.example.org", "its new certificate is asked about"}, {"tls list", "what is known"}},
		Max:      2, Words: []string{"remember", "forget", "list"}, Complete: []completion.Kind{completion.None, completion.Host}, Foreign: Refused, Run: tlsKnown,
	},
	{
		Name: "prot", Values: [][]string{{"private", "clear"}}, Aliases: []string{"protect"}, Args: "[private|clear]", Short: "show or choose whether data connections are protected",
		Long:     "The server is told with the next transfer (PBSZ, PROT). Many refuse `clear`. Without TLS nothing is protected.",
		Examples: []Example{{"prot clear", "names and passwords protected, files not"}},
		Max:      1, Complete: []completion.Kind{completion.None}, JSON: true, Needs: Connection, Foreign: Confined, Run: prot,
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
	return sh.known.remember(opt.Addr)
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

func tlsKnown(_ context.Context, c *Call) error {
	known := c.Shell.known
	if known.err != nil {
		return known.err
	}
	switch c.Arg(0) {
	case "", "list":
		var t render.Table
		for _, addr := range known.addresses() {
			row := []string{addr, "has TLS"}
			if pin := known.pin(addr); pin != "" {
				row[1] = "SHA-256 " + pairs(pin)
			}
			t.Rows = append(t.Rows, row)
		}
		return c.table(t)
	case "remember":
		return rememberCertificate(c)
	case "forget":
		return forgetHost(c)
	}
	return c.Usage("%s is not one of remember, forget, list", c.Arg(0))
}

func rememberCertificate(c *Call) error {
	if c.Session() == nil {
		return failure.ErrNotConnected
	}
	state, ok := c.Session().Conn().TLS()
	if !ok || len(state.PeerCertificates) == 0 {
		return c.Usage("this connection has no TLS")
	}
	if not, err := wouldRun(c.Shell, "tls", "remember"); not {
		return err
	}
	return c.Shell.known.accept(c.Session().Options().Addr, state.PeerCertificates[0])
}

func forgetHost(c *Call) error {
	if len(c.Args) < 2 {
		return c.Usage("which host?")
	}
	a, err := ParseAddress(c.Arg(1))
	if err != nil {
		return err
	}
	if not, err := wouldRun(c.Shell, "tls", "forget", c.Arg(1)); not {
		return err
	}
	found := false
	for _, addr := range c.Shell.known.addresses() {
		host, port, _ := net.SplitHostPort(addr)
		if host == a.Host && (a.Port == "" || a.Port == port) {
			had, err := c.Shell.known.forget(addr)
			if err != nil {
				return err
			}
			found = found || had
		}
	}
	if !found {
		return &failure.LocalError{Text: c.Arg(1) + " is not known"}
	}
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
			return c.Usage("%s is not one of private, clear", c.Arg(0))
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
