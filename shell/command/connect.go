package command

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Connect says how connections are made; the zero value works.
type Connect struct {
	TLS       *tls.Config // authorities, a certificate of ours, another name to expect
	Insecure  bool        // any certificate will do
	Pin       string      // SHA-256 of the certificate that will do, in hex; "": as authorities say
	Source    net.IP      // local address
	Port      string      // in place of 21
	Anonymous bool        // log in as anonymous unless a user is named
	User      string      // who logs in where the address names nobody
	NoLogin   bool        // only connect; `user` logs in
	KeyLog    string      // where TLS.KeyLogWriter writes
}

// Securities are the values of the setting tls.
var Securities = map[string]client.Security{
	"auto": client.Opportunistic, "require": client.Require, "implicit": client.Implicit, "off": client.Off,
}

// connect opens a session. A server that once had TLS must have it again. At a
// terminal the user decides about a certificate that nobody vouches for.
func (sh *Shell) connect(ctx context.Context, a site.Address, insecure bool) (*client.Session, error) {
	if sh.Options.Connecting != nil {
		sh.Options.Connecting()
	}
	opt, err := openOptions(sh, a, insecure)
	if err != nil {
		return nil, err
	}
	known, wrong := sh.Known, cmp.Or(sh.Known.Err(), sh.Servers.Err(), keptErr(sh))
	if TrustPractice(sh, &opt) {
		known, wrong = site.OpenKnownHosts(""), nil // its port belongs to somebody else tomorrow
	}
	if wrong != nil {
		return nil, wrong
	}
	accepted := known.Accepted(opt.Addr)
	opt.Pin = cmp.Or(sh.Options.Connect.Pin, accepted.Pin)
	asked := opt.Security
	if asked == client.Opportunistic && known.HadTLS(opt.Addr) {
		opt.Security = client.Require
	}
	session, err := openKnown(ctx, sh, &opt, known, accepted)
	switch {
	case failure.Refused(err, "AUTH") && asked == client.Opportunistic:
		return nil, fmt.Errorf("%w: %w", failure.ErrDowngrade, err)
	case err != nil:
		return nil, err
	}
	rememberTLS(sh, known, session, opt, asked)
	return session, nil
}

// openOptions are those of a session with a server, its proxy and its TLS among them.
func openOptions(sh *Shell, a site.Address, insecure bool) (client.Options, error) {
	opt := SessionOptions(sh, a)
	if err := Through(sh, &opt); err != nil {
		return opt, err
	}
	if opt.TLS.MinVersion > opt.TLS.MaxVersion && opt.Security != client.Off {
		return opt, errTLSVersions
	}
	var err error
	if opt.Revoked, err = Revoked(sh); err != nil {
		return opt, err
	}
	opt.TLS.InsecureSkipVerify = opt.TLS.InsecureSkipVerify || insecure
	return opt, nil
}

// openKnown opens a session. The user may accept a certificate that is not trusted.
func openKnown(ctx context.Context, sh *Shell, opt *client.Options, known *site.KnownHosts, accepted site.KnownHost) (*client.Session, error) {
	session, err := client.Open(ctx, *opt)
	var bad *client.CertificateError
	if !errors.As(err, &bad) || errors.As(err, new(*client.RevokedError)) || !sh.Interactive() || sh.Options.Connect.Pin != "" { // which was meant as it was given
		return session, err
	}
	answer := sh.confirmCertificate(ctx, bad, accepted)
	if answer != no {
		opt.Pin = client.Fingerprint(bad.Chain[0])
		session, err = client.Open(ctx, *opt)
	}
	if answer == always && err == nil && !sh.Options.DryRun {
		sh.remembered("the certificate", known.Accept(opt.Addr, bad.Chain[0]))
	}
	return session, err
}

// rememberTLS remembers what the server can do, and warns when it cannot protect us.
func rememberTLS(sh *Shell, known *site.KnownHosts, session *client.Session, opt client.Options, asked client.Security) {
	if protected, _ := session.Protected(); !protected {
		if asked == client.Opportunistic && !sh.Options.Quiet {
			sh.Warn("no TLS here: password and files travel in the clear")
		}
		return
	}
	sh.warnOfOldTLS(session)
	if opt.TLS.KeyLogWriter != nil {
		sh.Warn("the TLS keys of this connection go to " + sh.Options.Connect.KeyLog + ": anyone who reads that file can read all that is sent")
	}
	if opt.TLS.InsecureSkipVerify && opt.Pin == "" {
		sh.Warn("the certificate is not checked: anyone in between can pose as the server")
	}
	if sh.Options.DryRun {
		return
	}
	sh.remembered("the server", known.Remember(opt.Addr))
}

