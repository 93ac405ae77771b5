package teach

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/ftpsh/ftpsh/client"
)

// ErrorKey names how an operation failed, in words that stay the same: a reply
// code, or one of connect, data-connect, dns, tls, tls-verify, timeout,
// incomplete, lost, protocol, interrupted, local, failed. It is "" for nil.
func ErrorKey(err error) string {
	if err == nil {
		return ""
	}
	for _, row := range errorKeys {
		if row.is(err) {
			return row.key
		}
	}
	var no *client.Error
	if errors.As(err, &no) {
		return strconv.Itoa(no.Reply.Code)
	}
	if errors.As(err, new(*os.PathError)) {
		return "local"
	}
	return "failed"
}

// errorKeys are the failures that are no refusal; the first that fits counts.
var errorKeys = []struct {
	key string
	is  func(error) bool
}{
	{"interrupted", func(err error) bool { return errors.Is(err, context.Canceled) }},
	{"tls-verify", as[*client.CertificateError]},
	{"dns", as[*net.DNSError]},
	{"data-connect", func(err error) bool {
		var no *client.ConnectError
		return as[*client.NoDataError](err) || errors.As(err, &no) && no.Channel == "data connection"
	}},
	{"connect", as[*client.ConnectError]},
	{"incomplete", as[*client.IncompleteError]},
	{"timeout", as[*client.TimeoutError]},
	{"tls", as[*client.TLSError]},
	{"lost", as[*client.LostError]},
	{"protocol", as[*client.ProtocolError]},
}

func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// reasonOf is the part of an error that says what happened, without the calls
// that led to it.
func reasonOf(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	var call *os.SyscallError
	var lost *client.LostError
	switch {
	case errors.As(err, &dns):
		return client.Reason(dns)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "timed out"
	case errors.As(err, &call):
		return client.Reason(call)
	case errors.As(err, &op) && op.Err != nil:
		return client.Reason(op)
	case errors.As(err, &lost) && lost.Err != nil:
		return client.Reason(lost.Err)
	}
	return client.Reason(err)
}

// flawOf names what is wrong with a certificate.
func flawOf(bad *client.CertificateError) string {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	leaf := bad.Chain[0]
	switch {
	case errors.As(bad.Err, &invalid) && invalid.Reason == x509.Expired:
		return "expired"
	case errors.As(bad.Err, &name):
		return "name-mismatch"
	case leaf.Subject.String() == leaf.Issuer.String():
		return "self-signed"
	}
	return "unknown-ca"
}

// endOfStream reports whether the peer closed a connection in order.
func endOfStream(err error) bool {
	var lost *client.LostError
	return errors.Is(err, io.EOF) || errors.As(err, &lost) && lost.Err == nil
}
