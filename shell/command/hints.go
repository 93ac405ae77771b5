package command

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treesync"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// A cause is all that a hint may depend on: the error, the server's refusal in
// it, the name that it is about, and how things stand here.
type cause struct {
	err  error
	verb string // that was refused, "" for none
	code int
	text string // of the refusal, in small letters
	name string // what the error is about, quoted as it would be typed

	connected   bool
	protected   bool // TLS on the control connection
	dataInClear bool
	tlsOff      bool // no TLS is wanted
	source      bool // -s was given
	trashes     bool // what is deleted goes to the trash
	isDir       bool // name is a directory of the server, as far as is known
	known       bool // name is on the server, as far as is known
	isCommand   bool // the host that was not found has the name of a command
	batch       bool // nobody is there to be asked
	set         settings.Settings
}

// causeOf takes an error apart.
func (sh *Shell) causeOf(err error) cause {
	c := cause{err: err, set: settings.Default(false)}
	if no, is := failure.As[*client.Error](err); is {
		c.verb, c.code, c.text = no.Verb, no.Reply.Code, strings.ToLower(no.Reply.Text())
	}
	about, named := failure.As[*failure.NameError](err)
	if named {
		c.name = syntax.Quote(about.Name)
	}
	if sh == nil {
		return c
	}
	c.set, c.batch, c.source = sh.Settings, !sh.Interactive(), sh.Options.Connect.Source != nil
	c.tlsOff, c.trashes = security(sh, sh.Address) == "off", Trashes(sh)
	if nowhere, is := failure.As[*client.ConnectError](err); is {
		host, _, _ := net.SplitHostPort(nowhere.Addr)
		c.isCommand = sh.Catalog.Has(host)
	}
	if sh.Session != nil {
		control, data := sh.Session.Protected()
		c.connected, c.protected, c.dataInClear = true, control, control && !data
		if named {
			there, found, _ := sh.Remote.Lookup(sh.Session.Dir(), about.Name)
			c.isDir, c.known = there.Dir, found
		}
	}
	c.isDir = c.isDir || diagnosed(IsDir)(c)
	return c
}

// refused reports whether the server said no to one of the verbs.
func (c cause) refused(verbs ...string) bool { return slices.Contains(verbs, c.verb) && c.code != 0 }

// has reports whether the refusal has one of the codes.
func (c cause) has(codes ...int) bool { return slices.Contains(codes, c.code) }

// says reports whether one of the words is in the refusal.
func (c cause) says(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(c.text, word) })
}

// moves reports whether a verb was refused that needs a data connection.
func (c cause) moves() bool { return c.code != 0 && client.MovesData(c.verb) }

// missing reports whether the server says that the name does not exist.
func (c cause) missing() bool {
	no, is := failure.As[*client.Error](c.err)
	return is && no.Missing()
}

// denied reports whether the server says that the user may not do it.
func (c cause) denied() bool {
	return c.has(550, 553, 532, 451, 450, 500, 502) && c.says("permission", "privilege", "not permitted", "denied", "forbidden", "not allowed", "read-only", "read only")
}

// dirInstead reports whether the server says that the name is a directory.
func (c cause) dirInstead() bool {
	return c.isDir || c.says("is a directory", "regular file", "plain file")
}

// SaysWhy reports whether the words of a refusal say what is wrong with the name.
func SaysWhy(err error) bool {
	c := (*Shell)(nil).causeOf(err)
	if c.denied() || c.dirInstead() {
		return true
	}
	return !c.refused("STOR", "APPE", "STOU", "RNTO") && (c.missing() || c.says("exist", "not empty"))
}

// A Diagnosis is what is known of a failure beside its words.
type Diagnosis int

// The diagnoses; Of says which directory, or where the password was kept.
const (
	IsDir        Diagnosis = iota // it is a directory that was to be moved as a file
	Emptied                       // all that a listing shows of the directory is deleted
	NoDir                         // the directory to write into is not there
	NoLocalDir                    // the same on this computer
	keptPassword                  // nobody typed the password that was refused
	askedAgain                    // the next thing is the question for another password
)

// DiagnosedError is a failure of which more is known than it says, for its hint.
type DiagnosedError struct {
	Is  Diagnosis
	Of  string
	Err error
}

