package client

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client/syserror"
)

// TLSError says that TLS failed, in the handshake or by an alert of the server,
// and on which connection.
type TLSError struct {
	Channel       string // "control connection" or "data connection"
	NoCertificate bool   // the server asked for a certificate of ours, and there is none
	Err           error
}

func (e *TLSError) Error() string {
	text := "TLS on the " + e.Channel + ": " + reason(e.Err)
	if e.NoCertificate {
		text += "; the server asks for a certificate of ours"
	}
	return text
}
func (e *TLSError) Unwrap() error { return e.Err }

// cutOff reports whether the connection had ended, which says nothing about TLS.
func (e *TLSError) cutOff() bool {
	return errors.Is(e.Err, io.EOF) || errors.Is(e.Err, io.ErrUnexpectedEOF) || syserror.Reset(e.Err)
}

// verifier makes the TLS of a control connection and its data connections, and
// checks who is at the other end.
type verifier struct {
	cfg     Options
	host    string  // as the user wrote it: the name in the certificate
	tickets tickets // TLS sessions of this control connection

	certificateMissing atomic.Bool // the server asked for one of ours
}

func (c *verifier) tlsError(channel string, err error) error {
	return &TLSError{Channel: channel, Err: err, NoCertificate: isAlert(err) && c.certificateMissing.Load()}
}

// isAlert reports whether err is the peer's word for why it ends TLS.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// CertificateError says that the server's certificate was refused. Chain is as
// the server sent it, leaf first.
type CertificateError struct {
	Host  string
	Chain []*x509.Certificate
	Err   error // x509.HostnameError, x509.UnknownAuthorityError, ...
}

func (e *CertificateError) Error() string { return "certificate of " + e.Host + ": " + e.Reason() }
func (e *CertificateError) Unwrap() error { return e.Err }

// Reason says in one sentence what is wrong with the certificate.
func (e *CertificateError) Reason() string {
	leaf := e.Chain[0]
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "not valid before " + leaf.NotBefore.UTC().Format(time.DateTime) + " UTC"
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return "expired on " + leaf.NotAfter.UTC().Format(time.DateTime) + " UTC"
	case errors.As(e.Err, &name) && len(leaf.DNSNames)+len(leaf.IPAddresses) == 0:
		return fmt.Sprintf("names no host, only CN=%.200s, which is not used any more", leaf.Subject.CommonName)
	case errors.As(e.Err, &name):
		return "is for " + strings.Join(CertificateNames(leaf), ", ") + ", not for " + e.Host
	case errors.As(e.Err, &unknown) && leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil:
		return "self-signed"
	case errors.As(e.Err, &unknown):
		return fmt.Sprintf("signed by an unknown authority: %.200s", leaf.Issuer)
	}
	return reason(e.Err)
}

// CertificateNames are the hosts that a certificate is for; of many the first
// ones, since a screen is to hold what else there is to say.
func CertificateNames(leaf *x509.Certificate) []string {
	var names []string
	for _, name := range leaf.DNSNames {
		names = append(names, fmt.Sprintf("%.253s", name)) // the longest that DNS has
	}
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if more := len(names) - mostNames; more > 0 {
		names = append(names[:mostNames], fmt.Sprintf("and %d more", more))
	}
	return names
}

const mostNames = 8

// Fingerprint is the SHA-256 of a certificate in lower case hex, as Options.Pin
// takes it.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}

// Certificate is what the server showed on the control connection; nil in the clear.
func (c *verifier) Certificate() *x509.Certificate { return c.tickets.leaf }

// NoTicketError is a refusal of a data connection that may be due to its not
// resuming the session of the control connection: the server had given no ticket
// for that. In TLS 1.2 it can mean sessions to be resumed by their numbers, which
// crypto/tls cannot do.
type NoTicketError struct{ Err error }

func (e *NoTicketError) Error() string {
	return e.Err.Error() + " (if it wants the TLS session resumed: it gave no ticket, and sessions cannot be resumed by their number)"
}
func (e *NoTicketError) Unwrap() error { return e.Err }

// withoutTicket explains a refusal of a data connection that could not offer to
// resume a session.
func (d *Data) withoutTicket(err error) error {
	state, ok := d.conn.TLS()
	if !d.protect || d.fresh || !ok || state.Version > tls.VersionTLS12 || !IsCode(err, 421, 425, 450, 522) || d.conn.tickets.any() {
		return err
	}
	return &NoTicketError{err}
}

var (
	errPin     = errors.New("not the pinned certificate")
	errChanged = errors.New("not the certificate of the first connection of this session")
)

// StartTLS protects the control connection (AUTH TLS, RFC 4217 section 4). A
// refusal is an *Error and leaves the connection as it was; anything that goes
// wrong after the 234 ends it.
func (c *Conn) StartTLS(ctx context.Context) error {
	r, err := c.sendAll(c.upgrading(ctx, cmd("AUTH", "TLS")))[0].Wait(ctx)
	if err == nil && r.Code != 234 {
		err = &Error{Verb: "AUTH", Reply: r}
	}
	return err
}

