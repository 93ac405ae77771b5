package command

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"syscall"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treesync"
	"github.com/ftpsh/ftpsh/client/tx"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// saying is the refusal of a verb in the server's words.
func saying(verb string, code int, text string) error {
	return &client.Error{Verb: verb, Reply: client.Reply{Code: code, Lines: []string{fmt.Sprintf("%d %s", code, text)}}}
}

// TestHints: each cause has its hint, and what nothing helps against has none.
func TestHints(t *testing.T) {
	connect := func(err error) error {
		return &client.ConnectError{Channel: "control connection", Addr: "h:21", Err: err}
	}
	var tried []string
	for _, row := range []struct {
		cause string
		c     cause
		want  string
	}{
		{"a commit that broke off", cause{err: &tx.BrokenError{Err: &client.LostError{}}}, "`tx recover` looks how far it came, and ends it"},
		{"somebody has changed what a transaction is about", cause{err: &tx.StaleError{}}, "look at what they did; `put` or `rm` again takes it as it is now, `rollback` drops all"},
		{"a step of a commit is refused", cause{err: &tx.RefusedError{Err: refused("RNTO", 550)}}, "the changes still wait: `commit` tries again, `rollback` drops them"},
		{"a lock of somebody else", cause{err: &tx.LockedError{}}, "`begin --break-lock` removes it, if they have gone"},
		{"no connection", cause{err: failure.ErrNotConnected}, "`open HOST` connects"},
		{"no login", cause{err: client.ErrNotLoggedIn}, "`user USERNAME` logs in"},
		{"no password", cause{err: failure.About("alice", failure.ErrNoPassword)}, "FTPSH_PASSWORD or --password-stdin holds it for scripts; at a terminal it is asked for"},
		{"a challenge", cause{err: &client.ChallengeError{}}, "your generator makes the answer from it; at a terminal ftpsh asks for that"},
		{"no account", cause{err: client.ErrAccount}, "`user USERNAME PASSWORD ACCOUNT` gives one"},
		{"TLS is gone that was there before", cause{err: failure.ErrDowngrade}, "`open --tls=off HOST` continues in the clear, where anyone in between can read"},
		{"no TLS there, and none wanted", cause{err: refused("AUTH", 502), tlsOff: true}, ""},
		{"no TLS there", cause{err: refused("AUTH", 502)}, "`open --tls=off HOST` continues in the clear, where anyone in between can read"},
		{"a directory that is gone since the connection was lost", cause{err: &client.DirGoneError{Dir: "/pub", Err: refused("CWD", 550)}}, "`cd /DIR` goes elsewhere, `cd` to where the login began"},
		{"a command that cannot be given again", cause{err: &client.DirGoneError{Command: "SITE X", Err: refused("SITE", 550)}}, "`close` and `open HOST` begin a session without it"},
		{"a login in the clear is refused", cause{err: saying("PASS", 530, "Use TLS first")}, "the server wants TLS: `open --tls=require HOST`"},
		{"no ticket", cause{err: &client.NoTicketError{}}, "with TLS 1.3 or tickets the server's demand could be met; `prot clear` moves files without protection"},
		{"data in the clear is refused", cause{err: saying("RETR", 522, "Data connection must be encrypted"), dataInClear: true}, "the server wants data connections under TLS: `prot private`"},
		{
			"another TLS session is refused, and a server is the client",
			cause{err: &client.NoFXPError{Tried: []error{saying("RETR", 425, "Unable to build data connection: Operation not permitted")}}},
			"the server with TLS wants its data connections to resume a session of its own, which no other server has (proftpd: NoSessionReuseRequired); the other way round, or `get` and `put`, may work",
		},
		{"another TLS session is refused, as set", cause{err: saying("RETR", 425, "TLS session of data connection not reused"), noReuse: true}, "the server wants the TLS session of the control connection: `set tls-reuse on`"},
		{"another TLS session is refused", cause{err: saying("RETR", 522, "session reuse required")}, "the server wants the TLS session of the control connection: `close` and `open` make a fresh one"},
		{"the login is refused", cause{err: saying("PASS", 530, "no"), name: "ftp.example.org"}, "`user USERNAME` tries again"},
		{"a certificate that is revoked", cause{err: &client.CertificateError{Err: &client.RevokedError{}}}, "`set tls-crl FILE` names another file, `set tls-crl ''` none"},
		{"a certificate of another name", cause{err: &client.CertificateError{Err: x509.HostnameError{Certificate: &x509.Certificate{}}}}, "`--tls-name NAME` if it is the right server under another name; at a terminal ftpsh asks once"},
		{"a certificate that has expired", cause{err: &client.CertificateError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}}, "its owner must renew it; at a terminal ftpsh asks once, `--pin SHA256` takes just this one"},
		{"a certificate of nobody known", cause{err: &client.CertificateError{Err: x509.UnknownAuthorityError{}}}, "at a terminal ftpsh asks once; `--ca FILE` trusts an authority, `--pin SHA256` this certificate, `--insecure` anyone"},
		{"no AVBL", cause{err: refused("AVBL", 502)}, "the server cannot say it; `site help` shows whether it has a command of its own, such as SITE QUOTA"},
		{"a certificate of ours is wanted", cause{err: &client.TLSError{NoCertificate: true, Err: errors.New("x")}}, "`--cert FILE --key FILE` shows yours"},
		{"TLS that is too old", cause{err: &client.TLSError{Err: errors.New("protocol version not supported")}}, "`set tls-min 1.0` and another `open` take it, and anyone in between can break it"},
		{"TLS that fails", cause{err: &client.TLSError{Err: errors.New("x")}}, "`trace 2` shows the handshake; a server on port 990 wants `open ftps://HOST`"},
		{"too many bytes", cause{err: &client.ExcessError{}}, "`set compare-sizes off`, if it is the size that is wrong"},
		{"an end without close_notify", cause{err: client.ErrTruncated}, "`set tls-end insecure` accepts it from a server that always does so, but then anyone in between can cut files and listings short"},
		{"-s with an address of another computer", cause{err: connect(syscall.EADDRNOTAVAIL), source: true}, "-s takes an address of this computer; without it the system chooses one"},
		{"no IPv6", cause{err: connect(&net.AddrError{Err: "no suitable address"}), onlyIPv6: true}, "-6 and `set family 6` allow IPv6 only; `set family any` takes what there is"},
		{"a proxy that wants a user", cause{err: connect(errors.New("the proxy asks for a user and a password: 407 Proxy Authentication Required"))}, "`set via http://USER:PASSWORD@HOST:PORT` says who you are"},
		{"a proxy that allows no CONNECT", cause{err: connect(errors.New("the proxy refuses: 403 Forbidden"))}, "`set via http+get://HOST:PORT` fetches files by URL, where the proxy speaks FTP itself"},
		{"a login that a proxy was told", cause{err: &proxy.StatusError{Status: 401}}, "`open USERNAME@HOST` asks for the password again"},
		{"a proxy that wants a user, and fetches files", cause{err: &proxy.StatusError{Status: 407}}, "`set via http+get://USER:PASSWORD@HOST:PORT` says who you are"},
		{"a proxy that speaks no FTP", cause{err: &NoFTPError{"http+get h:1"}}, "`set via http://HOST:PORT` goes through it with CONNECT, where it allows that; `get`, `cat`, `put`, `size` and `newer` work as they are"},
		{"a proxy that would give TLS away", cause{err: failure.ErrNoTLS}, "`set via http://HOST:PORT` keeps it, where the proxy allows CONNECT; `open --tls=off HOST` goes in the clear, where anyone in between can read"},
		{"a server that does not get through", cause{err: &client.UnreachedError{Err: connect(errors.New("timed out"))}}, "`passive on` lets this computer connect to the server; `set active-address` names another address of ours"},
		{"no data connection, EPSV and EPRT refused", cause{err: &client.NoDataError{Tried: []error{errors.New("the server does not know EPRT")}}}, "`passive` changes who connects to whom; `epsv4` to the older PASV and PORT"},
		{"no data connection", cause{err: &client.NoDataError{}}, "`passive` changes who connects to whom"},
		{"a directory that is deleted as a file", cause{err: refused("DELE", 550), isDir: true, name: "sub"}, "`rm -r sub` deletes a directory and everything in it, `rmdir sub` an empty one"},
		{"a directory that is fetched as a file", cause{err: &IsDirError{refused("RETR", 550)}, isDir: true, name: "'a b'"}, "`get -r 'a b'` fetches a directory with everything in it"},
		{"a directory that is not empty", cause{err: saying("RMD", 550, "Directory not empty"), name: "sub"}, "`rm -r sub` deletes it with everything in it; `ls -a sub` shows that"},
		{"what is made is there", cause{err: saying("MKD", 550, "File exists")}, ""},
		{"no directory to make one in", cause{err: saying("MKD", 550, "No such file or directory"), name: "a/b"}, "`mkdir -p a/b` makes those on the way, too"},
		{"no directory to write into", cause{err: &NoDirError{"no/such", refused("STOR", 553)}}, "`mkdir -p no/such` makes the directory"},
		{"no such name", cause{err: refused("RETR", 550)}, "`ls` shows what is there, `pwd` where you are"},
		{"not to be written", cause{err: refused("STOR", 553)}, "`ls -l` shows who may write here, `cd` goes elsewhere"},
		{"no such local file", cause{err: &fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}}, "`lls` shows what is on this computer, `lpwd` where"},
		{"a tree without end", cause{err: &transfer.LimitError{}}, "`set max-depth` and `set max-directories` change how much is looked at"},
		{"contents that cannot be compared", cause{err: transfer.ErrNoHashes}, "`--compare size` or `--compare time` need no checksum"},
		{"a side of a sync that looks lost", cause{err: &treesync.StopError{}}, "`sync --max-delete N` deletes that much, `sync --rescan` starts over and deletes nothing"},
		{"nothing to copy", cause{err: transfer.ErrNothing}, "`mirror --delete-all` deletes even then"},
		{"protection between servers", cause{err: &client.FXPError{InClear: true}}, "`fxp --clear` lets it; `get` and `put` copy through this computer"},
		{"servers that do not talk to each other", cause{err: &client.NoFXPError{}}, "`get` and `put` copy through this computer"},
		{"TLS that was ended", cause{err: client.ErrCleared}, "`close` and `open` make a connection with TLS"},
		{"half a file", cause{err: &client.IncompleteError{}}, "`reget` resumes a download, `put -c` an upload"},
		{"a connection that is gone", cause{err: &client.LostError{}}, "`why` reads what happened, `doctor` examines the server"},
		{"a command in place of a host", cause{err: connect(errors.New("no such host")), isCommand: true}, "`ftpsh -c COMMAND` runs a command, `ftpsh --help` shows the options"},
		{"data at the address that the server names", cause{err: &client.ConnectError{Channel: "data connection", Err: syscall.ECONNREFUSED}, namedByServer: true}, "`set pasv-address peer` goes to the address of the control connection"},
		{"a data connection that nobody takes", cause{err: &client.ConnectError{Channel: "data connection", Err: syscall.ECONNREFUSED}}, "`passive` lets the server connect to us; `doctor` examines both ways"},
		{"no server", cause{err: connect(syscall.ECONNREFUSED)}, "is it the right host and port? `open HOST PORT` tries again"},
	} {
		t.Run(row.cause, func(t *testing.T) {
			c := (*Shell)(nil).causeOf(row.c.err)
			row.c.verb, row.c.code, row.c.text = c.verb, c.code, c.text
			if got := row.c.hint(); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
		tried = append(tried, row.cause)
	}
	for _, row := range hints {
		if !slices.Contains(tried, row.cause) {
			t.Errorf("%s: this cause has no test", row.cause)
		}
	}
}