func (e *DiagnosedError) Error() string { return e.Err.Error() }
func (e *DiagnosedError) Unwrap() error { return e.Err }

// A hint is what to try after an error of one cause: the first row that fits is
// shown. NAME in it is the name that the error is about.
type hint struct {
	cause string // in words, for the test and those who read this
	is    func(cause) bool
	say   string // "": nothing helps, and nothing is said
}

func isError[T error](c cause) bool { return failure.AnyOf[T, T](c.err) }

// thatIs is for errors of a type of which something holds.
func thatIs[T error](holds func(T) bool) func(cause) bool {
	return func(c cause) bool {
		e, is := failure.As[T](c.err)
		return is && holds(e)
	}
}

func diagnosed(is Diagnosis) func(cause) bool {
	return thatIs(func(e *DiagnosedError) bool { return e.Is == is })
}

func isThe(err error) func(cause) bool {
	return func(c cause) bool { return errors.Is(c.err, err) }
}

var hints = []hint{
	{"no connection", isThe(failure.ErrNotConnected), "`open HOST` connects"},
	{"no login", isThe(client.ErrNotLoggedIn), "`user USERNAME` logs in"},
	{"no password", isThe(failure.ErrNoPassword), "FTPSH_PASSWORD or --password-stdin holds it for scripts; at a terminal it is asked for"},
	{"a challenge", isError[*client.ChallengeError], "your generator makes the answer from it; at a terminal ftpsh asks for it"},
	{"no account", isThe(client.ErrAccount), "`user USERNAME PASSWORD ACCOUNT` gives one"},
	{"TLS is gone that was there before", isThe(failure.ErrDowngrade), "`open --tls=off HOST` continues in the clear, where anyone in between can read"},
	{"a commit that has no way back", isError[*tx.PartlyError], "`tx recover --forward` continues, once the server lets it; the uploads still wait"},
	{"a commit that broke off", isError[*tx.BrokenError], "`tx recover` looks how far it came, and ends it"},
	{"somebody has changed what a transaction is about", isError[*tx.StaleError], "look at what they did; `put` or `rm` again takes it as it is now, `rollback` drops all"},
	{"a plan that no longer fits", isError[*plan.StaleError], "`plan -o FILE COMMAND` makes a new one; `plan show FILE` shows of which command"},
	{"a step of a commit is refused", isError[*tx.RefusedError], "the changes still wait: `commit` tries again, `rollback` drops them"},
	{"a lock of somebody else", isError[*tx.LockedError], "`begin --break-lock` removes it, if its owner is gone"},
	{"no TLS there, and none wanted", func(c cause) bool { return c.refused("AUTH") && c.tlsOff }, ""},
	{"no TLS there", func(c cause) bool { return c.refused("AUTH") }, "`open --tls=off HOST` continues in the clear, where anyone in between can read"},
	{"a directory that is gone since the connection was lost", thatIs(func(e *client.DirGoneError) bool { return e.Dir != "" }), "`cd /DIR` goes elsewhere, `cd` to where the login began"},
	{"a command that cannot be given again", thatIs(func(e *client.DirGoneError) bool { return e.Command != "" }), "`close` and `open HOST` begin a session without it"},
	{"a login in the clear is refused", func(c cause) bool { return wantsTLS(c.err) }, "the server wants TLS: `open --tls=require HOST`"},
	{"no ticket", isError[*client.NoTicketError], "TLS 1.3 or session tickets on the server would allow it; `prot clear` moves files without protection"},
	{"data in the clear is refused", func(c cause) bool {
		return c.dataInClear && (c.moves() && c.has(521, 522) || c.has(534, 536))
	}, "the server wants data connections under TLS: `prot private`"},
	{"another TLS session is refused, and a server is the client", func(c cause) bool {
		return failure.AnyOf[*client.FXPError, *client.NoFXPError](c.err) && (wantsSession(c) || c.has(425) && c.says("operation not permitted"))
	}, "the server with TLS wants its data connections to resume a session of its own, " +
		"which no other server has (proftpd: NoSessionReuseRequired); the other way round, or `get` and `put`, may work"},
	{
		"another TLS session is refused, as set", func(c cause) bool { return wantsSession(c) && !c.set.TLSReuse },
		"the server wants the TLS session of the control connection: `set tls-reuse on`",
	},
	{"another TLS session is refused", wantsSession, "the server wants the TLS session of the control connection: `close` and `open` make a fresh one"},
	{"the server is full", func(c cause) bool {
		return c.refused("", "USER", "PASS") && (c.code == 421 || c.says("too many", "maximum", "limit"))
	}, "the server accepts no more users right now: try again later"},
	{"the login is refused with a password that was kept", diagnosed(keptPassword), "the password came from SOURCE"},
	{"the login is refused, and the password is asked for again", diagnosed(askedAgain), ""},
	{"the login is refused in a script", func(c cause) bool { return c.refused("USER", "PASS") && c.batch }, "`ftpsh USER@HOST` names the user; FTPSH_PASSWORD, --password-stdin or .netrc holds the password"},
	{"the login is refused, and the connection is gone", func(c cause) bool { return c.refused("USER", "PASS") && !c.connected }, "`open USER@HOST` tries again"},
	{"the login is refused", func(c cause) bool { return c.refused("USER", "PASS") }, "`user USERNAME` tries again"},
	{"a certificate that is revoked", isError[*client.RevokedError], "`set tls-crl FILE` names another file, `set tls-crl ''` none"},
	{"a certificate of another name", isError[x509.HostnameError], "`--tls-name NAME` if it is the right server under another name; at a terminal ftpsh asks once"},
	{"a certificate that has expired", thatIs(func(e x509.CertificateInvalidError) bool { return e.Reason == x509.Expired }), "its owner must renew it; at a terminal ftpsh asks once, `--pin SHA256` takes just this one"},
	{"a certificate of nobody known", isError[*client.CertificateError], "at a terminal ftpsh asks once; `--ca FILE` trusts an authority, `--pin SHA256` this " +
		"certificate, `--insecure` anyone"},
	{
		"no AVBL", func(c cause) bool { return c.refused("AVBL") && c.has(202, 500, 501, 502, 504) },
		"the server cannot tell; `site help` shows whether it has a command of its own, such as SITE QUOTA",
	},
	{"a certificate of ours is wanted", thatIs(func(e *client.TLSError) bool { return e.NoCertificate }), "`--cert FILE --key FILE` sends yours"},
	{"TLS that is too old", func(c cause) bool { return isOldTLS(c.err) }, "`set tls-min 1.0` and another `open` take it, and anyone in between can break it"},
	{"no TLS where it was to begin with", func(c cause) bool {
		return onTLS(c) && failure.Is[tls.RecordHeaderError](c.err)
	}, "`open ftp://HOST` asks for TLS once connected, as most servers want it"},
	{"no version of TLS is left", isThe(errTLSVersions), "`set tls-min` and `set tls-max` show both"},
	{"TLS that fails", isError[*client.TLSError], "`trace 2` shows the handshake"},
	{"too many bytes", isError[*client.ExcessError], "`set compare-sizes off`, if it is the size that is wrong"},
	{"an end without close_notify", isThe(client.ErrTruncated), "`set tls-end insecure` accepts it from a server that always does so, but then anyone in between can cut files and listings short"},
	{
		"-s with an address of another computer", func(c cause) bool { return c.source && syserror.NotOurs(c.err) },
		"-s takes an address of this computer; without it the system chooses one",
	},
	{"no IPv6", func(c cause) bool {
		return c.set.Family == "6" && isError[*client.ConnectError](c) && !syserror.Refused(c.err)
	}, "-6 and `set family 6` allow IPv6 only; `set family any` takes what there is"},
	{
		"a proxy that is not there", func(c cause) bool {
			var through interface{ Through() string }
			return errors.As(c.err, &through) && strings.Contains(c.err.Error(), "the proxy cannot be reached")
		},
		"`set via` shows the proxy, `set via off` goes without one",
	},
	{
		"a proxy that wants a user", func(c cause) bool {
			return isError[*client.ConnectError](c) && strings.Contains(c.err.Error(), ": 407 ")
		},
		"`set via http://USER:PASSWORD@HOST:PORT` says who you are",
	},
	{"a login that a proxy was told", func(c cause) bool { return httpStatus(c.err) == 401 }, "`open USERNAME@HOST` asks for the password again"},
	{"a proxy that wants a user, and fetches files", func(c cause) bool { return httpStatus(c.err) == 407 }, "`set via http+get://USER:PASSWORD@HOST:PORT` says who you are"},
	{"a proxy that speaks no FTP", isError[*NoFTPError], "`set via http://HOST:PORT` goes through it with CONNECT, where it allows that; `get`, `cat`, `put`, `size` and `newer` work as they are"},
	{"a proxy that would give TLS away", isThe(failure.ErrNoTLS), "`set via http://HOST:PORT` keeps it, where the proxy allows CONNECT; `open --tls=off HOST` goes in the clear, where anyone in between can read"},
	{
		"a proxy that allows no CONNECT", func(c cause) bool {
			return isError[*client.ConnectError](c) && strings.Contains(c.err.Error(), "the proxy refuses: 4")
		},
		"`set via http+get://HOST:PORT` fetches files by URL, where the proxy speaks FTP itself",
	},
	{
		"no data connection either way", func(c cause) bool { return atData(c) && isError[*client.UnreachedError](c) },
		"`doctor` examines both ways",
	},
	{
		"a server that does not get through", isError[*client.UnreachedError],
		"`passive on` lets this computer connect to the server; `set active-address` names another address of ours",
	},
	{
		"data at the address that the server names", func(c cause) bool { return atData(c) && c.set.PasvAddress == "server" },
		"`set pasv-address peer` goes to the address of the control connection",
	},
	{"no data connection, EPSV and EPRT refused", func(c cause) bool {
		return isError[*client.NoDataError](c) && c.set.EPSV4 && (strings.Contains(c.err.Error(), "EPSV") || strings.Contains(c.err.Error(), "EPRT"))
	}, "`passive` changes who connects to whom; `epsv4` to the older PASV and PORT"},
	{"no data connection", isError[*client.NoDataError], "`passive` changes who connects to whom"},
	{
		"a directory that is deleted as a file", func(c cause) bool { return c.refused("DELE") && (c.dirInstead() || c.says("not empty")) },
		"`rm -r NAME` deletes a directory and everything in it, `rmdir NAME` an empty one",
	},
	{"a directory that is fetched as a file", func(c cause) bool { return c.refused("RETR") && c.dirInstead() }, "`get -r NAME` fetches a directory with everything in it"},
	{"a directory in place of the new name", func(c cause) bool {
		return c.refused("STOR", "APPE", "RNTO") && c.dirInstead()
	}, "that is a directory; end its name with a slash to put the file in it"},
	{"a directory that rm -r does not get rid of", func(c cause) bool { return c.refused("RMD") && diagnosed(Emptied)(c) }, "`ls -a NAME` shows what is left in it"},
	{
		"a directory that is not empty", func(c cause) bool { return c.refused("RMD") && c.says("not empty", "non-empty", "nonempty") },
		"`rm -r NAME` deletes it with everything in it; `ls -a NAME` shows that",
	},
	{"a file where a directory should be", func(c cause) bool {
		return c.refused("CWD", "RMD") && (c.says("not a directory") || c.known && !c.isDir)
	}, "it is a file: `cat NAME` shows it, `get NAME` fetches it, `rm NAME` deletes it"},
	{"no room, with a trash", func(c cause) bool { return c.has(452, 552) && c.trashes }, "`trash` shows what the trash holds, `trash empty --older 0` frees it"},
	{"what is made is there", func(c cause) bool { return c.refused("MKD") && (c.isDir || c.says("exist") && !c.missing()) }, ""},
	{"no directory to make one in", func(c cause) bool {
		return c.refused("MKD") && (c.missing() || diagnosed(NoDir)(c))
	}, "`mkdir -p NAME` makes those on the way, too"},
	{"no directory to write into", diagnosed(NoDir), "`mkdir -p DIR` makes the directory"},
	{"what the user may not read", func(c cause) bool { return c.refused("RETR", "CWD", "MLSD", "LIST", "NLST") && c.denied() }, "`ls -l` shows who may read it"},
	{"what the user may not change", func(c cause) bool {
		return c.refused("DELE", "RMD", "RNFR", "SITE", "MFMT", "MFF") && c.denied()
	}, "`ls -l` shows who may change it, `user USERNAME` logs in as somebody else"},
	{"no room on the server", func(c cause) bool { return c.has(552, 452) }, "the server has no more room for you; `du` shows what takes it"},
	{
		"a directory that is not removed, and nobody says why", func(c cause) bool { return c.refused("RMD") && c.has(550) && !c.missing() },
		"`rm -r NAME` deletes a directory that is not empty; `ls -a NAME` shows what is in it",
	},
	{"no such name", func(c cause) bool {
		return c.refused("RETR", "SIZE", "MDTM", "MLST", "DELE", "RNFR", "CWD", "MLSD", "RMD") && c.has(550) || c.has(550, 450) && c.missing()
	}, "`ls` shows what is there, `pwd` where you are"},
	{
		"not to be written", func(c cause) bool { return c.refused("STOR", "APPE", "STOU", "MKD", "RNTO") && c.has(550, 553) },
		"`ls -l` shows who may write here, `cd` goes elsewhere",
	},
	{"a command of the server that it does not have", func(c cause) bool { return c.refused("SITE") && c.has(500, 501, 502, 504) }, "`site help` shows which ones the server has"},
	{"no local directory to write into", diagnosed(NoLocalDir), "`lmkdir -p DIR` makes the directory"},
	{"a local directory that is sent as a file", func(c cause) bool {
		return failure.Is[*fs.PathError](c.err) && errors.Is(c.err, transfer.ErrDirectory)
	}, "`put -r PATH` sends a directory with everything in it"},
	{"no such local file", func(c cause) bool {
		return failure.AnyOf[*fs.PathError, *os.LinkError](c.err) && errors.Is(c.err, fs.ErrNotExist)
	}, "`lls` shows what is on this computer, `lpwd` where"},
	{"a side of a sync that is gone", thatIs(func(e *treesync.StopError) bool { return e.Gone }), "`sync --rescan` starts over and deletes nothing"},
	{"a side of a sync that looks lost", isError[*treesync.StopError], "`sync --max-delete N` deletes that much, `sync --rescan` starts over and deletes nothing"},
	{"a tree without end", isError[*transfer.LimitError], "`set max-depth` and `set max-directories` change how much is looked at"},
	{"contents that cannot be compared", isThe(transfer.ErrNoHashes), "`--compare size` or `--compare time` need no checksum"},
	{"nothing to copy", isThe(transfer.ErrNothing), "`mirror --delete-all` deletes even then"},
	{"protection between servers", func(c cause) bool { return onlyInClear(c.err) }, "`fxp --clear` allows it; `get` and `put` copy through this computer"},
	{"servers that do not talk to each other", func(c cause) bool { return failure.AnyOf[*client.FXPError, *client.NoFXPError](c.err) }, "`get` and `put` copy through this computer"},
	{"TLS that was ended", isThe(client.ErrCleared), "`close` and `open` make a connection with TLS"},
	{"half a file", func(c cause) bool { return isHalfFile(c.err) }, "`reget` resumes a download, `put -c` an upload"},
	{"a server that says nothing", thatIs(func(e *client.TimeoutError) bool { return strings.Contains(e.Waiting, "greeting") }), "it may want TLS at once: `open ftps://HOST:PORT`"},
	{"a connection that is gone", func(c cause) bool { return failure.AnyOf[*client.LostError, *client.TimeoutError](c.err) }, "`why` reads what happened, `doctor` examines the server"},
	{"data connections that come too fast", func(c cause) bool { return c.code == 425 && c.says("too many", "too fast") }, "`set pace 1/s` begins transfers and listings apart"},
	{"a data connection that the server does not make", func(c cause) bool { return c.code == 425 }, "`passive` changes who connects to whom; `doctor` examines both ways"},
	{"a command in place of a host", func(c cause) bool { return c.isCommand }, "`ftpsh -c COMMAND` runs a command, `ftpsh --help` shows the options"},
	{"a data connection that nobody takes", atData, "`passive` lets the server connect to us; `doctor` examines both ways"},
	{"no server", isError[*client.ConnectError], "is it the right host and port? `open HOST PORT` tries again"},
}

