package command_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
)

// A madeCause is a cause as a user meets it: lines that are typed, on a server.
type madeCause struct {
	cause  string            // a row of the table of hints
	lines  string            // what is typed; $URL is the server, with user and password
	want   string            // the last hint, "" for none
	opt    *practice.Options // of the practice server
	faults []practice.Fault  // of it
	script string            // a server that is played
	goes   string            // the command at which the practice server goes away
	real   string            // the flavour of a real server, and what it is like
	with   func(*command.Options)

	daemon *daemon.Server // that is real
}

// login is one at a server without extensions; logged is that and what the shell asks next, listed an ls behind it.
const (
	login  = "S: 220 ready\nC: USER alice\nS: 331 password\nC: PASS secret\n"
	listed = logged + "C: EPSV\nS: 229 ok (|||$PORT|)\nC: LIST\nS: 150 go\nD: -rw-r--r-- 1 a a 5 Jan 1 2020 a.txt\nS: 226 done\n"
	logged = login + "S: 230 in\nC: FEAT\nS: 502 no\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX\n"
)

// TestHintsByTheirCauses: each row of the table of hints is what a user sees when its cause comes up.
func TestHintsByTheirCauses(t *testing.T) {
	flavours := map[string][]madeCause{}
	for _, row := range causes {
		flavours[row.real] = append(flavours[row.real], row)
	}
	for flavour, rows := range flavours {
		t.Run(flavour, func(t *testing.T) {
			var real *daemon.Server
			if flavour != "" {
				real = start(t, flavour)
			}
			for _, row := range rows {
				row.daemon = real
				t.Run(row.cause, func(t *testing.T) {
					if got, said := row.hint(t); got != row.want {
						t.Errorf("got  %q\nwant %q\n%s", got, row.want, said)
					}
				})
			}
		})
	}
	for _, cause := range command.Causes() {
		if strings.HasPrefix(cause, "the login is refused") {
			continue // some of them at a terminal: TestWrongPassword of cmd/ftpsh
		}
		if !slices.ContainsFunc(causes, func(row madeCause) bool { return row.cause == cause }) {
			t.Errorf("%s: nothing causes this", cause)
		}
	}
}

