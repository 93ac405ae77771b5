package client

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// Error is a refusal: a 4yz or 5yz reply, or another reply than the command
// needs. It keeps the server's words.
type Error struct {
	Verb  string // the command that was answered; empty for the greeting
	Reply Reply
	Begun bool // the server had agreed before (1yz), and data may have been moved
}

func (e *Error) Error() string {
	if about := e.about(); about != "" {
		return about + ": " + e.Reply.String()
	}
	return e.Reply.String()
}

// about is what a refusal is about where the server's words seldom tell it: the
// login, or the other connection.
func (e *Error) about() string {
	switch {
	case e.Verb == "USER", e.Verb == "PASS":
		return "login refused"
	case e.Verb == "ACCT":
		return "account refused"
	case e.Verb == "AUTH":
		return "TLS refused"
	case e.Verb == "":
		return "control connection refused"
	case !MovesData(e.Verb):
		return ""
	}
	switch e.Reply.Code {
	case 425:
		return "no data connection"
	case 426:
		return "data connection lost"
	case 522: // RFC 4217 section 9: without TLS, or a session of its own
		return "data connection refused"
	}
	return ""
}

// Temporary reports whether the same command may succeed later (4yz, RFC 959
// section 4.2.1).
func (e *Error) Temporary() bool { return e.Reply.Class() == 4 }

// Missing reports whether the server says that a name does not exist. Its code says that and more (550 "file not
// found, no access", RFC 959 section 4.2.1), so its words count: "No such file or directory", "The system cannot find the file".
func (e *Error) Missing() bool {
	text := strings.ToLower(e.Reply.Text())
	return slices.ContainsFunc(missingWords, func(words string) bool { return strings.Contains(text, words) })
}

var missingWords = []string{"no such", "not found", "not exist", "cannot find", "can't find", "doesn't exist"}

// ProtocolError is something from the server that is no FTP: a line that is no
// reply, a 227 without an address.
type ProtocolError struct {
	Verb   string // the command that was being answered, if any
	Text   string // what the server sent
	Reason string
	Value  bool // it was a reply, without the value that it should hold: the session goes on
}

func (e *ProtocolError) Error() string {
	text := e.Text
	if len(text) > 200 {
		text = text[:200] + "..."
	}
	return fmt.Sprintf("%s: %q", e.Reason, text)
}

// ConnectError says that a connection could not be made. Channel is "control
// connection" or "data connection".
type ConnectError struct {
	Channel string
	Addr    string
	Tried   []string // the addresses of Addr that were tried, where that is known
	Err     error
}

func (e *ConnectError) Error() string {
	var proxy interface{ Through() string } // "socks5 127.0.0.1:1080: host unreachable"
	if errors.As(e.Err, &proxy) {
		return fmt.Sprintf("%s to %s through %s", e.Channel, e.Addr, proxy.Through())
	}
	var unknown *net.DNSError
	if errors.As(e.Err, &unknown) && unknown.IsNotFound {
		return "no host is called " + unknown.Name
	}
	text := fmt.Sprintf("%s to %s: %s", e.Channel, e.Addr, reason(e.Err))
	if len(e.Tried) > 1 {
		text += " (tried " + strings.Join(e.Tried, ", ") + ")"
	}
	return text
}
func (e *ConnectError) Unwrap() error { return e.Err }

// LostError says that the control connection is gone: the server said 421,
// closed it, or could not be followed any more.
type LostError struct {
	Reply *Reply // the 421, if there was one
	Err   error  // nil for a plain end of the connection
}

func (e *LostError) Error() string {
	switch {
	case e.Reply != nil:
		return e.Reply.String()
	case errors.Is(e.Err, net.ErrClosed): // we did
		return "control connection closed"
	case e.Err != nil:
		return "control connection lost: " + reason(e.Err)
	}
	return "control connection closed by the server"
}
func (e *LostError) Unwrap() error { return e.Err }

// DesyncError says that the answer to a command never came, although the server
// has answered a later one. Unless that came of an abort, nobody can tell what
// the other replies were for, and the connection is given up (a LostError).
type DesyncError struct{ Verb string }

func (e *DesyncError) Error() string {
	return "no reply to " + e.Verb + ", but one to what was sent after it"
}

// IncompleteError says that a transfer ended before all bytes were there. Got
// and Want are bytes; Want is -1 when nobody knows.
type IncompleteError struct {
	Got, Want int64
	Reason    string
	Listing   bool // it was no file
	Err       error
}

func (e *IncompleteError) Error() string {
	text := e.Reason
	switch {
	case e.Want < 0:
		text += fmt.Sprintf(" after %d bytes", e.Got)
	case e.Got > e.Want:
		text += fmt.Sprintf(": %d bytes instead of %d", e.Got, e.Want)
	default:
		text += fmt.Sprintf(" after %d of %d bytes", e.Got, e.Want)
	}
	if e.Err != nil {
		text += ": " + reason(e.Err)
	}
	return text
}
func (e *IncompleteError) Unwrap() error { return e.Err }

// Broken reports whether a transfer was given up in the middle: what came of it
// is not whole (RFC 959 section 4.2: 426 closed, 451 aborted).
func (e *Error) Broken() bool {
	return e.Begun && MovesData(e.Verb) && (e.Reply.Code == 426 || e.Reply.Code == 451)
}

// ExcessError says that a download brought more bytes than it may; see Data.Bound.
type ExcessError struct{ Most int64 }

func (e *ExcessError) Error() string {
	return fmt.Sprintf("stopped, since more than %d bytes came", e.Most)
}

// StrangerError says that another host than the server connected to us in active
// mode, and was turned away. Err is what came of the transfer.
type StrangerError struct {
	Stranger, Server string // addresses
	Err              error
}

func (e *StrangerError) Error() string {
	return fmt.Sprintf("%s connected, not the server (%s), and was turned away: %v", e.Stranger, e.Server, e.Err)
}
func (e *StrangerError) Unwrap() error { return e.Err }

// UnreachedError says that in active mode the server did not get through to us.
type UnreachedError struct {
	Server string // its host
	Addr   string // where it was told to connect to
	Err    error
}

func (e *UnreachedError) Error() string {
	text := "the server (" + e.Server + ") did not connect to this computer (" + e.Addr + ")"
	if no := new(Error); errors.As(e.Err, &no) {
		text += ": " + no.Reply.String()
	}
	return text
}
func (e *UnreachedError) Unwrap() error { return e.Err }

// TimeoutError says what was waited for and on which connection.
type TimeoutError struct{ Waiting string }

func (e *TimeoutError) Error() string { return "timed out waiting for " + e.Waiting }

// Timeout reports true; it makes the error a net.Error in spirit.
func (e *TimeoutError) Timeout() bool { return true }

// ErrNotLoggedIn is returned by a Session that needs a login first.
var ErrNotLoggedIn = errors.New("not logged in")

// IsCode reports whether err is a refusal with one of the codes.
func IsCode(err error, codes ...int) bool {
	var refused *Error
	return errors.As(err, &refused) && slices.Contains(codes, refused.Reply.Code)
}

// IsMalformed reports whether err says that a reply did not hold its value, such
// as a 213 without a size.
func IsMalformed(err error) bool {
	var odd *ProtocolError
	return errors.As(err, &odd) && odd.Value
}

// notKnown reports whether err says that the server does not know the command
// (500, 502) or not in this form (501, 504).
func notKnown(err error) bool { return IsCode(err, 500, 501, 502, 504) }