// SessionOptions are how a session with a server is made: the settings, and who watches it.
func SessionOptions(sh *Shell, a site.Address) client.Options {
	how := sh.Options.Connect
	security := security(sh, a)
	opt := client.Options{
		Addr:     net.JoinHostPort(a.Host, a.PortNumber(security, how.Port)),
		Security: Securities[security],
	}
	opt.Charset, opt.Inflate, opt.Deflate = charset(sh), client.Inflate, client.Squeeze
	opt.VirtualHost = sh.Settings.VirtualHost
	opt.Correct, opt.Program = correct(sh.Settings.Feat), strings.TrimSuffix("ftpsh/"+sh.Options.Version, "/")
	keepFeatures(sh, a, &opt)
	opt.Source, opt.Timeout, opt.Stall, opt.OneByOne = how.Source, sh.Settings.Timeout, stall(sh), unpipelined(sh, opt.Addr)
	opt.KeepAlive = sh.Settings.KeepAlive
	pace := paceOf(sh, opt.Addr)
	opt.Pace, opt.ConnectPace = &pace.transfers, &pace.connections
	opt.Trace = Dialogue(sh)
	if sh.Stepper.On {
		opt.Gate = SessionGate(sh)
	}
	opt.TLS, opt.OtherCertificates = olderTLS(sh, cmp.Or(how.TLS, &tls.Config{})), sh.Settings.TLSData == "verified"
	opt.TLS.InsecureSkipVerify = opt.TLS.InsecureSkipVerify || how.Insecure
	if !sh.Settings.SendPort {
		opt.Ways = []client.DataMode{client.DefaultPort} // see ways; it must be known before
	}
	opt.Dial, opt.Network = sh.Options.Dial, networks[sh.Settings.Family]
	return opt
}

// security is the value of the setting tls that holds for an address.
func security(sh *Shell, a site.Address) string { return cmp.Or(a.Security, sh.Settings.TLS) }

// The answers to the question about a certificate.
type vouching int

const (
	no vouching = iota
	once
	always
)

// confirmCertificate shows a certificate, beside the one that was accepted before if there is one, and asks whether it is the right
// one. What is remembered for good takes a whole yes.
func (s *Screen) confirmCertificate(ctx context.Context, bad *client.CertificateError, before site.KnownHost) vouching {
	rows := CertificateRows(bad.Chain[0])
	what := "the certificate of " + bad.Host + " cannot be trusted: it " + is(bad.Reason())
	if before.Pin != "" {
		what = "the certificate of " + bad.Host + " is NOT the one that was accepted before"
		rows = besides(rows, before, s.Console.Width())
	}
	s.Warn(what)
	if err := (render.Table{Rows: rows, Width: s.Console.Width()}).Write(s.Console.Err()); err != nil {
		return no
	}
	for {
		answer, err := s.Console.Ask(ctx, "accept it for this server from now on? [yes/once/no] ")
		switch word := strings.ToLower(strings.TrimSpace(answer)); {
		case err != nil, word == "no", word == "n":
			return no
		case word == "yes":
			return always
		case word == "once":
			return once
		}
		s.Say("`yes` accepts it for good, `once` for this connection, `no` not at all")
	}
}

// besides puts the certificate that was accepted before to the left of another one, or above it line by line where the
// screen has no room for both.
func besides(rows [][]string, before site.KnownHost, width int) [][]string {
	old := [][]string{{"", ""}, {"", ""}, {"", ""}, {"", ""}, {"", Pairs(before.Pin)}}
	if before.Cert != nil {
		old = CertificateRows(before.Cert)
	}
	both := [][]string{{"", "accepted before", "shown now"}}
	widest := [3]int{}
	for i, row := range rows {
		both = append(both, []string{row[0], old[i][1], row[1]})
		for k, cell := range both[i+1] {
			widest[k] = max(widest[k], render.Width(cell))
		}
	}
	if widest[0]+widest[1]+widest[2]+4 <= width {
		return both
	}
	var stacked [][]string
	for _, row := range both[1:] {
		stacked = append(stacked, []string{row[0], "before", row[1]}, []string{"", "now", row[2]})
	}
	return stacked
}