// onTLS reports whether it is TLS of the control connection that failed, atData whether a data connection was not made.
var (
	onTLS  = thatIs(func(e *client.TLSError) bool { return e.Channel == "control connection" })
	atData = thatIs(func(e *client.ConnectError) bool { return e.Channel == "data connection" })
)

// hint is what can be tried after an error, "" for nothing.
func (c cause) hint() string {
	for _, row := range hints {
		if row.is(c) {
			return c.fill(row.say)
		}
	}
	return ""
}

// fill puts the name and the directory into a hint.
func (c cause) fill(say string) string {
	var found *DiagnosedError
	var local *fs.PathError
	switch {
	case errors.As(c.err, &found) && found.Is == keptPassword:
		say = strings.ReplaceAll(say, "SOURCE", found.Of)
	case errors.As(c.err, &found):
		say = strings.ReplaceAll(say, "DIR`", syntax.Quote(found.Of)+"`")
	case errors.As(c.err, &local):
		say = strings.ReplaceAll(say, "PATH`", syntax.Quote(local.Path)+"`")
	}
	if c.name == "" {
		return say
	}
	return strings.ReplaceAll(say, " NAME`", " "+c.name+"`")
}

// hintsFor returns what can be tried after an error: first the names that may
// have been meant, from what is remembered of the directory.
func (sh *Shell) hintsFor(err error) []string {
	if kept, is := failure.As[*KeptError](err); is {
		return keptHints(kept)
	}
	if stranger, is := failure.As[*client.StrangerError](err); is {
		return []string{"if that is the server's other address: `set active-from " + stranger.Stranger + "`; or `passive on`"}
	}
	if usage, is := failure.As[*failure.UsageError](err); is && usage.Hint != "" {
		return []string{usage.Hint}
	} else if is {
		return nil
	}
	c := sh.causeOf(err)
	var all []string
	if say := c.hint(); say != "" {
		all = append(all, say)
	}
	about, named := failure.As[*failure.NameError](err)
	if sh == nil || sh.Session == nil || c.known || !named || !client.IsCode(err, 550, 501, 553) || c.refused("MKD", "STOR", "APPE") {
		return all
	}
	near := sh.Remote.Nearest(sh.Session.Dir(), about.Name)
	for i := range near {
		near[i] = syntax.Quote(near[i])
	}
	if len(near) > 0 {
		all = append([]string{failure.DidYouMean("", near)}, all...)
	}
	return all
}