// upgrading gives a command that changes the protection of the control
// connection (AUTH TLS, CCC) what is to follow its reply. Others stay as they are.
func (c *Conn) upgrading(ctx context.Context, m command) command {
	mechanism := strings.ToUpper(strings.Join(m.args, " "))
	switch {
	case m.verb == "AUTH" && (mechanism == "TLS" || mechanism == "TLS-C" || mechanism == "SSL"):
		m.upgrade = func(r Reply, in reader) (reader, error) {
			if r.Code != 234 {
				return in, nil
			}
			if in.Buffered() > 0 { // somebody wrote replies into the clear stream
				return in, &ProtocolError{Verb: "AUTH", Text: "text after the 234", Reason: "unprotected text before TLS"}
			}
			if err := c.startTLS(ctx); err != nil {
				return in, err
			}
			return c.newReader(), nil
		}
	case m.verb == "CCC" && c.isTLS():
		m.upgrade = func(_ Reply, in reader) (reader, error) {
			if err := c.endTLS(); err != nil {
				return in, err
			}
			return c.newReader(), nil
		}
	}
	return m
}

// startTLS makes the handshake of the control connection.
func (c *Conn) startTLS(ctx context.Context) error {
	tc := tls.Client(c.socket(), c.tlsConfig(c.verifyControl, controlTickets{&c.tickets}))
	if err := c.handshake(ctx, tc, controlChannel, c.name); err != nil {
		return err
	}
	c.replace(tc, false)
	return nil
}

func (c *verifier) handshake(ctx context.Context, tc *tls.Conn, channel, name string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.cfg.Handshake, errSlowHandshake)
	defer cancel()
	return c.doHandshake(ctx, tc, channel, name)
}

var errSlowHandshake = &TimeoutError{Waiting: "the TLS handshake"}

// doHandshake makes a handshake and reports it.
func (c *verifier) doHandshake(ctx context.Context, tc *tls.Conn, channel, name string) error {
	start := time.Now()
	err := tc.HandshakeContext(ctx)
	if err != nil && errors.Is(context.Cause(ctx), error(errSlowHandshake)) {
		err = errSlowHandshake
	}
	c.cfg.Trace.handshake(TLSInfo{name, tc.ConnectionState(), c.trust(), time.Since(start), err})
	if err != nil && !errors.Is(err, context.Canceled) {
		err = c.tlsError(channel, err)
	}
	return err
}

// trust says how the server's certificate is checked.
func (c *verifier) trust() string {
	switch {
	case c.cfg.Pin != "":
		return "pinned"
	case c.cfg.TLS != nil && c.cfg.TLS.InsecureSkipVerify:
		return "off"
	}
	return "ok"
}

// TLS returns the state of the protected control connection; ok is false in
// clear.
func (c *stream) TLS() (state tls.ConnectionState, ok bool) {
	tc, ok := c.socket().(*tls.Conn)
	if !ok {
		return state, false
	}
	return tc.ConnectionState(), true
}

func (c *stream) isTLS() bool {
	_, ok := c.socket().(*tls.Conn)
	return ok
}

// tlsConfig is the configuration of one connection. Certificates are always
// checked by verify: it is called for resumed sessions too, and can say more.
func (c *verifier) tlsConfig(verify func(tls.ConnectionState) error, cache tls.ClientSessionCache) *tls.Config {
	cfg := &tls.Config{}
	if c.cfg.TLS != nil {
		cfg = c.cfg.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = c.serverName() // also the key of the ticket cache: never leave it empty
	}
	if cfg.MinVersion == 0 {
		cfg.MinVersion = tls.VersionTLS12
	}
	if cfg.NextProtos == nil {
		cfg.NextProtos = []string{"ftp"} // RFC 7301 registry
	}
	if len(cfg.Certificates) == 0 && cfg.GetClientCertificate == nil {
		cfg.GetClientCertificate = c.showNone
	}
	cfg.ClientSessionCache = cache
	cfg.InsecureSkipVerify = true // nolint: verify does it
	cfg.VerifyConnection = verify
	return cfg
}

// showNone notes that the server asks for a certificate: if it insists, that is
// what is wrong.
func (c *verifier) showNone(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c.certificateMissing.Store(true)
	return &tls.Certificate{}, nil
}

func (c *verifier) verifyControl(cs tls.ConnectionState) error {
	c.tickets.leaf, c.tickets.curve = cs.PeerCertificates[0], cs.CurveID
	return c.verify(cs)
}

