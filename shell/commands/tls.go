package commands

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "tls", Theme: "connect", Args: "[remember | forget host[:port] | list]", Short: "show how this connection is protected, or which servers had TLS", JSON: true,
	Long: "Alone it shows the version, the cipher, the certificates and who vouches for them, and how many data connections have " +
		"resumed the TLS session. `tls list` shows the certificates that were accepted, and the servers that must have TLS; " +
		"`tls remember` accepts the certificate of this connection from now on, as `yes` at the question does; a --pin holds " +
		"once. `tls forget` forgets a server: it may do without TLS again, and you are asked about its certificate. What is known is in " +
		"known_hosts.",
	Examples: []command.Example{{Line: "tls forget ftp.example.org", Says: "you are asked about its new certificate"}, {Line: "tls list", Says: "what is known"}},
	Max:      2, Words: []string{"remember", "forget", "list"}, Complete: []completion.Kind{completion.None, completion.Host}, Foreign: command.Refused, Run: tlsKnown,
})

// tlsObject is how a connection is protected, as --json shows it.
type tlsObject struct {
	Version      string              `json:"version"`
	Cipher       string              `json:"cipher"`
	Trust        string              `json:"trust"`   // pinned, authority, or unchecked
	Resumed      int                 `json:"resumed"` // data connections
	Data         int                 `json:"data_connections"`
	Certificates []certificateObject `json:"certificates"`
}

type certificateObject struct {
	Name   string  `json:"name"`
	Issuer string  `json:"issuer"`
	From   *string `json:"from"`
	Until  *string `json:"until"`
	SHA256 string  `json:"sha256"`
}

// trusts are the values of tlsObject.Trust, in words.
var trusts = map[string]string{
	"pinned": "this very certificate was accepted", "authority": "an authority vouches for it", "unchecked": "not checked: anyone in between can pose as the server",
}

// showTLS shows how the connection is protected.
func showTLS(c *command.Call) error {
	if c.Session() == nil {
		return failure.ErrNotConnected
	}
	state, ok := c.Session().Conn().TLS()
	if !ok {
		return c.Usage("this connection has no TLS")
	}
	o := tlsObject{Version: strings.TrimPrefix(tls.VersionName(state.Version), "TLS "), Cipher: tls.CipherSuiteName(state.CipherSuite), Trust: "authority"}
	o.Resumed, o.Data = c.Session().Conn().Resumed()
	switch opt := c.Session().Options(); {
	case opt.Pin != "":
		o.Trust = "pinned"
	case opt.TLS != nil && opt.TLS.InsecureSkipVerify:
		o.Trust = "unchecked"
	}
	for _, cert := range state.PeerCertificates {
		o.Certificates = append(o.Certificates, certificateObject{
			fmt.Sprintf("%.200s", cert.Subject), fmt.Sprintf("%.200s", cert.Issuer), render.Stamp(cert.NotBefore), render.Stamp(cert.NotAfter), client.Fingerprint(cert),
		})
	}
	if c.JSON() {
		return c.Object(o)
	}
	t := render.Table{Rows: [][]string{{"version", o.Version}, {"cipher", o.Cipher}, {"trust", trusts[o.Trust]}}}
	t.Rows = append(t.Rows, []string{"data", fmt.Sprintf("%d of %s resumed this session", o.Resumed, command.Plural(o.Data, "connection", "connections"))})
	for i, cert := range state.PeerCertificates {
		what := "certificate"
		if i > 0 {
			what = "signed by"
		}
		t.Rows = append(t.Rows, []string{what, ""})
		t.Rows = append(t.Rows, command.CertificateRows(cert)...)
	}
	return c.Table(t)
}

func tlsKnown(_ context.Context, c *command.Call) error {
	known := c.Shell.Known
	if known.Err() != nil {
		return known.Err()
	}
	switch c.Arg(0) {
	case "":
		return showTLS(c)
	case "list":
		var t render.Table
		for _, addr := range known.Addresses() {
			row := []string{addr, "has TLS"}
			if pin := known.Pin(addr); pin != "" {
				row[1] = "SHA-256 " + command.Pairs(pin)
			}
			t.Rows = append(t.Rows, row)
		}
		return c.Table(t)
	case "remember":
		return rememberCertificate(c)
	case "forget":
		return forgetHost(c)
	}
	return c.Usage("%s is not one of remember, forget, list", c.Arg(0))
}

func rememberCertificate(c *command.Call) error {
	if c.Session() == nil {
		return failure.ErrNotConnected
	}
	state, ok := c.Session().Conn().TLS()
	if !ok || len(state.PeerCertificates) == 0 {
		return c.Usage("this connection has no TLS")
	}
	if not, err := command.WouldRun(c.Shell, "tls", "remember"); not {
		return err
	}
	return c.Shell.Known.Accept(c.Session().Options().Addr, state.PeerCertificates[0])
}

func forgetHost(c *command.Call) error {
	if len(c.Args) < 2 {
		return c.Usage("which host?")
	}
	a, err := site.ParseAddress(c.Arg(1))
	if err != nil {
		return err
	}
	if not, err := command.WouldRun(c.Shell, "tls", "forget", c.Arg(1)); not {
		return err
	}
	found := false
	for _, addr := range c.Shell.Known.Addresses() {
		host, port, _ := net.SplitHostPort(addr)
		if host == a.Host && (a.Port == "" || a.Port == port) {
			had, err := c.Shell.Known.Forget(addr)
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
