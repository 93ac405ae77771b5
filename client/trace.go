package client

import (
	"crypto/tls"
	"strings"
	"time"
)

// Trace observes a connection. Each field may be nil. The functions are called
// in the order of the events of one connection, some of them from the
// goroutine that reads replies: they must return soon and must not call the
// connection. Secrets are masked before an event is made.
type Trace struct {
	Dial func(DialInfo) // a TCP connection was made, accepted or failed
	Sent func(SentInfo) // a command left
	Got  func(GotInfo)  // a reply came
	TLS  func(TLSInfo)  // a handshake ended, well or not
	Data func(DataInfo) // a data connection ended
	Note func(NoteInfo) // something worth knowing that is no event of its own
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
	Elapsed time.Duration // since the command was sent
}

// TLSInfo is the end of a handshake.
type TLSInfo struct {
	Channel string
	State   tls.ConnectionState
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
}

// NoteInfo is a remark. Key is stable: "pasv.address.differs", "tls.refused",
// "reply.unexpected", "reply.doubtful", "reconnect", "listing.fallback",
// "handshake.early".
type NoteInfo struct {
	Channel string
	Key     string
	Text    string
}

// Join returns a Trace that calls each of traces in turn. Nil ones are left
// out.
func Join(traces ...*Trace) *Trace {
	var all []*Trace
	for _, t := range traces {
		if t != nil {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil
	}
	each := func(call func(*Trace)) {
		for _, t := range all {
			call(t)
		}
	}
	return &Trace{
		Dial: func(i DialInfo) { each(func(t *Trace) { t.dial(i) }) },
		Sent: func(i SentInfo) { each(func(t *Trace) { t.sent(i) }) },
		Got:  func(i GotInfo) { each(func(t *Trace) { t.got(i) }) },
		TLS:  func(i TLSInfo) { each(func(t *Trace) { t.handshake(i) }) },
		Data: func(i DataInfo) { each(func(t *Trace) { t.data(i) }) },
		Note: func(i NoteInfo) { each(func(t *Trace) { t.note(i) }) },
	}
}

func (t *Trace) dial(i DialInfo) {
	if t != nil && t.Dial != nil {
		t.Dial(i)
	}
}

func (t *Trace) sent(i SentInfo) {
	if t != nil && t.Sent != nil {
		t.Sent(i)
	}
}

func (t *Trace) got(i GotInfo) {
	if t != nil && t.Got != nil {
		t.Got(i)
	}
}

func (t *Trace) handshake(i TLSInfo) {
	if t != nil && t.TLS != nil {
		t.TLS(i)
	}
}

func (t *Trace) data(i DataInfo) {
	if t != nil && t.Data != nil {
		t.Data(i)
	}
}

func (t *Trace) note(i NoteInfo) {
	if t != nil && t.Note != nil {
		t.Note(i)
	}
}

// mask hides what must not be seen in a command line.
const mask = "********"

// secretVerbs carry a secret as their argument.
var secretVerbs = map[string]bool{"PASS": true, "ACCT": true, "ADAT": true}

// masked returns the line as observers may see it, and the secret it hides.
func masked(verb, line string) (shown, secret string) {
	if !secretVerbs[verb] {
		return line, ""
	}
	name, arg, _ := strings.Cut(line, " ")
	return name + " " + mask, arg
}

// hideSecret removes a secret that a server echoes in its reply.
func hideSecret(r Reply, secret string) Reply {
	if len(secret) < 3 {
		return r
	}
	lines := make([]string, len(r.Lines))
	for i, line := range r.Lines {
		lines[i] = strings.ReplaceAll(line, secret, mask)
	}
	return Reply{r.Code, lines}
}
