package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Trace observes a connection. Each field may be nil. The functions are called
// in the order of the events of one connection, some of them from the
// goroutine that reads replies: they must return soon and must not call the
// connection. Secrets are masked before an event is made.
type Trace struct {
	Lookup func(LookupInfo) // a host name was looked up
	Dial   func(DialInfo)   // a TCP connection was made, accepted or failed
	Listen func(ListenInfo) // a port waits for the server (active mode)
	Sent   func(SentInfo)   // a command left
	Got    func(GotInfo)    // a reply came
	TLS    func(TLSInfo)    // a handshake ended, well or not
	Data   func(DataInfo)   // a data connection ended
	Close  func(CloseInfo)  // a control connection ended, or a data connection that was not used
	Note   func(NoteInfo)   // something worth knowing that is no event of its own

	// Content is asked when a transfer begins for who wants to see all its bytes, as
	// the file has them; nil: nobody. It costs the copying that the kernel would do.
	Content func(ContentInfo) io.Writer

	// Clone returns the trace of a further connection, so that their events can
	// be told apart; nil: the same trace.
	Clone func() *Trace
}

// LookupInfo is what a host name stands for.
type LookupInfo struct {
	Channel   string
	Name      string
	Addresses []string
	Elapsed   time.Duration
	Err       error
}

// ListenInfo is where a data connection of active mode is awaited.
type ListenInfo struct {
	Channel string
	Local   string // ip:port
}

// DialInfo describes a TCP connection. Channel is "C" for a control connection
// and "D1", "D2", ... for its data connections.
type DialInfo struct {
	Channel       string
	Local, Remote string // ip:port
	Accepted      bool   // the server connected to us (active mode)
	Elapsed       time.Duration
	Err           error
}

// SentInfo is a command on its way. Line has no line end and no secret.
type SentInfo struct {
	Channel string
	Verb    string
	Line    string
	TLS     bool
	Seq     int // number of this command on its connection, from 1
	At      time.Time
}

// GotInfo is a reply. Seq is the command it answers, 0 for the greeting and
// for a reply that nobody asked for.
type GotInfo struct {
	Channel string
	Verb    string // the command it answers, "" when Seq is 0
	Reply   Reply
	TLS     bool
	Seq     int
	Asked   bool
	At      time.Time
	Elapsed time.Duration // since the command was sent
}

// TLSInfo is the end of a handshake.
type TLSInfo struct {
	Channel string
	State   tls.ConnectionState
	Trust   string // how certificates are checked: "ok" (an authority), "pinned", "off"
	Elapsed time.Duration
	Err     error
}

// DataInfo is the end of a data connection. End says how it was recognised:
// "close", "close_notify", "truncated", "reset", "abort" or "error".
type DataInfo struct {
	Channel string
	Verb    string
	Upload  bool
	Bytes   int64
	Elapsed time.Duration
	TLS     bool
	End     string
	Err     error
	Head    []byte // its first bytes, at most 256; none where the kernel copies them
}

// ContentInfo is a transfer whose bytes can be seen.
type ContentInfo struct {
	Channel string
	Verb    string
}

// CloseInfo is the end of a connection. Err is nil when it was ours to end it.
type CloseInfo struct {
	Channel string
	Err     error
}

// NoteInfo is a remark. Key is stable: "pasv.address.differs", "tls.refused",
// "reply.unexpected", "reply.doubtful", "reconnect", "handshake.early".
type NoteInfo struct {
	Channel string
	Key     string
	Text    string
}

// Join returns a Trace that calls each of traces in turn. Nil ones are left
// out.
func Join(traces ...*Trace) *Trace {
	all := slices.DeleteFunc(slices.Clone(traces), func(t *Trace) bool { return t == nil })
	if len(all) == 0 {
		return nil
	}
	each := func(call func(*Trace)) {
		for _, t := range all {
			call(t)
		}
	}
	return &Trace{
		Lookup: func(i LookupInfo) { each(func(t *Trace) { t.lookup(i) }) },
		Dial:   func(i DialInfo) { each(func(t *Trace) { t.dial(i) }) },
		Listen: func(i ListenInfo) { each(func(t *Trace) { t.listen(i) }) },
		Sent:   func(i SentInfo) { each(func(t *Trace) { t.sent(i) }) },
		Got:    func(i GotInfo) { each(func(t *Trace) { t.got(i) }) },
		TLS:    func(i TLSInfo) { each(func(t *Trace) { t.handshake(i) }) },
		Data:   func(i DataInfo) { each(func(t *Trace) { t.data(i) }) },
		Close:  func(i CloseInfo) { each(func(t *Trace) { t.closed(i) }) },
		Note:   func(i NoteInfo) { each(func(t *Trace) { t.note(i) }) },

		Content: func(i ContentInfo) io.Writer { return contents(all, i) },
		Clone:   func() *Trace { return Join(clones(all)...) },
	}
}

// contents is what all of traces want to see of a transfer; nil: nobody wants to.
func contents(traces []*Trace, i ContentInfo) io.Writer {
	var writers []io.Writer
	for _, t := range traces {
		if w := t.content(i); w != nil {
			writers = append(writers, w)
		}
	}
	if len(writers) == 0 {
		return nil
	}
	return io.MultiWriter(writers...)
}

func clones(traces []*Trace) []*Trace {
	all := make([]*Trace, len(traces))
	for i, t := range traces {
		all[i] = t.clone()
	}
	return all
}

func (t *Trace) clone() *Trace {
	if t == nil || t.Clone == nil {
		return t
	}
	return t.Clone()
}

