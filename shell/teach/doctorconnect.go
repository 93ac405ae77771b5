package teach

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// This file has the steps from the name of the server to the login.

func (d *doctor) dns(ctx context.Context) {
	if d.Options.Dial != nil {
		d.note(Fine, "dns", "left to the proxy")
		return
	}
	if ip := net.ParseIP(d.host); ip != nil {
		d.note(Fine, "dns", "%s is an address", d.host)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, d.Limit)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupIPAddr(ctx, d.host)
	if err != nil {
		d.fails("dns", "dns", "%s: %s", d.host, plain(err))
		return
	}
	names := make([]string, len(addrs))
	for i, a := range addrs {
		names[i] = a.String()
	}
	d.note(Fine, "dns", "%s", strings.Join(names, " "))
}

// tcp tries every address by itself: a client takes the first that works, and
// nobody notices that the others do not.
func (d *doctor) tcp(ctx context.Context) {
	if d.Options.Dial != nil {
		d.note(Fine, "tcp", "left to the proxy")
		return
	}
	_, port, _ := net.SplitHostPort(d.Options.Addr)
	addrs, err := net.DefaultResolver.LookupHost(ctx, d.host)
	if err != nil {
		d.fails("tcp", "dns", "%s", plain(err))
		return
	}
	var good, bad []string
	var last error
	for _, addr := range addrs[:min(len(addrs), 4)] {
		one, cancel := context.WithTimeout(ctx, d.Limit/2)
		nc, err := d.Options.Dialer()(one, "tcp", net.JoinHostPort(addr, port))
		cancel()
		if err != nil {
			bad, last = append(bad, net.JoinHostPort(addr, port)+" "+plain(err)), err
			continue
		}
		nc.Close()
		good = append(good, net.JoinHostPort(addr, port))
	}
	switch {
	case len(good) == 0 && timedOut(last) || len(good) == 0 && strings.Contains(plain(last), "timed out"):
		d.fails("tcp", "tcp-filtered", "%s", strings.Join(bad, ", "))
	case len(good) == 0:
		d.fails("tcp", "tcp-refused", "%s", strings.Join(bad, ", "))
	case len(bad) > 0:
		d.note(Worth, "tcp", "%s; but %s", strings.Join(good, ", "), strings.Join(bad, ", "))
	default:
		d.note(Fine, "tcp", "%s", strings.Join(good, ", "))
	}
}

// open connects without a word but the greeting; insecure trusts any certificate.
func (d *doctor) open(ctx context.Context, insecure bool) (*client.Session, error) {
	opt := d.Options
	if opt.Security != client.Implicit {
		opt.Security = client.Off
	}
	if insecure {
		opt.TLS = opt.TLS.Clone()
		opt.TLS.InsecureSkipVerify = true
	}
	return client.Open(ctx, opt)
}

// connect makes a session that says nothing by itself.
func (d *doctor) connect(ctx context.Context, insecure bool) error {
	session, err := d.open(ctx, insecure)
	if err != nil {
		return err
	}
	if d.session != nil {
		d.session.Conn().Close()
	}
	d.session = session
	return session.Manual().ByHand(ctx, true)
}

func (d *doctor) greeting(ctx context.Context) {
	if d.Options.TLS == nil {
		d.Options.TLS = &tls.Config{}
	}
	err := d.connect(ctx, false)
	var foreign *client.ProtocolError
	var no *client.Error
	switch {
	case err == nil:
		d.note(Fine, "greeting", "%s", d.session.Conn().Greeting().Lines[0])
		if d.Options.Security == client.Implicit {
			d.shaken(nil)
		}
	case errors.As(err, new(*client.CertificateError)):
		d.shaken(err)
		if d.failed["greeting"] = d.connect(ctx, true) != nil; !d.failed["greeting"] {
			d.trustNobody()
			d.note(Fine, "greeting", "%s", d.session.Conn().Greeting().Lines[0])
		}
	case errors.As(err, &foreign):
		d.fails("greeting", "not-ftp", "no FTP server: %.40q%s", foreign.Text, speaks(foreign.Text))
	case errors.As(err, &no):
		d.fails("greeting", "busy", "%s", no.Reply)
	case errors.As(err, new(*client.TLSError)):
		d.fails("greeting", "tls-handshake", "%s", plain(err))
	case timedOut(err):
		d.fails("greeting", "mute", "connected, but the server says nothing")
	default:
		d.fails("greeting", "lost", "%s", plain(err))
	}
}

