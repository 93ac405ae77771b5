package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
)

// Reason is what an error says, in our words where the standard library has its own for networks, TLS and files: it
// names calls and addresses that are told elsewhere, or nobody's business.
func Reason(err error) string {
	text := err.Error()
	for _, words := range libraryWords() {
		if theirs, ours := words(err); theirs != "" {
			text = strings.ReplaceAll(text, theirs, ours)
		}
	}
	if rest, ends := strings.CutSuffix(text, io.EOF.Error()); ends && (rest == "" || strings.HasSuffix(rest, ": ")) {
		text = rest + "the other side closed the connection"
	}
	return text
}

// reason is Reason for what comes from the network, where TLS puts its name before what it says.
func reason(err error) string {
	return strings.NewReplacer("remote error: tls: ", "the other side says: ", "tls: ", "", "x509: ", "").Replace(Reason(err))
}

// libraryWords gives what a library says, as it stands in the text of an error, and what is said instead; nothing for
// errors of other types. Errors that hold others come first.
func libraryWords() []func(error) (theirs, ours string) {
	return []func(error) (theirs, ours string){
		wordsOf(func(e *net.OpError) string {
			if e.Err == nil || e.Op == "remote error" {
				return e.Error()
			}
			return Reason(e.Err)
		}),
		wordsOf(func(e *net.DNSError) string {
			switch {
			case e.IsNotFound:
				return "no such host"
			case e.IsTimeout:
				return "the name server does not answer"
			}
			return "the name server cannot help: " + e.Err
		}),
		wordsOf(func(tls.RecordHeaderError) string { return "what comes from the other side is not TLS" }),
		wordsOf(func(e *fs.PathError) string { return e.Path + ": " + Reason(e.Err) }),
		wordsOf(func(e *os.LinkError) string { return fmt.Sprintf("%s to %s: %s", e.Old, e.New, Reason(e.Err)) }),
		wordsOf(func(e *os.SyscallError) string { return Reason(e.Err) }),
		wordsFor(context.DeadlineExceeded, "timed out"),
		wordsFor(os.ErrDeadlineExceeded, "timed out"),
		wordsFor(io.ErrUnexpectedEOF, "it ends too soon"),
	}
}

// wordsOf makes a row of libraryWords for errors of a type.
func wordsOf[T error](words func(T) string) func(error) (theirs, ours string) {
	return func(err error) (theirs, ours string) {
		var found T
		if !errors.As(err, &found) {
			return "", ""
		}
		return found.Error(), words(found)
	}
}

// wordsFor makes a row for one error.
func wordsFor(one error, ours string) func(error) (theirs, ours string) {
	return func(err error) (string, string) {
		if !errors.Is(err, one) {
			return "", ""
		}
		return one.Error(), ours
	}
}
