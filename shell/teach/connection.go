package teach

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// connection turns what a control connection and its data connections report
// into events.
type connection struct {
	r       *Recorder
	name    string           // "" while there is none
	remote  string           // of the control connection
	sent    []command        // that wait for their replies, in order
	data    map[string]asked // by the client's name
	passive string           // what the last reply to PASV offered: ip
}

// command is one that was sent.
type command struct {
	asked
	number int // as the client counts
}

// asked is what a reply, or the events of a data connection, belong to.
type asked struct {
	name string // of the data connection
	seq  int32  // of the command's event
	op   int32
}

// Trace returns what a session has to be given so that it is recorded. Each
// session needs one of its own; its clones get theirs by themselves.
func (r *Recorder) Trace() *client.Trace {
	c := &connection{r: r, data: map[string]asked{}}
	return &client.Trace{
		Lookup: func(i client.LookupInfo) { c.locked(func() { c.lookup(i) }) },
		Dial:   func(i client.DialInfo) { c.locked(func() { c.dial(i) }) },
		Listen: func(i client.ListenInfo) {
			c.locked(func() { c.add(i.Channel, Event{Ev: TCPListen, Local: i.Local}) })
		},
		Sent:  c.command,
		Got:   c.reply,
		TLS:   func(i client.TLSInfo) { c.locked(func() { c.handshake(i) }) },
		Data:  func(i client.DataInfo) { c.locked(func() { c.transferred(i) }) },
		Close: func(i client.CloseInfo) { c.locked(func() { c.closed(i) }) },
		Note:  func(i client.NoteInfo) { c.locked(func() { c.note(i) }) },
		Content: func(i client.ContentInfo) (w io.Writer) {
			c.locked(func() { w = c.r.contents.begin(c, i) })
			return w
		},
		Clone: r.Trace,
	}
}

func (c *connection) locked(record func()) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	record()
}

// add records an event of one of the connections, named as the client does.
func (c *connection) add(channel string, e Event) *Event {
	if !strings.HasPrefix(channel, "D") {
		e.Conn = c.control()
		return c.r.add(e)
	}
	d, known := c.data[channel]
	if !known {
		d = asked{name: c.r.nameData(), op: int32(c.r.op)}
		c.data[channel] = d
	}
	e.Conn, e.Op = d.name, int(d.op)
	return c.r.add(e)
}

// control is the name of the control connection.
func (c *connection) control() string {
	if c.name == "" {
		c.name = c.r.nameSession()
	}
	return c.name
}

// release gives the name back and forgets the old connection.
func (c *connection) release() {
	delete(c.r.sessions, c.name)
	c.name, c.remote = "", ""
	c.sent = nil
	clear(c.data)
}

func (c *connection) lookup(i client.LookupInfo) {
	e := Event{Ev: DNS, Name: i.Name, Addrs: i.Addresses, MS: millis(i.Elapsed)}
	if i.Err != nil {
		e.Reason = reasonOf(i.Err)
	}
	c.r.add(e) // before there is a connection that it could belong to
}

func (c *connection) dial(i client.DialInfo) {
	e := Event{Ev: TCPConnect, Local: i.Local, Remote: i.Remote, MS: millis(i.Elapsed)}
	switch {
	case i.Err != nil:
		e.Ev, e.Reason = TCPFail, reasonOf(i.Err)
	case i.Accepted:
		e.Ev = TCPAccept
	}
	c.add(i.Channel, e)
	switch {
	case strings.HasPrefix(i.Channel, "D"):
	case i.Err != nil:
		c.release()
	default:
		c.remote = i.Remote
	}
}

func (c *connection) command(i client.SentInfo) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	k := c.r.next(i.At)
	k.conn, k.enc, k.line, k.verb = c.control(), i.TLS, i.Line, cleanVerb(i.Verb)
	k.masked, k.user = strings.HasSuffix(i.Line, " ********"), c.r.takeTyped(k.verb)
	c.sent = append(c.sent, command{asked{seq: k.seq, op: k.op}, i.Seq})
	c.r.keep(k)
}

func (c *connection) reply(i client.GotInfo) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	final := i.Reply.Class() != 1
	to := c.answered(i.Seq, final)
	k := c.r.next(i.At)
	k.conn, k.enc, k.code, k.lines = c.control(), i.TLS, int16(i.Reply.Code), i.Reply.Lines
	k.last, k.to, k.took, k.verb = final, to.seq, i.Elapsed, cleanVerb(i.Verb)
	if to.op != 0 {
		k.op = to.op
	}
	c.r.keep(k)
	if i.Reply.Code == 227 {
		c.offered(i.Reply)
	}
}

// answered is the command of that number; with its final reply it is forgotten.
func (c *connection) answered(number int, final bool) asked {
	for i, sent := range c.sent {
		if sent.number != number {
			continue
		}
		if final {
			c.sent = slices.Delete(c.sent, i, i+1)
		}
		return sent.asked
	}
	return asked{}
}

