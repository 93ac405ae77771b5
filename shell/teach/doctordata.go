package teach

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// This file has the steps that need a second connection.

// offer asks for a passive data connection and tries it.
func (d *doctor) offer(ctx context.Context, step, verb string) (named string, port int, ok bool) {
	r, err := d.ask(ctx, verb)
	if err != nil {
		d.silent(step, verb, err)
		return "", 0, false
	}
	if r.Class() != 2 {
		key := "no-pasv"
		switch {
		case r.Class() == 4:
			key = "data-not-now"
		case verb == "EPSV":
			key = "no-epsv"
		}
		d.fails(step, key, "%s", r)
		return "", 0, false
	}
	named, port, err = client.ParsePassive(r)
	if err != nil {
		d.fails(step, "no-pasv", "%s: %s", r, plain(err))
		return "", 0, false
	}
	ch, err := d.dial(ctx, port)
	if err != nil {
		key := "data-refused"
		if reason := plain(err); timedOut(err) || strings.Contains(reason, "timed out") {
			key = "data-filtered"
		}
		d.fails(step, key, "%d port %d: %s", r.Code, port, plain(err))
		return named, port, false
	}
	ch.Close()
	d.working = verb
	return named, port, true
}

// dial connects to a port of the server, at the address we know.
func (d *doctor) dial(ctx context.Context, port int) (*client.Channel, error) {
	host, _, err := net.SplitHostPort(d.session.Conn().RemoteAddr().String())
	if err != nil {
		return nil, err
	}
	return d.session.Manual().Connect(ctx, net.JoinHostPort(host, strconv.Itoa(port)))
}

func (d *doctor) epsv(ctx context.Context) {
	if _, port, ok := d.offer(ctx, "epsv", "EPSV"); ok {
		d.note(Fine, "epsv", "port %d: connected", port)
	}
}

func (d *doctor) pasv(ctx context.Context) {
	host, _, _ := net.SplitHostPort(d.session.Conn().RemoteAddr().String())
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		d.note(Skipped, "pasv", "has no room for an IPv6 address")
		return
	}
	working := d.working
	named, port, ok := d.offer(ctx, "pasv", "PASV")
	if working != "" && ok {
		d.working = working // EPSV has fewer surprises
	}
	differs := named != "" && named != host
	if differs {
		d.problem("pasv-address")
	}
	private := ""
	if ip := net.ParseIP(named); ip != nil && ip.IsPrivate() {
		private = ", a private address"
	}
	switch {
	case ok && differs:
		d.note(Worth, "pasv", "227 names %s%s; %s works in its place", named, private, host)
	case ok:
		d.note(Fine, "pasv", "port %d: connected", port)
	}
}

// active has the server connect to us. It lists with LIST: NLST of an empty directory is an error for some (inetutils).
func (d *doctor) active(ctx context.Context) {
	ch, err := d.session.Manual().Listen(0)
	if err != nil {
		d.note(Skipped, "active", "%s", err)
		return
	}
	line := ch.Requests()[0]
	r, err := d.ask(ctx, line)
	if err != nil || r.Class() != 2 {
		ch.Close()
		d.warns("active", "active-refused", "%s: %s", Verb(line), saidOr(r, err))
		return
	}
	verdict := d.fetch(ctx, ch, "LIST")
	if verdict.err != nil {
		d.warns("active", "active-blocked", "the server cannot reach us: %s", plain(verdict.err))
		return
	}
	d.note(Fine, "active", "the server connected to us")
}

func saidOr(r client.Reply, err error) string {
	if err != nil {
		return plain(err)
	}
	return r.String()
}

// protect agrees on TLS for data connections (RFC 4217 section 9).
func (d *doctor) protect(ctx context.Context) {
	if !d.private {
		return
	}
	for _, line := range []string{"PBSZ 0", "PROT P"} {
		r, err := d.ask(ctx, line)
		if err != nil {
			d.silent("tls-data", line, err)
			return
		}
		if r.Class() != 2 && line == "PROT P" {
			d.fails("tls-data", "prot-refused", "PROT P: %s", r)
			return
		}
	}
	d.note(Fine, "tls-data", "PROT P agreed")
}

// fetched is what a listing brought.
type fetched struct {
	text  []byte
	err   error
	final client.Reply // the last one; Code is 0 if none came
	begun bool         // a 1yz reply came before it
}

