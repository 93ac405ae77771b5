package teach

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
)

// Kind is what an event is about.
type Kind string

// The kinds of events.
const (
	TraceStart   Kind = "trace.start"
	OpStart      Kind = "op.start"
	OpEnd        Kind = "op.end"
	DNS          Kind = "dns"
	TCPConnect   Kind = "tcp.connect"
	TCPListen    Kind = "tcp.listen"
	TCPAccept    Kind = "tcp.accept"
	TCPFail      Kind = "tcp.fail"
	TLSOK        Kind = "tls.ok"
	TLSFail      Kind = "tls.fail"
	Sent         Kind = "cmd"
	Replied      Kind = "reply"
	DataProgress Kind = "data.progress"
	DataEnd      Kind = "data.end"
	Closed       Kind = "close"
	Noted        Kind = "note"
)

// Event is one thing that happened. Which fields have a meaning depends on the
// kind; trace.schema.json in the folder docs tells them all. Events hold no
// secrets. An event is never changed once it is recorded.
type Event struct {
	Seq  int     `json:"seq"` // from 1
	T    float64 `json:"t"`   // seconds since the recording began
	Op   int     `json:"op"`  // one command of the shell; 0: none
	Ev   Kind    `json:"ev"`
	Conn string  `json:"conn,omitempty"` // C, C2, …: control connections; D1, D2, …: data connections
	MS   float64 `json:"ms,omitempty"`   // how long it took; of a reply, since its command
	Enc  bool    `json:"enc,omitempty"`  // travelled inside TLS

	Tool    string `json:"tool,omitempty"`
	Version string `json:"version,omitempty"`
	Level   int    `json:"level,omitempty"`
	UTC     string `json:"utc,omitempty"`

	Cmd   string `json:"cmd,omitempty"` // as typed
	OK    bool   `json:"ok,omitempty"`
	Error string `json:"error,omitempty"` // a stable key, see ErrorKey

	Name   string   `json:"name,omitempty"`
	Addrs  []string `json:"addrs,omitempty"`
	Local  string   `json:"local,omitempty"` // ip:port
	Remote string   `json:"remote,omitempty"`
	Reason string   `json:"reason,omitempty"`

	VersionTLS string `json:"version_tls,omitempty"`
	Cipher     string `json:"cipher,omitempty"`
	Resumed    bool   `json:"resumed,omitempty"`
	SNI        string `json:"sni,omitempty"`
	ALPN       string `json:"alpn,omitempty"`
	Verify     string `json:"verify,omitempty"` // ok, pinned, off; of a failure self-signed, unknown-ca, expired, name-mismatch
	Subject    string `json:"subject,omitempty"`
	Issuer     string `json:"issuer,omitempty"`
	NotAfter   string `json:"not_after,omitempty"`
	SHA256     string `json:"sha256,omitempty"`

	Line   string   `json:"line,omitempty"`
	Verb   string   `json:"verb,omitempty"`
	Masked bool     `json:"masked,omitempty"`
	Src    string   `json:"src,omitempty"` // user: typed as it went; auto: sent by a command of the shell
	Code   string   `json:"code,omitempty"`
	Lines  []string `json:"lines,omitempty"`
	Final  bool     `json:"final,omitempty"` // false: a further reply follows
	To     int      `json:"to,omitempty"`    // Seq of the command; 0: nobody asked

	Dir       string `json:"dir,omitempty"` // < from the server, > to it
	Bytes     int64  `json:"bytes,omitempty"`
	FileBytes int64  `json:"file_bytes,omitempty"`
	Rate      int64  `json:"rate,omitempty"` // bytes for each second
	EOF       string `json:"eof,omitempty"`  // close, tls-close-notify, tls-truncated, reset, abort, error
	Type      string `json:"type,omitempty"` // file, listing, names
	By        string `json:"by,omitempty"`   // us, peer

	Key     string `json:"key,omitempty"` // of a note
	Offered string `json:"offered,omitempty"`
	Control string `json:"control,omitempty"`
	Text    string `json:"text,omitempty"`

	head []byte // the first bytes of the data; never saved
	row  int    // the line of the file that it was read from; 0: none
}

// MarshalJSON writes the fields that belong to the kind, also those that are
// false or zero.
func (e Event) MarshalJSON() ([]byte, error) {
	type rest Event
	w := struct {
		V int `json:"v"`
		rest
		Enc     *bool    `json:"enc,omitempty"`
		OK      *bool    `json:"ok,omitempty"`
		Resumed *bool    `json:"resumed,omitempty"`
		Final   *bool    `json:"final,omitempty"`
		MS      *float64 `json:"ms,omitempty"`
		Bytes   *int64   `json:"bytes,omitempty"`
	}{V: formatVersion, rest: rest(e)}
	switch e.Ev {
	case Sent:
		w.Enc = &e.Enc
	case Replied:
		w.Enc, w.Final, w.MS = &e.Enc, &e.Final, &e.MS
	case OpEnd:
		w.OK = &e.OK
	case TLSOK:
		w.Resumed, w.MS = &e.Resumed, &e.MS
	case DNS, TCPConnect, TCPAccept, TCPFail, TLSFail:
		w.MS = &e.MS
	case DataEnd, DataProgress:
		w.Bytes, w.MS, w.Enc = &e.Bytes, &e.MS, &e.Enc
	}
	return json.Marshal(w)
}

const formatVersion = 1

// wrong is an error about an event that was read from a file.
func (e *Event) wrong(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if e.row == 0 {
		return errors.New(text)
	}
	return fmt.Errorf("line %d: %s", e.row, text)
}

// IsData reports whether the event is about a data connection.
func (e *Event) IsData() bool { return strings.HasPrefix(e.Conn, "D") }

// Failed reports whether the event is a failure: a reply 4yz or 5yz, or a
// connection that was not made or not ended as it should.
func (e *Event) Failed() bool {
	switch e.Ev {
	case Replied:
		return e.Code[0] == '4' || e.Code[0] == '5'
	case TCPFail, TLSFail:
		return true
	case OpEnd:
		return !e.OK
	case DataEnd:
		return e.EOF != "close" && e.EOF != "tls-close-notify"
	case Closed:
		return e.Reason != ""
	}
	return false
}

// Text of a reply: its first line.
func (e *Event) firstLine() string {
	if len(e.Lines) == 0 {
		return e.Code
	}
	return e.Lines[0]
}

// offer is where a reply to PASV or EPSV says that the server listens; the host
// is "" in a 229.
func (e *Event) offer() (host string, port int, err error) {
	code, _ := strconv.Atoi(e.Code)
	return client.ParsePassive(client.Reply{Code: code, Lines: e.Lines})
}

// size is about how much memory the event takes.
func (e *Event) size() int {
	n := 640 + len(e.Line) + len(e.Cmd) + len(e.Text) + len(e.head)
	for _, line := range e.Lines {
		n += 16 + len(line)
	}
	return n
}
