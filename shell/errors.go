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
	"github.com/ftpsh/ftpsh/client/transfer"
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
	{8, "incomplete, or failed verification", anyOf[*transfer.MismatchError, *transfer.MismatchError]},
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
		return anyOf[*fs.PathError, *os.LinkError](err) || anyOf[*localError, syscall.Errno](err) && !anyOf[*client.LostError, *exec.Error](err)
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
	return errors.As(err, &file) && file.Path == "/dev/stdout" && errors.Is(err, syscall.EPIPE)
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

// hints say what to try: the first row that fits is shown below an error.
var hints = []struct {
	is  func(error) bool
	say string
}{
	{func(err error) bool { return errors.Is(err, errNotConnected) }, "`open HOST` connects"},
	{func(err error) bool { return errors.Is(err, client.ErrNotLoggedIn) }, "`user NAME` logs in"},
	{func(err error) bool { return errors.Is(err, errNoPassword) }, "FTPSH_PASSWORD holds it for scripts; at a terminal it is asked for"},
	{anyOf[*client.ChallengeError, *client.ChallengeError], "your generator makes the answer from it; at a terminal ftpsh asks for that"},
	{func(err error) bool { return errors.Is(err, client.ErrAccount) }, "`user NAME PASSWORD ACCOUNT` gives one"},
	{func(err error) bool { return errors.Is(err, errDowngrade) }, "`open --tls=off HOST` goes on in clear, where everybody on the way can read"},
	{func(err error) bool { return refusal(err, "AUTH") }, "`open --tls=off HOST` goes on in clear, where everybody on the way can read"},
	{isGone(func(e *client.GoneError) bool { return e.Dir != "" }), "`cd /DIR` goes elsewhere, `cd` to where the login began"},
	{isGone(func(e *client.GoneError) bool { return e.Command != "" }), "`close` and `open HOST` begin a session without it"},
	{wantsTLS, "the server wants TLS: `open --tls=require HOST`"},
	{anyOf[*client.NoTicketError, *client.NoTicketError], "with TLS 1.3 or tickets the server's demand could be met; `prot clear` moves files without protection"},
	{wantsSession, "the server wants the TLS session of the control connection: `set tls-reuse on`, or `close` and `open` for a fresh one"},
	{func(err error) bool { return refusal(err, "USER", "PASS") }, "`user NAME` tries again"},
	{anyOf[x509.HostnameError, *x509.HostnameError], "`--tls-name NAME` if it is the right server under another name; at a terminal ftpsh asks once"},
	{isExpired, "its owner must renew it; at a terminal ftpsh asks once, `--pin SHA256` takes just this one"},
	{anyOf[*client.CertificateError, *client.CertificateError], "at a terminal ftpsh asks once; `--ca FILE` trusts an authority, `--pin SHA256` this " +
		"certificate, `--insecure` anybody"},
	{func(err error) bool { return refusal(err, "AVBL") && client.IsCode(err, 202, 500, 501, 502, 504) },
		"the server cannot say it; `site help` shows whether it has a command of its own, such as SITE QUOTA"},
	{wantsCertificate, "`--cert FILE --key FILE` shows yours"},
	{isOldTLS, "`set tls-min 1.0` and another `open` take it, and it can be broken by those on the way"},
	{anyOf[*client.TLSError, *client.TLSError], "`trace 2` shows the handshake; a server on port 990 wants `open ftps://HOST`"},
	{anyOf[*client.ExcessError, *client.ExcessError], "`set compare-sizes off`, if it is the size that is wrong"},
	{func(err error) bool { return errors.Is(err, client.ErrTruncated) }, "`set tls-end insecure` takes it from a server that always does so, and whoever is on the way can cut files and listings then"},
	{anyOf[*client.NoDataError, *client.NoDataError], "`passive` changes who connects to whom"},
	{func(err error) bool {
		return refusal(err, "RETR", "SIZE", "MDTM", "MLST", "DELE", "RNFR", "CWD", "MLSD", "RMD") && client.IsCode(err, 550)
	},
		"`ls` shows what is there, `pwd` where you are"},
	{func(err error) bool {
		return refusal(err, "STOR", "APPE", "STOU", "MKD", "RNTO") && client.IsCode(err, 550, 553)
	},
		"`ls -l` shows who may write here, `cd` goes elsewhere"},
	{func(err error) bool {
		return anyOf[*fs.PathError, *os.LinkError](err) && errors.Is(err, fs.ErrNotExist)
	},
		"`lls` shows what is on this computer, `lpwd` where"},
	{anyOf[*transfer.LimitError, *transfer.LimitError], "`set max-depth` and `set max-directories` change how much is looked at"},
	{func(err error) bool { return errors.Is(err, transfer.ErrNothing) }, "`mirror --delete-all` deletes even then"},
	{onlyInClear, "`fxp --clear` lets it; `get` and `put` copy by way of this computer"},
	{anyOf[*client.FXPError, *client.NoFXPError], "`get` and `put` copy by way of this computer"},
	{func(err error) bool { return errors.Is(err, client.ErrCleared) }, "`close` and `open` make a connection with TLS"},
	{isHalfFile, "`reget` goes on with a download, `put -c` with an upload"},
	{anyOf[*client.LostError, *client.TimeoutError], "`why` reads what happened, `doctor` examines the server"},
	{anyOf[*client.ConnectError, *client.ConnectError], "is it the right host and port? `open HOST PORT` tries again"},
}