// most is how much of a listing is read: more would be an exercise in patience.
const most = 4 << 20

// fetch sends a command that lists and reads what comes.
func (d *doctor) fetch(ctx context.Context, ch *client.Channel, line string) fetched {
	ctx, cancel := context.WithTimeout(ctx, 2*d.Limit)
	defer cancel()
	x, err := d.session.Manual().Send(ctx, line)
	if err != nil {
		return fetched{err: err}
	}
	data, err := d.session.Manual().Carry(ctx, ch, x)
	if err != nil {
		return fetched{err: err}
	}
	var text bytes.Buffer
	_, reading := io.Copy(&text, io.LimitReader(data, most))
	err = data.Close()
	first, _ := x.Begin(ctx)
	if reading != nil && (timedOut(reading) || !errors.As(err, new(*client.Error))) {
		err = reading
	}
	return fetched{text.Bytes(), err, data.Reply(), first.Class() == 1}
}

// again makes a passive data connection the way that worked.
func (d *doctor) again(ctx context.Context) (*client.Channel, error) {
	r, err := d.ask(ctx, d.working)
	if err != nil {
		return nil, err
	}
	_, port, err := client.ParsePassive(r)
	if err != nil {
		return nil, err
	}
	return d.dial(ctx, port)
}

func (d *doctor) listing(ctx context.Context) {
	verb, format := "LIST", listing.Detect
	if d.facts {
		verb, format = "MLSD", listing.MLSx
	} else {
		d.problem("no-mlsd")
	}
	d.examine(ctx, "listing", verb, format)
}

// list looks at LIST where MLSD is what is used: other clients do, and both together tell in which zone LIST is (clock).
func (d *doctor) list(ctx context.Context) {
	if d.facts {
		d.examine(ctx, "list", "LIST", listing.Detect)
	}
}

func (d *doctor) examine(ctx context.Context, step, verb string, format listing.Format) {
	ch, err := d.again(ctx)
	if err != nil {
		d.silent(step, d.working, err)
		return
	}
	got := d.fetch(ctx, ch, verb)
	if got.err != nil {
		d.broken(step, verb, got)
		return
	}
	seen := measure(got.text, format)
	d.listed[verb] = seen
	if !got.begun && got.final.Code != 0 {
		d.warns(step, "no-begin", "%s: %s came without a 150 before it", verb, got.final)
	}
	switch {
	case len(got.text) > 0 && !bytes.HasSuffix(got.text, []byte("\n")):
		d.fails(step, "data-short", "%s: ends within a line after %d bytes, although the server says 226", verb, len(got.text))
	case seen.odd > 0:
		d.warns(step, "list-odd", "%s: %d of %d lines are in no known form", verb, seen.odd, seen.read)
	case strings.EqualFold(seen.form, "dos"):
		d.warns(step, "list-dos", "%s: %d entries, as on DOS", verb, seen.read)
	default:
		d.note(Fine, step, "%s: %d entries, all understood", verb, seen.read)
	}
}

// broken says how a listing failed.
func (d *doctor) broken(step, verb string, got fetched) {
	var shake *client.TLSError
	var no *client.Error
	key := "data-broken"
	switch {
	case errors.As(got.err, &shake) && errors.As(shake, new(tls.RecordHeaderError)):
		key = "data-clear"
	case strings.Contains(got.err.Error(), "another certificate"):
		key = "data-cert"
	case timedOut(got.err) && got.final.Class() == 2:
		key = "no-fin"
	case errors.As(got.err, &shake), client.IsCode(got.err, 522), d.private && client.IsCode(got.err, 425):
		key = "tls-data"
	case errors.Is(got.err, client.ErrTruncated):
		key = "data-truncated"
	case client.IsCode(got.err, 426):
		key = "data-cut"
	case timedOut(got.err) && len(got.text) > 0 && strings.Contains(got.err.Error(), "data connection"):
		key = "data-stalled"
	case timedOut(got.err):
		key = "no-end"
	case errors.As(got.err, &no) && verb == "RETR":
		key = "read-refused"
	case errors.As(got.err, &no):
		key = "listing-refused"
	}
	d.fails(step, key, "%s: %s after %d bytes", verb, plain(got.err), len(got.text))
}