// CertificateRows are what is to be known of a certificate.
func CertificateRows(leaf *x509.Certificate) [][]string {
	rows := [][]string{
		{"  name", fmt.Sprintf("%.200s", leaf.Subject)},
		{"  hosts", strings.Join(client.CertificateNames(leaf), ", ")},
		{"  issuer", fmt.Sprintf("%.200s", leaf.Issuer)},
		{"  valid", leaf.NotBefore.UTC().Format(time.DateOnly) + " to " + leaf.NotAfter.UTC().Format(time.DateOnly)},
		{"  SHA-256", Pairs(client.Fingerprint(leaf))},
	}
	for _, row := range rows {
		row[1] = render.Safe(row[1])
	}
	return rows
}

// is puts a verb before a reason that has none.
func is(reason string) string {
	if strings.HasPrefix(reason, "is ") || strings.HasPrefix(reason, "names ") || strings.HasPrefix(reason, "expired ") {
		return reason
	}
	return "is " + reason
}

// Pairs writes hex digits so that they can be compared by eye.
func Pairs(hex string) string {
	var b strings.Builder
	for i := 0; i < len(hex); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex[i:min(i+4, len(hex))])
	}
	return b.String()
}

// Dialogue sees what a session says and hears.
func Dialogue(sh *Shell) *client.Trace {
	return client.Join(sh.Log.trace(), sh.heard.trace(), sh.Options.Trace, sh.trace())
}

// charset is what the setting says, for a session.
func charset(sh *Shell) *client.Charset {
	e, err := settings.FindCharset(sh.Settings.Charset)
	if e == nil || err != nil {
		return nil
	}
	return &client.Charset{
		Encode: func(text string) ([]byte, error) {
			b, err := e.NewEncoder().Bytes([]byte(text))
			if err != nil {
				return nil, fmt.Errorf("%q cannot be written in %s", text, sh.Settings.Charset)
			}
			return b, nil
		},
		Decode: func(b []byte) string {
			text, err := e.NewDecoder().Bytes(b)
			if err != nil {
				return string(b)
			}
			return string(text)
		},
	}
}

// FoundLimit remembers what a server, [USER@]HOST:PORT, does not stand.
func FoundLimit(sh *Shell, server, setting, value string) {
	host, port, _ := net.SplitHostPort(server[strings.Index(server, "@")+1:])
	own := sh.Confined != nil || sh.AtPractice(site.Address{Host: host, Port: port}) // its port belongs to somebody else tomorrow
	sh.remembered("the limit of the server", sh.Servers.Remember(server, setting, value, !own && !sh.Options.DryRun))
}

// remembered says that something was not remembered, if so.
func (s *Screen) remembered(what string, err error) {
	if err != nil {
		s.Say(what + " could not be remembered: " + failure.InWords(err))
	}
}

// keepFeatures lets a session know what the server said before, as keep-feat wants it.
func keepFeatures(sh *Shell, a site.Address, opt *client.Options) {
	if !sh.Settings.KeepFeat || sh.Confined != nil || sh.AtPractice(a) {
		return
	}
	addr := opt.Addr
	opt.Recall = func(greeting string) (client.Features, string) { return sh.Says.Get(addr, greeting) }
	if sh.Options.DryRun {
		return
	}
	opt.Retain = func(greeting string, feat client.Features, syst string) {
		sh.remembered("what the server can do", sh.Says.Keep(addr, greeting, feat, syst))
	}
}

// keptErr says why what is kept cannot be trusted, where it is asked.
func keptErr(sh *Shell) error {
	if !sh.Settings.KeepFeat {
		return nil
	}
	return sh.Says.Err()
}

// correct is what the setting feat does to the features of a server; nil if that is nothing.
func correct(changes string) func(client.Features) {
	if changes == "" {
		return nil
	}
	return func(f client.Features) {
		for _, word := range strings.Fields(changes) {
			name, parameter, _ := strings.Cut(word[1:], "=")
			if delete(f, name); word[0] == '+' {
				f[name] = parameter
			}
		}
	}
}