// explained is a hint for the name of a command that is none but can be
// explained: a code, a verb, a word of the trade.
func explained(name string) string {
	if _, known := teach.Explain(name, teach.Here{}); known {
		return "`explain " + name + "` says what it is"
	}
	return ""
}

// ParentOf is the directory of a remote name, "" for the current one.
func ParentOf(name string) string {
	dir, _ := path.Split(name)
	return strings.TrimSuffix(dir, "/")
}

// wantsTLS reports whether a login was refused because it was in the clear.
func wantsTLS(err error) bool {
	no, is := failure.As[*client.Error](err)
	if !is || !failure.Refused(err, "USER", "PASS") {
		return false
	}
	text := strings.ToUpper(no.Reply.Text())
	return slices.ContainsFunc([]string{"TLS", "SSL", "SECURE", "ENCRYPT"}, func(word string) bool { return strings.Contains(text, word) })
}

// wantsSession reports whether a data connection was refused because it did not
// resume the TLS session (RFC 4217 section 9 has 522 for it, proftpd says 425 and "Operation not permitted").
func wantsSession(c cause) bool {
	return c.moves() && (c.code == 522 || c.code == 425 && (c.says("session") || !c.set.TLSReuse && c.says("operation not permitted")))
}

// isHalfFile reports whether the rest of a file can be fetched or sent.
func isHalfFile(err error) bool {
	var cut *client.IncompleteError
	return errors.As(err, &cut) && !cut.Listing || isBroken(err) && !failure.Refused(err, "LIST", "MLSD", "NLST")
}

// isOldTLS reports whether a handshake failed since the server knows no TLS that
// is new enough.
func isOldTLS(err error) bool {
	return failure.Is[*client.TLSError](err) && strings.Contains(err.Error(), "protocol version")
}

// IsURL reports whether a word is a URL and not a path.
func IsURL(text string) bool { return strings.Contains(text, "://") }

// onlyInClear reports whether a copy was refused because it would travel in
// clear.
func onlyInClear(err error) bool {
	no, is := failure.As[*client.FXPError](err)
	return is && no.InClear
}
