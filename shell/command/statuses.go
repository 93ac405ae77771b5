package command

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"syscall"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/ignore"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treesync"
	"github.com/ftpsh/ftpsh/client/treewatch"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/client/unpack"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Statuses are what the program exits with (the first row that fits).
var Statuses = []struct {
	Status int
	Says   string
	is     func(error) bool
}{
	{141, "nobody reads standard output any more", isBrokenOutput},
	{130, "interrupted", func(err error) bool { return errors.Is(err, failure.ErrInterrupted) }},
	{2, "wrong usage", failure.AnyOf[*failure.UsageError, *syntax.Error]},
	{2, "wrong usage", failure.Is[*tx.UnfitError]},
	{10, "what is there is not as it was; there is something left to do", failure.AnyOf[*LeftError, *plan.StaleError]},
	{10, "what is there is not as it was; there is something left to do", failure.AnyOf[*treesync.StopError, *treesync.UnseenError]},
	{10, "what is there is not as it was; there is something left to do", failure.AnyOf[*tx.StaleError, *tx.LockedError]},
	{8, "incomplete, or failed verification", failure.AnyOf[*tx.RefusedError, *tx.BrokenError]},
	{5, "TLS or certificate", func(err error) bool {
		return errors.Is(err, failure.ErrDowngrade) || errors.Is(err, failure.ErrNoTLS) || errors.Is(err, errTLSVersions) || failure.AnyOf[*client.TLSError, *client.CertificateError](err) || failure.Refused(err, "AUTH", "PBSZ", "PROT") || onlyInClear(err)
	}},
	{4, "login refused", func(err error) bool {
		return failure.Refused(err, "USER", "PASS", "ACCT") || errors.Is(err, client.ErrAccount) || errors.As(err, new(*client.ChallengeError)) ||
			errors.Is(err, failure.ErrNoPassword) || httpStatus(err) == 401 || httpStatus(err) == 407 || errors.Is(err, client.ErrNotLoggedIn) || errors.Is(err, client.ErrCleared)
	}},
	{8, "incomplete, or failed verification", failure.AnyOf[*client.IncompleteError, *transfer.VerifyError]},
	{8, "incomplete, or failed verification", failure.Is[*transfer.MovedAwayError]},
	{8, "incomplete, or failed verification", failure.AnyOf[*transfer.MismatchError, *ManifestError]},
	{8, "incomplete, or failed verification", failure.AnyOf[*UnappliedError, *treewatch.WaitingError]},
	{8, "incomplete, or failed verification", failure.AnyOf[*unpack.CutError, *unpack.BombError]},
	{8, "incomplete, or failed verification", failure.AnyOf[*transfer.LimitError, *transfer.ChangedError]},
	{8, "incomplete, or failed verification", isBroken},
	{3, "cannot connect", func(err error) bool {
		return errors.Is(err, failure.ErrNotConnected) || isUnreached(err) || failure.AnyOf[*client.ConnectError, *net.DNSError](err) || failure.Refused(err, "")
	}},
	{9, "time limit", func(err error) bool {
		return failure.AnyOf[*client.TimeoutError, *transfer.SlowError](err) || errors.Is(err, context.DeadlineExceeded)
	}},
	{6, "refused by the server", failure.AnyOf[*client.Error, *client.DirGoneError]},
	{6, "refused by the server", failure.AnyOf[*proxy.StatusError, *NoFTPError]},
	{7, "local file", func(err error) bool {
		return failure.AnyOf[*fs.PathError, *os.LinkError](err) || failure.AnyOf[*localname.NameError, *localname.CollisionError](err) || failure.AnyOf[*private.Error, *jsonl.Error](err) || failure.AnyOf[*ignore.Error, *manifest.LineError](err) || failure.AnyOf[*failure.LocalError, syscall.Errno](err) && !failure.AnyOf[*client.LostError, *exec.Error](err)
	}},
	{3, "cannot connect", func(err error) bool {
		return failure.AnyOf[*client.LostError, *client.NoDataError](err) || failure.Is[*client.ProtocolError](err) && !client.IsMalformed(err)
	}},
	{6, "refused by the server", failure.AnyOf[*client.FXPError, *client.NoFXPError]},
	{6, "refused by the server", failure.Is[*tx.PathError]},
}

// Status returns the exit status that an error means; 0 for nil, 1 for a
// failure that has no status of its own.
func Status(err error) int {
	if err == nil || errors.Is(err, ErrAway) {
		return 0
	}
	for _, row := range Statuses {
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

// httpStatus is what a proxy has answered in place of a file, 0 if nothing.
func httpStatus(err error) int {
	if no, is := failure.As[*proxy.StatusError](err); is {
		return no.Status
	}
	return 0
}

// isUnreached reports whether a proxy was not reached, does not reach the server, or makes no sense.
func isUnreached(err error) bool {
	switch httpStatus(err) {
	case 0:
		return errors.As(err, new(*proxy.Error)) && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded)
	case 502, 503, 504:
		return true
	}
	return false
}

// isBrokenOutput reports whether standard output was closed by who read it, as
// head does. The status is that of a program that the signal ends.
func isBrokenOutput(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file) && file.Path == "/dev/stdout" && syserror.PipeClosed(err)
}

// ErrAway ends a line whose command goes on in the background.
var ErrAway = errors.New("in the background")

// Ended is why a job ended, when somebody ended it.
type Ended string

func (e Ended) Error() string { return string(e) }

// Is says that it was interrupted.
func (e Ended) Is(target error) bool { return target == failure.ErrInterrupted }

// ManifestError is of a list that does not fit; see the statuses.
type ManifestError struct{ Text string }

func (e *ManifestError) Error() string { return e.Text }
