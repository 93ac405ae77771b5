package shell

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// UsageError is a line that cannot run as it was typed. With a Command the
// synopsis is shown.
type UsageError struct {
	Command *Command
	Text    string
	Hint    string // what can be typed instead, or ""
}

func (e *UsageError) Error() string { return e.Text }

// The errors that the shell itself makes.
var (
	errNotConnected = errors.New("not connected")
	errInterrupted  = errors.New("interrupted")
	errNoPassword   = errors.New("no password")
	errDowngrade    = errors.New("the server had TLS before and refuses it now")
)

// localError is something wrong with a local file that the system did not say.
type localError struct{ text string }

func (e *localError) Error() string { return e.text }

// Statuses are what the program exits with (the first row that fits).
var statuses = []struct {
	Status int
	Says   string
	is     func(error) bool
}{
	{141, "nobody reads standard output any more", isBrokenOutput},
	{130, "interrupted", func(err error) bool { return errors.Is(err, errInterrupted) }},
	{2, "wrong usage", anyOf[*UsageError, *syntax.Error]},
	{5, "TLS or certificate", func(err error) bool {
		return errors.Is(err, errDowngrade) || anyOf[*client.TLSError, *client.CertificateError](err) || refusal(err, "AUTH", "PBSZ", "PROT") || onlyInClear(err)
	}},
	{4, "login refused", func(err error) bool {
		return refusal(err, "USER", "PASS", "ACCT") || errors.Is(err, client.ErrAccount) || errors.As(err, new(*client.ChallengeError)) ||
			errors.Is(err, errNoPassword) || errors.Is(err, client.ErrNotLoggedIn) || errors.Is(err, client.ErrCleared)
	}},
	{8, "incomplete, or failed verification", anyOf[*client.IncompleteError, *transfer.VerifyError]},
	{8, "incomplete, or failed verification", anyOf[*transfer.MismatchError, *manifestError]},
	{8, "incomplete, or failed verification", anyOf[*transfer.LimitError, *transfer.ChangedError]},
	{8, "incomplete, or failed verification", isBroken},
	{3, "cannot connect", func(err error) bool {
		return errors.Is(err, errNotConnected) || anyOf[*client.ConnectError, *net.DNSError](err) || refusal(err, "")
	}},
	{9, "time limit", func(err error) bool {
		return anyOf[*client.TimeoutError, *transfer.SlowError](err) || errors.Is(err, context.DeadlineExceeded)
	}},
	{6, "refused by the server", anyOf[*client.Error, *client.GoneError]},
	{7, "local file", func(err error) bool {
		return anyOf[*fs.PathError, *os.LinkError](err) || errors.As(err, new(*private.Error)) || anyOf[*localError, syscall.Errno](err) && !anyOf[*client.LostError, *exec.Error](err)
	}},
	{3, "cannot connect", func(err error) bool {
		return anyOf[*client.LostError, *client.NoDataError](err) || anyOf[*client.ProtocolError, *client.ProtocolError](err) && !client.Unreadable(err)
	}},
	{6, "refused by the server", anyOf[*client.FXPError, *client.NoFXPError]},
}

// Status returns the exit status that an error means; 0 for nil, 1 for a
// failure that has no status of its own.
func Status(err error) int {
	if err == nil || errors.Is(err, errAway) {
		return 0
	}
	for _, row := range statuses {
		if row.is(err) {
			return row.Status
		}
	}
	return 1
}

// isBroken reports whether a transfer was given up in the middle by the server.
func isBroken(err error) bool {
	var no *client.Error
	return errors.As(err, &no) && no.Broken()
}

// isBrokenOutput reports whether standard output was closed by who read it, as
// head does. The status is that of a program that the signal ends.
func isBrokenOutput(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file) && file.Path == "/dev/stdout" && syserror.PipeClosed(err)
}

func anyOf[A, B error](err error) bool {
	var a A
	var b B
	return errors.As(err, &a) || errors.As(err, &b)
}

// refusal reports whether the server said no to one of the verbs.
func refusal(err error, to ...string) bool {
	no := client.Refusal(err)
	return no != nil && slices.Contains(to, no.Verb)
}

func isExpired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

func wantsCertificate(err error) bool {
	var failed *client.TLSError
	return errors.As(err, &failed) && failed.NoCertificate
}

// nameError says which name an error is about.
type nameError struct {
	name string
	err  error
}

func (e *nameError) Error() string { return render.Safe(e.name) + ": " + e.err.Error() } // on one line
func (e *nameError) Unwrap() error { return e.err }

// inWords is what an error says. The system call that failed on a local file is nobody's business.
func inWords(err error) string {
	var file *fs.PathError
	if !errors.As(err, &file) {
		return err.Error()
	}
	return strings.Replace(err.Error(), file.Error(), file.Path+": "+file.Err.Error(), 1)
}