// reuse lists with a TLS session of its own.
func (d *doctor) reuse(ctx context.Context) {
	if !d.private {
		return
	}
	d.session.Manual().SetReuse(false)
	defer d.session.Manual().SetReuse(true)
	ch, err := d.again(ctx)
	if err != nil {
		d.silent("tls-reuse", d.working, err)
		return
	}
	if got := d.fetch(ctx, ch, "LIST"); got.err != nil {
		d.warns("tls-reuse", "tls-reuse", "the server demands that TLS sessions are resumed: %s", plain(got.err))
		return
	}
	d.note(Fine, "tls-reuse", "not demanded")
}

// resume asks whether a transfer can begin in the middle (REST), and says what else FEAT offers for files that are to be
// the same on both sides.
func (d *doctor) resume(ctx context.Context) {
	if d.session.Idle() != nil {
		return // the loss was told
	}
	if r, err := d.ask(ctx, "TYPE I"); err != nil || r.Class() != 2 {
		d.warns("resume", "no-rest", "TYPE I: %s", saidOr(r, err))
		return
	}
	r, err := d.ask(ctx, "REST 1")
	if err != nil || r.Class() != 3 {
		d.warns("resume", "no-rest", "REST: %s", saidOr(r, err))
		return
	}
	_, _ = d.ask(ctx, "REST 0")
	var lacks, has []string
	for _, f := range []struct{ name, what string }{{"MFMT", "times can be set"}, {"HASH", "checksums"}} {
		if slices.Contains(d.offered, f.name) || f.name == "HASH" && slices.ContainsFunc(d.offered, isDigest) {
			has = append(has, f.what+" ("+f.name+")")
		} else {
			lacks = append(lacks, f.name)
		}
	}
	text := "REST is taken"
	if len(has) > 0 {
		text += "; " + strings.Join(has, ", ")
	}
	if len(lacks) > 0 {
		text += "; no " + strings.Join(lacks, ", no ")
	}
	d.note(Fine, "resume", "%s", text)
}

// isDigest: the commands for checksums that are older than HASH.
func isDigest(feature string) bool {
	return strings.HasPrefix(feature, "XSHA") || strings.HasPrefix(feature, "XMD5") || strings.HasPrefix(feature, "XCRC") || feature == "MD5"
}

// limits asks whether a second session is let in: mirrors and jobs want more than one.
func (d *doctor) limits(ctx context.Context) {
	second, err := d.open(ctx, d.strange)
	if err != nil {
		d.warns("limits", "one-session", "a second connection: %s", plain(err))
		return
	}
	second.Conn().Close()
	d.note(Fine, "limits", "a second connection is let in")
}

// ipv6 looks for the other generation of addresses.
func (d *doctor) ipv6(ctx context.Context) {
	ip := net.ParseIP(d.host)
	if d.Options.Dial != nil || ip != nil && ip.To4() != nil {
		return // a proxy, or an address, has no other
	}
	addrs, err := net.DefaultResolver.LookupIP(ctx, "ip6", d.host)
	if err != nil || len(addrs) == 0 {
		d.note(Fine, "ipv6", "the name has no IPv6 address")
		return
	}
	if d.session != nil && !slices.Contains(d.offered, "EPSV") && d.failed["epsv"] {
		d.warns("ipv6", "ipv6-epsv", "%s, but no EPSV, without which there are no transfers over IPv6", addrs[0])
		return
	}
	d.note(Fine, "ipv6", "%s", addrs[0])
}

// slow is a reply that a user notices.
const slow = time.Second

// replies looks back at the dialogue.
func (d *doctor) replies(ctx context.Context) {
	if d.session == nil {
		return
	}
	if d.session.Idle() == nil && time.Now().Before(d.end) {
		_, _ = d.ask(ctx, "NOOP") // what comes unasked comes before its answer
	}
	d.mu.Lock()
	unexpected, slowest, verb := d.unexpected, d.slowest, d.slowVerb
	d.mu.Unlock()
	switch {
	case len(unexpected) > 0:
		d.warns("replies", "extra-reply", "%s", unexpected[0])
	case slowest > slow:
		d.warns("replies", "slow", "slow: %s for %s", slowest.Round(100*time.Millisecond), verb)
	default:
		d.note(Fine, "replies", "one for each command, the slowest after %s", span(millis(slowest)))
	}
}
