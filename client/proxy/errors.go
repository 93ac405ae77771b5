package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
)

// Error says why there is no connection to a server through a proxy.
type Error struct {
	Proxy       string // as Describe names it
	Target      string // host:port of the server
	Unreachable bool   // the proxy itself was not reached
	Err         error
}

func (e *Error) Error() string { return e.Target + " through " + e.Through() }

// Through is the second half of the sentence, for who names the target already:
// "socks5 127.0.0.1:1080: host unreachable".
func (e *Error) Through() string {
	if e.Unreachable {
		return e.Proxy + ": the proxy cannot be reached: " + reason(e.Err)
	}
	return e.Proxy + ": " + reason(e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// reason is the last part of a network error, in words that make sense beside the name of the proxy.
func reason(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timed out"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the proxy closed the connection"
	}
	for op := (*net.OpError)(nil); errors.As(err, &op) && op.Err != nil; {
		err = op.Err
	}
	if call := (*os.SyscallError)(nil); errors.As(err, &call) {
		err = call.Err
	}
	return strings.TrimPrefix(err.Error(), "unknown error ") // x/net, before the words for a SOCKS reply
}