func (t *Trace) content(i ContentInfo) io.Writer {
	if t == nil || t.Content == nil {
		return nil
	}
	return t.Content(i)
}

func (t *Trace) lookup(i LookupInfo) { tell(t.orNone().Lookup, i) }
func (t *Trace) listen(i ListenInfo) { tell(t.orNone().Listen, i) }
func (t *Trace) closed(i CloseInfo)  { tell(t.orNone().Close, i) }
func (t *Trace) dial(i DialInfo)     { tell(t.orNone().Dial, i) }
func (t *Trace) sent(i SentInfo)     { tell(t.orNone().Sent, i) }
func (t *Trace) got(i GotInfo)       { tell(t.orNone().Got, i) }
func (t *Trace) handshake(i TLSInfo) { tell(t.orNone().TLS, i) }
func (t *Trace) data(i DataInfo)     { tell(t.orNone().Data, i) }
func (t *Trace) note(i NoteInfo)     { tell(t.orNone().Note, i) }

// tell tells who wants to hear it.
func tell[Info any](hears func(Info), i Info) {
	if hears != nil {
		hears(i)
	}
}

// orNone is a trace that observes nothing in place of none.
func (t *Trace) orNone() *Trace {
	if t == nil {
		return &noTrace
	}
	return t
}

var noTrace Trace

// mask hides what must not be seen in a command line.
const mask = "********"

// secretVerbs carry a secret as their argument.
var secretVerbs = map[string]bool{"PASS": true, "ACCT": true, "ADAT": true}

// secretSites carry secrets behind SITE: GPASS of wu-ftpd is the password of a group, the others change one's own.
var secretSites = map[string]bool{"GPASS": true, "PSWD": true, "CPWD": true, "PASSWD": true, "SETPASS": true, "PASSWORD": true, "CHPASS": true}

// masked returns the line as observers may see it, and the secret it hides.
func masked(verb, line string) (shown, secret string) {
	if name, rest, _ := strings.Cut(line, " "); strings.EqualFold(name, "SITE") {
		word, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		if secretSites[strings.ToUpper(word)] && rest != "" {
			return name + " " + word + " " + mask, rest
		}
	}
	if !secretVerbs[verb] {
		return line, ""
	}
	name, arg, _ := strings.Cut(line, " ")
	return name + " " + mask, arg
}

// hideSecret removes a secret that a server echoes in its reply.
func hideSecret(r Reply, secret string) Reply {
	holds := func(line string) bool { return strings.Contains(line, secret) }
	if len(secret) < 3 || !slices.ContainsFunc(r.Lines, holds) {
		return r
	}
	lines := make([]string, len(r.Lines))
	for i, line := range r.Lines {
		lines[i] = strings.ReplaceAll(line, secret, mask)
	}
	return Reply{r.Code, lines}
}

// secrets are those that were sent, the last first, to hide them from observers.
type secrets struct{ sentSecrets atomic.Pointer[[]string] }

// hide removes the secrets of this connection from a reply as observers see it:
// servers say them again long after the login, in STAT or in a greeting. Very
// short ones would be found in every other word.
func (s *secrets) hide(r Reply) Reply {
	for _, secret := range s.known() {
		r = hideSecret(r, secret)
	}
	return r
}

// hideIn does the same for a command line.
func (s *secrets) hideIn(line string) string {
	for _, secret := range s.known() {
		line = strings.ReplaceAll(line, secret, mask)
	}
	return line
}

// Mask hides the secrets that were sent from a text that is to be shown.
func (s *secrets) Mask(text string) string { return s.hideIn(text) }

func (s *secrets) known() []string {
	if all := s.sentSecrets.Load(); all != nil {
		return *all
	}
	return nil
}

// hideErr does the same for an error that holds the server's words.
func (s *secrets) hideErr(err error) error {
	var no *Error
	var foreign *ProtocolError
	var lost *LostError
	switch {
	case errors.As(err, &lost) && lost.Reply != nil:
		r := s.hide(*lost.Reply)
		return &LostError{Reply: &r, Err: lost.Err}
	case errors.As(err, &no):
		return &Error{Verb: no.Verb, Reply: s.hide(no.Reply), Begun: no.Begun}
	case errors.As(err, &foreign):
		return &ProtocolError{foreign.Verb, s.hideIn(foreign.Text), foreign.Reason, foreign.Value}
	}
	return err
}

// keepSecret remembers what observers must never see.
func (s *secrets) keepSecret(secret string) {
	if known := s.known(); len(secret) > 3 && !slices.Contains(known, secret) {
		all := append([]string{secret}, known...)
		all = all[:min(len(all), mostSecrets)]
		s.sentSecrets.Store(&all)
	}
}

// keepSecrets remembers the argument of a command with a secret; those of SITE are words, of which a server may repeat one.
func (s *secrets) keepSecrets(verb, secret string) {
	s.keepSecret(secret)
	if verb == "SITE" {
		for word := range strings.FieldsSeq(secret) {
			s.keepSecret(word)
		}
	}
}

// mostSecrets is how many are remembered: a user who tries more is not the one.
const mostSecrets = 16

// watchLookup reports how the name was looked up that a dialler is given.
func (t *Trace) watchLookup(ctx context.Context, channel string) context.Context {
	if t == nil || t.Lookup == nil {
		return ctx
	}
	var name string
	var start time.Time
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(i httptrace.DNSStartInfo) { name, start = i.Host, time.Now() },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			info := LookupInfo{Channel: channel, Name: name, Elapsed: time.Since(start), Err: i.Err}
			for _, a := range i.Addrs {
				info.Addresses = append(info.Addresses, a.String())
			}
			t.lookup(info)
		},
	})
}