// verify checks a certificate: against the pin if there is one, else against
// the authorities.
func (c *verifier) verify(cs tls.ConnectionState) error {
	leaf := cs.PeerCertificates[0]
	refuse := func(err error) error { return &CertificateError{c.serverName(), cs.PeerCertificates, err} }
	if c.cfg.Pin != "" {
		if Fingerprint(leaf) != strings.ToLower(c.cfg.Pin) {
			return refuse(errPin)
		}
		return nil
	}
	if c.trust() == "off" {
		if before := c.cfg.unverified; before != nil && !before.Equal(leaf) {
			return refuse(errChanged)
		}
		return nil
	}
	opts := x509.VerifyOptions{DNSName: c.serverName(), Intermediates: x509.NewCertPool()}
	if c.cfg.TLS != nil {
		opts.Roots = c.cfg.TLS.RootCAs
	}
	for _, cert := range cs.PeerCertificates[1:] {
		opts.Intermediates.AddCert(cert)
	}
	chains, err := leaf.Verify(opts)
	if err == nil {
		err = checkRevoked(chains, c.cfg.Revoked, time.Now())
	}
	if err != nil {
		return refuse(err)
	}
	return nil
}

func (c *verifier) serverName() string {
	if c.cfg.TLS != nil && c.cfg.TLS.ServerName != "" {
		return c.cfg.TLS.ServerName
	}
	name, _, _ := strings.Cut(c.host, "%") // no certificate names the zone of an address
	return name
}

// verifyData accepts on a data connection only the server that we are logged
// in to: a resumed session, or the very same key.
func (c *verifier) verifyData(cs tls.ConnectionState) error {
	c.tickets.answered(cs.DidResume)
	if cs.DidResume || c.tickets.isKeyOf(cs.PeerCertificates[0]) {
		return nil
	}
	if c.cfg.OtherCertificates && c.trust() != "off" {
		return c.verify(cs)
	}
	return errOtherKey
}

var errOtherKey = errors.New("another certificate than on the control connection")

// tickets holds the newest TLS session of one control connection. It is
// offered by every data connection, and kept: proftpd and vsftpd insist on a
// resumed session, and on this one, not on that of another data connection.
type tickets struct {
	mu     sync.Mutex
	newest *tls.ClientSessionState
	leaf   *x509.Certificate
	curve  tls.CurveID // of the key exchange of the control connection
	taken  bool        // the last data connection resumed

	resumed, shaken int // data connections that resumed, and all
}

// Resumed returns how many data connections of this control connection have resumed its TLS
// session, and how many there were.
func (c *verifier) Resumed() (resumed, all int) {
	c.tickets.mu.Lock()
	defer c.tickets.mu.Unlock()
	return c.tickets.resumed, c.tickets.shaken
}

// any reports whether there is a session to resume.
func (t *tickets) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newest != nil
}

// isKeyOf reports whether a certificate is for the key of the control connection.
func (t *tickets) isKeyOf(cert *x509.Certificate) bool {
	return bytes.Equal(cert.RawSubjectPublicKeyInfo, t.leaf.RawSubjectPublicKeyInfo)
}

// answered notes whether the server took the session that was offered.
func (t *tickets) answered(resumed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = resumed
	if t.shaken++; resumed {
		t.resumed++
	}
}

// dataConfig is the configuration of a data connection. Where the server has
// been seen to resume, no key share against quantum computers is offered, which
// is most of the work of a handshake: the keys of a resumed session come from
// those of the control connection too, whose exchange had one.
func (c *verifier) dataConfig(cache tls.ClientSessionCache) *tls.Config {
	cfg := c.tlsConfig(c.verifyData, cache)
	c.tickets.mu.Lock()
	defer c.tickets.mu.Unlock()
	if cache != nil && c.tickets.taken && cfg.CurvePreferences == nil {
		cfg.CurvePreferences = []tls.CurveID{tls.CurveP256, tls.X25519}
		if slices.Contains(cfg.CurvePreferences, c.tickets.curve) {
			cfg.CurvePreferences = []tls.CurveID{c.tickets.curve} // vsftpd knows P-256 only: another costs a round trip
		}
	}
	return cfg
}

// controlTickets collects: a control connection itself never resumes.
type controlTickets struct{ *tickets }

func (t controlTickets) Get(string) (*tls.ClientSessionState, bool) { return nil, false }
func (t controlTickets) Put(_ string, s *tls.ClientSessionState) {
	if s != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.newest = s
	}
}

// dataTickets offers.
type dataTickets struct{ *tickets }

func (t dataTickets) Get(string) (*tls.ClientSessionState, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newest, t.newest != nil
}
func (t dataTickets) Put(string, *tls.ClientSessionState) {}

// eofDetector remembers that the socket itself ended. crypto/tls says io.EOF both
// for a close_notify and for a connection that was cut between two records.
//
// It also reads more than a record at once, where there is much to read.
type eofDetector struct {
	net.Conn
	eof   bool
	count int
	ahead *bufio.Reader
}

const (
	readsAhead = 256 << 10 // bytes in one system call
	muchToRead = 128 << 10
)

func (s *eofDetector) Read(p []byte) (n int, err error) {
	if s.ahead == nil && s.count > muchToRead {
		s.ahead = bufio.NewReaderSize(s.Conn, readsAhead)
	}
	if s.ahead != nil {
		n, err = s.ahead.Read(p)
	} else {
		n, err = s.Conn.Read(p)
	}
	s.count += n
	if errors.Is(err, io.EOF) {
		s.eof = true
	}
	return n, err
}