// isGone reports whether the session could not be made again what it was, and how.
func isGone(how func(*client.GoneError) bool) func(error) bool {
	return func(err error) bool {
		var gone *client.GoneError
		return errors.As(err, &gone) && how(gone)
	}
}

// wantsTLS reports whether a login was refused because it was in clear.
func wantsTLS(err error) bool {
	var no *client.Error
	if !refusal(err, "USER", "PASS") || !errors.As(err, &no) {
		return false
	}
	text := strings.ToUpper(no.Reply.Text())
	return slices.ContainsFunc([]string{"TLS", "SSL", "SECURE", "ENCRYPT"}, func(word string) bool { return strings.Contains(text, word) })
}

// wantsSession reports whether a data connection was refused because it did not
// resume the TLS session (RFC 4217 section 9 has 522 for it, proftpd says 425).
func wantsSession(err error) bool {
	var no *client.Error
	return errors.As(err, &no) && client.MovesData(no.Verb) && (no.Reply.Code == 522 ||
		no.Reply.Code == 425 && strings.Contains(strings.ToLower(no.Reply.Text()), "session"))
}

// isHalfFile reports whether the rest of a file can be fetched or sent.
func isHalfFile(err error) bool {
	var cut *client.IncompleteError
	return errors.As(err, &cut) && !cut.Listing || isBroken(err) && !refusal(err, "LIST", "MLSD", "NLST")
}

// isOldTLS reports whether a handshake failed since the server knows no TLS that
// is new enough.
func isOldTLS(err error) bool {
	return anyOf[*client.TLSError, *client.TLSError](err) && strings.Contains(err.Error(), "protocol version")
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

// hintsFor returns what can be tried after an error: first the names that may
// have been meant, from what is remembered of the directory.
func (sh *Shell) hintsFor(err error) []string {
	var kept *keptError
	if errors.As(err, &kept) {
		return keptHints(kept)
	}
	hints := hintsFor(err)
	var about *nameError
	if sh.session == nil || !errors.As(err, &about) || !client.IsCode(err, 550, 501, 553) {
		return hints
	}
	if there, found, _ := sh.remote.Lookup(sh.session.Dir(), about.name); found {
		if there.Dir && refusal(err, "DELE") {
			return []string{"`rm -r " + syntax.Quote(about.name) + "` deletes a directory with all that is in it, `rmdir` an empty one"}
		}
		return hints
	}
	near := sh.remote.Nearest(sh.session.Dir(), about.name)
	for i := range near {
		near[i] = "`" + syntax.Quote(near[i]) + "`"
	}
	if len(near) == 0 {
		return hints
	}
	return append([]string{"did you mean " + strings.Join(near, " or ")}, hints...)
}

// hintsFor returns what can be tried after an error.
func hintsFor(err error) []string {
	var usage *UsageError
	var stranger *client.StrangerError
	if errors.As(err, &stranger) {
		return []string{"if that is the server's other address: `set active-from " + stranger.Stranger + "`; or `passive on`"}
	}
	if errors.As(err, &usage) {
		if usage.Hint != "" {
			return []string{usage.Hint}
		}
		return nil
	}
	for _, row := range hints {
		if row.is(err) {
			return []string{row.say}
		}
	}
	return nil
}