// speaks guesses what answers in place of an FTP server.
func speaks(text string) string {
	switch {
	case strings.HasPrefix(text, "SSH-"):
		return " (SSH: that is for sftp)"
	case strings.Contains(text, "HTTP/"), strings.Contains(strings.ToLower(text), "<html"):
		return " (a web server)"
	case strings.HasPrefix(text, "\x16\x03"), strings.HasPrefix(text, "\x15\x03"):
		return " (TLS from the first byte: try ftps://)"
	case strings.HasPrefix(text, "* OK"):
		return " (IMAP)"
	}
	return ""
}

func (d *doctor) features(ctx context.Context) {
	r, err := d.ask(ctx, "FEAT")
	switch {
	case err != nil:
		d.silent("features", "FEAT", err)
	case r.Class() == 2:
		names := featureNames(r)
		d.offered = names
		d.facts = slices.Contains(names, "MLST") || slices.Contains(names, "MLSD")
		d.note(Fine, "features", "%s", strings.Join(names, " "))
	case r.Code == 530:
		d.note(Worth, "features", "the server tells them only after the login")
	default:
		d.note(Worth, "features", "%s", r)
	}
}

// featureNames are the first words of the lines of FEAT, AUTH with its kind.
func featureNames(r client.Reply) []string {
	seen := map[string]bool{}
	for _, line := range r.Body() {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case strings.EqualFold(words[0], "AUTH") && len(words) > 1:
			seen["AUTH "+strings.ToUpper(words[1])] = true
		default:
			seen[strings.ToUpper(words[0])] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// clear finds out whether the server would take a password in the clear. The user
// it names is nobody.
func (d *doctor) clear(ctx context.Context) {
	if d.Options.Security == client.Implicit {
		return
	}
	d.session.Close()
	err := d.connect(ctx, false) // some servers hang up on those who try
	var r client.Reply
	if err == nil {
		r, err = d.ask(ctx, "USER anonymous")
	}
	switch {
	case err != nil && r.Code == 0:
		d.silent("clear", "USER", err)
	case wantsTLS(r):
		d.note(Worth, "clear", "the server demands TLS: %s", r)
	default:
		d.note(Worth, "clear", "the server lets users log in without TLS")
	}
}

// wantsTLS reports whether a refusal is about missing encryption.
func wantsTLS(r client.Reply) bool {
	text := strings.ToUpper(r.Text())
	about := slices.ContainsFunc([]string{"TLS", "SSL", "AUTH ", "ENCRYPT", "SECUR"}, func(w string) bool { return strings.Contains(text, w) })
	return r.Class() > 3 && about
}

func (d *doctor) tls(ctx context.Context) {
	switch d.Options.Security {
	case client.Implicit:
		return // it was there before the greeting
	case client.Off:
		d.note(Worth, "tls", "not asked for: passwords and files travel in the clear")
		return
	}
	r, err := d.ask(ctx, "AUTH TLS")
	switch {
	case err != nil && !aboutTLS(err):
		d.silent("tls", "AUTH TLS", err)
	case err != nil || r.Code == 234:
		if d.shaken(err); errors.As(err, new(*client.CertificateError)) && d.connect(ctx, true) == nil {
			if r, err = d.ask(ctx, "AUTH TLS"); err == nil && r.Code == 234 {
				d.trustNobody()
			}
		}
	case d.Options.Security == client.Require:
		d.fails("tls", "tls-refused", "%s", r)
	default:
		d.warns("tls", "tls-missing", "%s: passwords and files travel in the clear", r)
	}
}

// aboutTLS reports whether a handshake went wrong.
func aboutTLS(err error) bool {
	return errors.As(err, new(*client.TLSError)) || errors.As(err, new(*client.CertificateError))
}

// shaken judges a handshake on the control connection.
func (d *doctor) shaken(err error) {
	var bad *client.CertificateError
	switch {
	case errors.As(err, &bad):
		d.fails("tls", certificateKeys[flawOf(bad)], "the certificate %s", is(bad.Reason()))
	case err != nil && strings.Contains(err.Error(), "protocol version"):
		d.fails("tls", "tls-version", "the server has only TLS that is too old: %s", plain(err))
	case err != nil:
		d.fails("tls", "tls-handshake", "%s", plain(err))
	default:
		d.protected()
	}
}

// trustNobody continues on a connection whose certificate was refused: the rest of the server can be examined, too, as
// long as it gets no password.
func (d *doctor) trustNobody() {
	d.strange, d.private, d.failed["tls"] = true, true, false
}

// certificateKeys are the problems that the flaws of a certificate are.
var certificateKeys = map[string]string{
	"expired": "cert-expired", "name-mismatch": "cert-name", "self-signed": "cert-unknown", "unknown-ca": "cert-unknown",
}

// is puts a verb before a reason that has none.
func is(reason string) string {
	for _, verb := range []string{"is ", "names ", "expired ", "not valid"} {
		if strings.HasPrefix(reason, verb) {
			return strings.Replace(reason, "not valid", "is not valid", 1)
		}
	}
	return "is " + reason
}

// protected describes the TLS that there is.
func (d *doctor) protected() {
	state, ok := d.session.Conn().TLS()
	if !ok {
		return
	}
	d.private = true
	leaf := state.PeerCertificates[0]
	days := int(time.Until(leaf.NotAfter).Hours() / 24)
	text := fmt.Sprintf("%s, %s; certificate valid %d days", tls.VersionName(state.Version), cipherName(state.CipherSuite), days)
	if days < 14 {
		d.warns("tls", "cert-soon", "%s only", text)
		return
	}
	d.note(Fine, "tls", "%s", text)
}

// cipherName is short: "AES-128-GCM".
func cipherName(suite uint16) string {
	name := strings.TrimPrefix(tls.CipherSuiteName(suite), "TLS_")
	if _, after, found := strings.Cut(name, "_WITH_"); found {
		name = after
	}
	for _, hash := range []string{"_SHA256", "_SHA384", "_SHA"} {
		name = strings.TrimSuffix(name, hash)
	}
	return strings.ReplaceAll(name, "_", "-")
}

func (d *doctor) login(ctx context.Context) {
	user := d.Login.User
	if user == "" || d.strange {
		user = "anonymous"
	}
	r, err := d.ask(ctx, "USER "+user)
	if err != nil {
		d.silent("login", "USER", err)
		return
	}
	if r.Code == 331 {
		if !d.Known && user != "anonymous" {
			d.skips("login", "the password of %s is not known: `open` first, then doctor", user)
			return
		}
		password := d.Login.Password
		if user == "anonymous" {
			password = "anonymous@"
		}
		if r, err = d.ask(ctx, "PASS "+password); err != nil {
			d.silent("login", "PASS", err)
			return
		}
	}
	switch {
	case r.Class() == 2 && d.strange:
		d.note(Fine, "login", "anonymous: a server that nobody vouches for gets no password")
	case r.Class() == 2:
		d.note(Fine, "login", "%s", user)
	case d.strange:
		d.skips("login", "a server that nobody vouches for gets no password, and it refuses anonymous: %s", r)
	case r.Code == 332:
		d.fails("login", "account", "%s", r)
	case wantsTLS(r) && !d.private:
		d.fails("login", "tls-required", "%s", r)
	case r.Code == 421:
		d.fails("login", "busy", "%s", r)
	default:
		d.fails("login", "login", "%s: %s", user, r)
	}
}