// hint is the last one that a new shell prints.
func (row madeCause) hint(t *testing.T) (hint, said string) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("up.txt", []byte("up\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	opt := command.Options{StateDir: t.TempDir(), Console: console.Options{In: strings.NewReader(""), Out: &out, Err: &out}}
	where := row.server(t, &opt)
	if row.with != nil {
		row.with(&opt)
	}
	sh, err := shell.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close(sh)
	lines := strings.NewReplacer("$URL", where, "$PROXY401", refusingProxy(t, 401), "$PROXY403", refusingProxy(t, 403), "$PROXY407", refusingProxy(t, 407), "$ADDR", where[strings.LastIndex(where, "@")+1:]).Replace(row.lines)
	limit := "500ms"
	if row.daemon != nil { // it answers, on a busy machine later
		limit = "10s"
	}
	for line := range strings.SplitSeq("set retries 0; set timeout "+limit+"; "+lines, "; ") {
		if line == "@" { // somebody else is at work
			other := command.Options{StateDir: t.TempDir(), Console: console.Options{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}}
			second, err := shell.New(other)
			if err != nil {
				t.Fatal(err)
			}
			second.Do(command.Line{Text: "open " + where + "; append up.txt full/b.txt"})
			shell.Close(second)
			continue
		}
		sh.Do(command.Line{Text: line})
	}
	for line := range strings.Lines(out.String()) {
		if text, found := strings.CutPrefix(strings.TrimSpace(line), "hint: "); found && !strings.HasPrefix(text, "the session with ") {
			hint = text
		}
	}
	return hint, out.String()
}

// server starts the server of a row, and says where it is.
func (row madeCause) server(t *testing.T, opt *command.Options) string {
	switch {
	case row.script != "":
		played, err := practice.Script(row.script)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { played.Close(); t.Log(played.Wait()) })
		return "ftp://alice:secret@" + played.Addr() + "/"
	case row.daemon != nil:
		if row.daemon.TLS {
			opt.Connect.TLS = row.daemon.TLSConfig()
		}
		row.daemon.Put("full/b.txt", []byte("b\n"))
		row.daemon.Put("a.txt", []byte("some text\n"))
		return (&url.URL{Scheme: "ftp", User: url.UserPassword(row.daemon.User, row.daemon.Password), Host: row.daemon.Addr(), Path: "/"}).String()
	}
	how := practice.Options{}
	if row.opt != nil {
		how = *row.opt
	}
	how.Faults = row.faults
	how.FS = afero.NewMemMapFs()
	for name, text := range map[string]string{"/a.txt": "some text\n", "/full/b.txt": "b\n"} {
		if err := afero.WriteFile(how.FS, name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var server *practice.Server
	how.Tap.Command = func(_ int, line string) (string, string) {
		if row.goes != "" && strings.HasPrefix(line, row.goes) {
			go server.Close()
			return "", ""
		}
		return line, ""
	}
	if row.cause == "too many bytes" {
		if err := afero.WriteFile(how.FS, "/endless", make([]byte, endless), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	opt.Connect.TLS = &tls.Config{RootCAs: server.RootCAs()}
	return (&url.URL{Scheme: "ftp", User: url.UserPassword(practice.User, practice.Password), Host: server.Addr(), Path: "/"}).String()
}

// start starts a real server.
func start(t *testing.T, like string) *daemon.Server {
	flavour, what, _ := strings.Cut(like, " ")
	var o daemon.Options
	switch what {
	case "full":
		o.MaxClients = 1
	case "read-only":
		o.ReadOnly = true
	case "certificate":
		o.ClientCert = true
	case "old":
		o.MaxTLS = "1.2"
	}
	return daemon.Start(t, flavour, o)
}

// refusingProxy is an HTTP proxy that answers everything with a status.
func refusingProxy(t *testing.T, status int) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			http := bufio.NewScanner(conn)
			for http.Scan() && http.Text() != "" {
			}
			fmt.Fprintf(conn, "HTTP/1.1 %d no\r\nContent-Length: 0\r\n\r\n", status)
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

func refuses(verb, reply string) practice.Fault {
	return practice.Fault{Name: "refuse", Verb: verb, Text: reply}
}

var (
	withTLS  = &practice.Options{TLS: practice.Explicit}
	onlyTLS  = &practice.Options{TLS: practice.RequireExplicit}
	resuming = &practice.Options{TLS: practice.Explicit, RequireReuse: true}
)

var causes = []madeCause{
	{cause: "no connection", lines: "ls", want: "`open HOST` connects"},
	{cause: "no login", lines: "open -n $URL; ls", want: "`user USERNAME` logs in"},
	{cause: "no password", lines: "open -n $URL; user bob", want: "FTPSH_PASSWORD or --password-stdin holds it for scripts; at a terminal it is asked for"},
	{cause: "a challenge", lines: "open --tls=off $URL", script: "S: 220 ready\nC: USER alice\nS: 331 otp-md5 98 wi1234\nC: *\n", want: "your generator makes the answer from it; at a terminal ftpsh asks for it"},
	{cause: "no account", lines: "open --tls=off $URL", script: login + "S: 332 account\nC: *\n", want: "`user USERNAME PASSWORD ACCOUNT` gives one"},
	{
		cause: "TLS is gone that was there before", lines: "open --insecure $URL; close; open --insecure $URL",
		script: "S: 220 ready\nC: AUTH TLS\nS: 234 go\ntls\nC: USER alice\nS: 230 in\nC: FEAT\nS: 502 no\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX\nC: QUIT\nS: 221 bye\nclose\naccept\nS: 220 ready\nC: AUTH TLS\nS: 502 no\nC: *\n",
		want:   "`open --tls=off HOST` continues in the clear, where anyone in between can read",
	},
	{cause: "a commit that has no way back", faults: []practice.Fault{refuses("MFMT", "550 no")}, lines: "open $URL; begin; put up.txt a.txt; touch full/b.txt; commit --no-old", want: "`tx recover --forward` continues, once the server lets it; the uploads still wait"},
	{cause: "a commit that broke off", goes: "RNTO", lines: "open $URL; begin; put up.txt; commit", want: "`tx recover` looks how far it came, and ends it"},
	{cause: "somebody has changed what a transaction is about", lines: "open $URL; begin --in full; rm full/b.txt; @; commit", want: "look at what they did; `put` or `rm` again takes it as it is now, `rollback` drops all"},
	{cause: "no room, with a trash", faults: []practice.Fault{refuses("STOR", "552 quota exceeded")}, lines: "set trash on; open $URL; put up.txt new", want: "`trash` shows what the trash holds, `trash empty --older 0` frees it"},
	{cause: "a plan that no longer fits", lines: "open $URL; plan -o planned rm full/b.txt; @; apply planned", want: "`plan -o FILE COMMAND` makes a new one; `plan show FILE` shows of which command"},
	{cause: "a step of a commit is refused", faults: []practice.Fault{refuses("RNTO", "550 no")}, lines: "open $URL; begin; put up.txt; commit", want: "the changes still wait: `commit` tries again, `rollback` drops them"},
	{cause: "a lock of somebody else", lines: "open $URL; mkdir full/.ftpsh-lock; put up.txt full/.ftpsh-lock/owner; begin --in full --lock", want: "`begin --break-lock` removes it, if its owner is gone"},
	{cause: "no TLS there, and none wanted", lines: "open --tls=off $URL; auth", want: ""},
	{cause: "no TLS there", lines: "open --tls=require $URL", want: "`open --tls=off HOST` continues in the clear, where anyone in between can read"},
	{
		cause: "a directory that is gone since the connection was lost", lines: "open --tls=off $URL; cd sub; size a.txt",
		script: logged + "C: CWD sub\nS: 250 in\nC: PWD\nS: 257 \"/sub\"\nC: TYPE I\nclose\naccept\n" + logged + "C: CWD /sub\nS: 550 gone\nC: *\n",
		want:   "`cd /DIR` goes elsewhere, `cd` to where the login began",
	},
	{
		cause: "a command that cannot be given again", lines: "open --tls=off $URL; quote OPTS UTF8 ON; size a.txt",
		script: logged + "C: OPTS UTF8 ON\nS: 200 ok\nC: TYPE I\nclose\naccept\n" + logged + "C: OPTS UTF8 ON\nS: 500 no\nC: *\n",
		want:   "`close` and `open HOST` begin a session without it",
	},
	{cause: "a login in the clear is refused", opt: onlyTLS, lines: "open --tls=off $URL", want: "the server wants TLS: `open --tls=require HOST`"},
	{cause: "no ticket", real: "proftpd-tls old", lines: "open $URL; ls", want: "TLS 1.3 or session tickets on the server would allow it; `prot clear` moves files without protection"},
	{cause: "data in the clear is refused", opt: onlyTLS, lines: "open $URL; prot clear; ls", want: "the server wants data connections under TLS: `prot private`"},
	{cause: "data in the clear is refused", real: "proftpd-tls", lines: "open $URL; prot clear; ls", want: "the server wants data connections under TLS: `prot private`"},
	{cause: "another TLS session is refused, and a server is the client", faults: []practice.Fault{refuses("RETR", notBuilt), refuses("STOR", notBuilt)}, lines: "open $URL; fxp a.txt $URLfull/", want: "the server with TLS wants its data connections to resume a session of its own, which no other server has (proftpd: NoSessionReuseRequired); the other way round, or `get` and `put`, may work"},
	{cause: "another TLS session is refused, as set", opt: resuming, lines: "set tls-reuse off; open $URL; ls", want: "the server wants the TLS session of the control connection: `set tls-reuse on`"},
	{cause: "another TLS session is refused, as set", real: "proftpd-tls", lines: "set tls-reuse off; open $URL; ls", want: "the server wants the TLS session of the control connection: `set tls-reuse on`"},
	{cause: "another TLS session is refused", opt: withTLS, faults: []practice.Fault{refuses("MLSD", "522 session reuse required")}, lines: "open $URL; ls", want: "the server wants the TLS session of the control connection: `close` and `open` make a fresh one"},
	{cause: "the server is full", real: "vsftpd full", lines: "open --as one $URL; open --as two $URL", want: "the server accepts no more users right now: try again later"},
	{cause: "the server is full", real: "proftpd full", lines: "open --as one $URL; open --as two $URL", want: "the server accepts no more users right now: try again later"},
	{cause: "the login is refused with a password that was kept", lines: "open ftp://bob@$ADDR", with: kept, want: "the password came from FTPSH_PASSWORD"},
	{cause: "the login is refused in a script", opt: &practice.Options{NoAnonymous: true}, lines: "open ftp://$ADDR", want: "`ftpsh USER@HOST` names the user; FTPSH_PASSWORD, --password-stdin or .netrc holds the password"},
	{cause: "a certificate that is revoked", opt: withTLS, with: revocationList, lines: "set tls-crl other.pem; open $URL", want: "`set tls-crl FILE` names another file, `set tls-crl ''` none"},
	{cause: "a certificate of another name", opt: withTLS, faults: []practice.Fault{{Name: "wrong-name"}}, lines: "open $URL", want: "`--tls-name NAME` if it is the right server under another name; at a terminal ftpsh asks once"},
	{cause: "a certificate that has expired", opt: withTLS, faults: []practice.Fault{{Name: "expired-cert"}}, lines: "open $URL", want: "its owner must renew it; at a terminal ftpsh asks once, `--pin SHA256` takes just this one"},
	{cause: "a certificate of nobody known", opt: withTLS, faults: []practice.Fault{{Name: "self-signed"}}, with: func(o *command.Options) { o.Connect.TLS = nil }, lines: "open $URL", want: "at a terminal ftpsh asks once; `--ca FILE` trusts an authority, `--pin SHA256` this certificate, `--insecure` anyone"},
	{cause: "data connections that come too fast", faults: []practice.Fault{{Name: "hasty", At: 1}}, lines: "open $URL; ls; ls", want: "`set pace 1/s` begins transfers and listings apart"},
	{cause: "no AVBL", lines: "open $URL; df", want: "the server cannot tell; `site help` shows whether it has a command of its own, such as SITE QUOTA"},
	{cause: "a certificate of ours is wanted", real: "proftpd-tls certificate", with: func(o *command.Options) { o.Connect.TLS.Certificates = nil }, lines: "open $URL", want: "`--cert FILE --key FILE` sends yours"},
	{cause: "TLS that is too old", opt: withTLS, faults: []practice.Fault{{Name: "tls10"}}, lines: "open $URL", want: "`set tls-min 1.0` and another `open` take it, and anyone in between can break it"},
	{cause: "no TLS where it was to begin with", lines: "open ftps://$ADDR", want: "`open ftp://HOST` asks for TLS once connected, as most servers want it"},
	{cause: "no version of TLS is left", opt: withTLS, lines: "set tls-max 1.1; open $URL", want: "`set tls-min` and `set tls-max` show both"},
	{cause: "TLS that fails", opt: withTLS, faults: []practice.Fault{{Name: "other-cert"}}, lines: "open $URL; ls", want: "`trace 2` shows the handshake"},
	{
		cause: "too many bytes", lines: "open $URL; get endless",
		opt:  &practice.Options{Tap: practice.Tap{Reply: func(_ int, _, reply string) string { return strings.ReplaceAll(reply, strconv.Itoa(endless), "5") }}},
		want: "`set compare-sizes off`, if it is the size that is wrong",
	},
	{cause: "an end without close_notify", opt: withTLS, faults: []practice.Fault{{Name: "cut-notify", At: 3}}, lines: "open $URL; get a.txt", want: "`set tls-end insecure` accepts it from a server that always does so, but then anyone in between can cut files and listings short"},
	{cause: "-s with an address of another computer", with: func(o *command.Options) { o.Connect.Source = net.ParseIP("192.0.2.7") }, lines: "open $URL", want: "-s takes an address of this computer; without it the system chooses one"},
	{cause: "no IPv6", lines: "set family 6; open $URL", want: "-6 and `set family 6` allow IPv6 only; `set family any` takes what there is"},
	{cause: "a proxy that is not there", lines: "set via http://127.0.0.1:1; open $URL", want: "`set via` shows the proxy, `set via off` goes without one"},
	{cause: "a proxy that wants a user", lines: "set via http://$PROXY407; open $URL", want: "`set via http://USER:PASSWORD@HOST:PORT` says who you are"},
	{cause: "a login that a proxy was told", lines: "set via http+get://$PROXY401; open --tls=off $URL; get a.txt", want: "`open USERNAME@HOST` asks for the password again"},
	{cause: "a proxy that wants a user, and fetches files", lines: "set via http+get://$PROXY407; open --tls=off $URL; get a.txt", want: "`set via http+get://USER:PASSWORD@HOST:PORT` says who you are"},
	{cause: "a proxy that speaks no FTP", lines: "set via http+get://$PROXY407; open --tls=off $URL; mkdir x", want: "`set via http://HOST:PORT` goes through it with CONNECT, where it allows that; `get`, `cat`, `put`, `size` and `newer` work as they are"},
	{cause: "a proxy that would give TLS away", lines: "set via http+get://$PROXY407; open --tls=require $URL", want: "`set via http://HOST:PORT` keeps it, where the proxy allows CONNECT; `open --tls=off HOST` goes in the clear, where anyone in between can read"},
	{cause: "a proxy that allows no CONNECT", lines: "set via http://$PROXY403; open $URL", want: "`set via http+get://HOST:PORT` fetches files by URL, where the proxy speaks FTP itself"},
	{cause: "no data connection either way", faults: []practice.Fault{{Name: "pasv-closed"}}, lines: "set sendport off; open $URL; ls", want: "`doctor` examines both ways"},
	{cause: "a server that does not get through", faults: []practice.Fault{refuses("LIST", "425 no"), refuses("MLSD", "425 no")}, lines: "passive off; open $URL; ls", want: "`passive on` lets this computer connect to the server; `set active-address` names another address of ours"},
	{cause: "no data connection, EPSV and EPRT refused", faults: noData, lines: "open $URL; ls", want: "`passive` changes who connects to whom; `epsv4` to the older PASV and PORT"},
	{cause: "no data connection", faults: noData, lines: "set epsv4 off; open $URL; ls", want: "`passive` changes who connects to whom"},
	{cause: "a directory that is deleted as a file", real: "vsftpd", lines: "open $URL; rm full", want: "`rm -r full` deletes a directory and everything in it, `rmdir full` an empty one"},
	{cause: "a directory that is deleted as a file", real: "pure-ftpd", lines: "open $URL; delete full", want: "`rm -r full` deletes a directory and everything in it, `rmdir full` an empty one"},
	{cause: "a directory that is fetched as a file", real: "vsftpd", lines: "open $URL; get full", want: "`get -r full` fetches a directory with everything in it"},
	{cause: "a directory in place of the new name", real: "vsftpd", lines: "open $URL; put up.txt full", want: "that is a directory; end its name with a slash to put the file in it"},
	{cause: "a directory that is not empty", real: "proftpd", lines: "open $URL; rmdir full", want: "`rm -r full` deletes it with everything in it; `ls -a full` shows that"},
	{cause: "a directory that rm -r does not get rid of", faults: []practice.Fault{refuses("RMD", "550 Directory not empty")}, lines: "open $URL; rm -r full", want: "`ls -a full` shows what is left in it"},
	{cause: "a file where a directory should be", real: "pure-ftpd", lines: "open $URL; cd a.txt", want: "it is a file: `cat a.txt` shows it, `get a.txt` fetches it, `rm a.txt` deletes it"},
	{cause: "what is made is there", real: "vsftpd", lines: "open $URL; mkdir full", want: ""},
	{cause: "no directory to make one in", real: "vsftpd", lines: "open $URL; mkdir no/such", want: "`mkdir -p no/such` makes those on the way, too"},
	{cause: "no directory to write into", real: "vsftpd", lines: "open $URL; mv a.txt no/such", want: "`mkdir -p no` makes the directory"},
	{cause: "what the user may not read", real: "proftpd", lines: "open $URL; chmod 0 a.txt; get a.txt", want: "`ls -l` shows who may read it"},
	{cause: "what the user may not change", real: "vsftpd read-only", lines: "open $URL; rm a.txt", want: "`ls -l` shows who may change it, `user USERNAME` logs in as somebody else"},
	{cause: "no room on the server", faults: []practice.Fault{{Name: "quota", At: 1}}, lines: "open $URL; put up.txt", want: "the server has no more room for you; `du` shows what takes it"},
	{cause: "a directory that is not removed, and nobody says why", real: "vsftpd", lines: "open $URL; rmdir full", want: "`rm -r full` deletes a directory that is not empty; `ls -a full` shows what is in it"},
	{cause: "no such name", real: "proftpd", lines: "open $URL; chmod 600 nosuch", want: "`ls` shows what is there, `pwd` where you are"},
	{cause: "not to be written", real: "vsftpd read-only", lines: "open $URL; put up.txt", want: "`ls -l` shows who may write here, `cd` goes elsewhere"},
	{cause: "a command of the server that it does not have", real: "vsftpd", lines: "open $URL; quota", want: "`site help` shows which ones the server has"},
	{cause: "no local directory to write into", lines: "open $URL; get a.txt no/such/a.txt", want: "`lmkdir -p no/such` makes the directory"},
	{cause: "a local directory that is sent as a file", lines: "open $URL; lmkdir full; put full", want: "`put -r full` sends a directory with everything in it"},
	{cause: "no such local file", lines: "open $URL; put nosuch", want: "`lls` shows what is on this computer, `lpwd` where"},
	{cause: "a side of a sync that is gone", lines: "open $URL; lmkdir here; mkdir there; put up.txt there/1; sync -y here there; rm -r there; sync -y here there", want: "`sync --rescan` starts over and deletes nothing"},
	{cause: "a side of a sync that looks lost", lines: "open $URL; lmkdir here; mkdir there; put up.txt there/1; put up.txt there/2; put up.txt there/3; sync -y here there; rm there/1 there/2 there/3; sync -y here there", want: "`sync --max-delete N` deletes that much, `sync --rescan` starts over and deletes nothing"},
	{cause: "a tree without end", lines: "set max-depth 1; open $URL; mkdir full/deep; mirror . here", want: "`set max-depth` and `set max-directories` change how much is looked at"},
	{cause: "contents that cannot be compared", real: "vsftpd", lines: "open $URL; lmkdir here; get full/b.txt here/; mirror --compare hash full here", want: "`--compare size` or `--compare time` need no checksum"},
	{cause: "nothing to copy", lines: "open $URL; mkdir empty; lmkdir here; get a.txt here/; mirror --delete empty here", want: "`mirror --delete-all` deletes even then"},
	{cause: "protection between servers", opt: withTLS, lines: "open $URL; fxp a.txt $URLfull/", want: "`fxp --clear` allows it; `get` and `put` copy through this computer"},
	{cause: "servers that do not talk to each other", faults: noData, lines: "open $URL; fxp a.txt $URLfull/", want: "`get` and `put` copy through this computer"},
	{cause: "TLS that was ended", real: "pure-ftpd-tls", lines: "open $URL; ccc; user bob secret", want: "`close` and `open` make a connection with TLS"},
	{cause: "half a file", faults: []practice.Fault{{Name: "cut", Verb: "RETR", At: 3}}, lines: "open $URL; get a.txt", want: "`reget` resumes a download, `put -c` an upload"},
	{cause: "a server that says nothing", faults: []practice.Fault{{Name: "mute", Verb: practice.Greeting}}, lines: "open $URL", want: "it may want TLS at once: `open ftps://HOST:PORT`"},
	{cause: "a connection that is gone", faults: []practice.Fault{{Name: "drop", Verb: "RETR"}}, lines: "open $URL; get a.txt", want: "`why` reads what happened, `doctor` examines the server"},
	{
		cause: "a data connection that the server does not make", lines: "open --tls=off $URL; ls; ls",
		script: listed + "C: EPSV\nS: 229 ok (|||1|)\nC: LIST\nS: 425 no\nsilence\n",
		want:   "`passive` changes who connects to whom; `doctor` examines both ways",
	},
	{cause: "a command in place of a host", lines: "open pwd", want: "`ftpsh -c COMMAND` runs a command, `ftpsh --help` shows the options"},
	{cause: "data at the address that the server names", faults: []practice.Fault{{Name: "nat-pasv", Text: "127.0.0.2"}, refuses("EPRT", "502 no"), refuses("PORT", "502 no")}, lines: "set pasv-address server; set epsv4 off; open $URL; ls", want: "`set pasv-address peer` goes to the address of the control connection"},
	{
		cause: "a data connection that nobody takes", lines: "open --tls=off $URL; ls; ls",
		script: listed + "C: EPSV\nS: 229 ok (|||1|)\nC: LIST\nsilence\n",
		want:   "`passive` lets the server connect to us; `doctor` examines both ways",
	},
	{cause: "no server", lines: "open 127.0.0.1 1", want: "is it the right host and port? `open HOST PORT` tries again"},
}

var noData = []practice.Fault{refuses("EPSV", "502 no"), refuses("PASV", "502 no"), refuses("EPRT", "502 no"), refuses("PORT", "502 no")}

// endless is how long a file is whose server says that it has 5 bytes.
const endless = 70_000_000

// notBuilt is what proftpd says to a data connection that resumes no session of its own.
const notBuilt = "425 Unable to build data connection: Operation not permitted"

// kept gives a password that nobody types.
func kept(o *command.Options) { o.Password, o.PasswordSource = "wrong", "FTPSH_PASSWORD" }

// revocationList is one of an authority that has nothing to do with the server.
func revocationList(*command.Options) {
	page, _ := os.ReadFile(filepath.Join(testdata, "tls.txt"))
	_, list, _ := strings.Cut(string(page), "-- other.pem --\n")
	list, _, _ = strings.Cut(list, "\n-- ")
	_ = os.WriteFile("other.pem", []byte(list+"\n"), 0o600)
}

// testdata are the transcripts of the shell.
var testdata, _ = filepath.Abs("../testdata")