// offered notes an address in a 227 that cannot be reached from here.
func (c *connection) offered(r client.Reply) {
	c.passive, _, _ = client.ParsePassive(r)
	control, _, _ := net.SplitHostPort(c.remote)
	ip, own := net.ParseIP(c.passive), net.ParseIP(control)
	if ip == nil || ip.Equal(own) || !ip.IsPrivate() || own == nil || own.IsPrivate() || own.IsLoopback() {
		return
	}
	c.add("C", Event{
		Ev: Noted, Key: "pasv.address.private", Offered: c.passive, Control: control,
		Text: fmt.Sprintf("%s is a private address, which cannot be reached from other networks", c.passive),
	})
}

func (c *connection) handshake(i client.TLSInfo) {
	s := i.State
	e := Event{Ev: TLSOK, MS: millis(i.Elapsed), SNI: s.ServerName, ALPN: s.NegotiatedProtocol, Verify: i.Trust, Resumed: s.DidResume}
	if s.Version != 0 {
		e.VersionTLS, e.Cipher = strings.Replace(tls.VersionName(s.Version), "TLS ", "TLSv", 1), tls.CipherSuiteName(s.CipherSuite)
	}
	chain := s.PeerCertificates
	if i.Err != nil {
		e.Ev, e.Reason, e.Verify = TLSFail, reasonOf(i.Err), ""
		var bad *client.CertificateError
		if errors.As(i.Err, &bad) {
			chain, e.Reason, e.Verify = bad.Chain, bad.Reason(), flawOf(bad)
		}
	}
	if len(chain) > 0 {
		leaf := chain[0]
		e.Subject, e.Issuer = leaf.Subject.String(), leaf.Issuer.String()
		e.NotAfter, e.SHA256 = leaf.NotAfter.UTC().Format(time.RFC3339), client.Fingerprint(leaf)
	}
	if made := c.add(i.Channel, e); made.IsData() && i.Err == nil && !e.Resumed {
		c.add(i.Channel, Event{
			Ev: Noted, Key: "tls.not-resumed",
			Text: "a new TLS session: some servers want the one of the control connection to go on",
		})
	}
}

func (c *connection) transferred(i client.DataInfo) {
	e := Event{Ev: DataEnd, Dir: "<", Enc: i.TLS, Bytes: i.Bytes, MS: millis(i.Elapsed), Type: contentOf(i.Verb), EOF: endings[i.End], head: i.Head}
	by := "peer"
	if i.Upload {
		e.Dir, by = ">", "us"
	}
	if i.End == "abort" || i.End == "error" {
		by = "us"
	}
	if s := i.Elapsed.Seconds(); s > 0 {
		e.Rate = int64(float64(i.Bytes) / s)
	}
	if i.Err != nil {
		e.Reason = reasonOf(i.Err)
	}
	c.r.contents.end(c, i.Channel, &e)
	c.add(i.Channel, e)
	c.add(i.Channel, Event{Ev: Closed, By: by})
	delete(c.data, i.Channel)
}

// endings are the client's words for the end of data, in the words of events.
var endings = map[string]string{
	"close": "close", "close_notify": "tls-close-notify", "truncated": "tls-truncated",
	"reset": "reset", "abort": "abort", "error": "error",
}

func (c *connection) closed(i client.CloseInfo) {
	e := Event{Ev: Closed, By: "us"}
	switch {
	case i.Err == nil || as[*client.TLSError](i.Err): // the handshake is an event of its own
	case endOfStream(i.Err):
		e.By = "peer"
	case as[*client.ProtocolError](i.Err), as[*client.TimeoutError](i.Err):
		e.Reason = reasonOf(i.Err)
	default:
		e.By, e.Reason = "peer", reasonOf(i.Err)
	}
	if c.add(i.Channel, e).IsData() {
		delete(c.data, i.Channel)
		return
	}
	c.release()
}

func (c *connection) note(i client.NoteInfo) {
	e := Event{Ev: Noted, Key: i.Key, Text: i.Text}
	if i.Key == "pasv.address.differs" {
		e.Offered = c.passive
		e.Control, _, _ = net.SplitHostPort(c.remote)
	}
	c.add(i.Channel, e)
}

// contentOf is what a transfer carries.
func contentOf(verb string) string {
	switch verb {
	case "LIST", "MLSD", "STAT":
		return "listing"
	case "NLST":
		return "names"
	}
	return "file"
}

// Verb is the command word of a line that was typed, in capitals.
func Verb(line string) string {
	verb, _, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	return cleanVerb(verb)
}

// cleanVerb leaves of a verb what may be in one: the user can send any line.
func cleanVerb(verb string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r == '@' {
			return r
		}
		return -1
	}, strings.ToUpper(verb))
}
