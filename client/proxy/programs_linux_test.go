package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A program is a proxy that others wrote. .ci/install-servers gets them all.
type program struct {
	needs []string // below unpackedIn(), or absolute; globs
	root  bool     // must be started by root
	conf  string
	argv  []string
}

// {conf}, {port}, {dir} and {unpacked} are replaced. bob's password is sesame.
var (
	microsocks = program{
		needs: []string{"usr/bin/microsocks"},
		argv:  []string{"{unpacked}/usr/bin/microsocks", "-i", "127.0.0.1", "-p", "{port}", "-u", "bob", "-P", "sesame"},
	}
	danted = program{
		needs: []string{"usr/sbin/danted"},
		root:  true,
		conf: `
logoutput: stderr
internal: 127.0.0.1 port = {port}
external: lo
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`,
		argv: []string{"{unpacked}/usr/sbin/danted", "-f", "{conf}", "-N", "1"},
	}
	tinyproxy = program{
		needs: []string{"usr/bin/tinyproxy"},
		conf:  "Listen 127.0.0.1\nPort {port}\nBasicAuth bob sesame\nMaxClients 20\nTimeout 60\n",
		argv:  []string{"{unpacked}/usr/bin/tinyproxy", "-d", "-c", "{conf}"},
	}
	ftpProxy = program{
		needs: []string{"usr/sbin/ftp-proxy"},
		conf:  "Listen 127.0.0.1\nPort {port}\nDestinationAddress 127.0.0.1\nAllowMagicUser yes\nLogDestination {dir}/log\nPidFile {dir}/pid\n",
		argv:  []string{"{unpacked}/usr/sbin/ftp-proxy", "-n", "-d", "-f", "{conf}"},
	}
)

// modProxy is proftpd with mod_proxy, which knows three methods.
func modProxy(method string) program {
	return program{
		needs: []string{"/usr/sbin/proftpd", "/usr/lib/proftpd/mod_tls.so", "/usr/lib/proftpd/mod_proxy.so"},
		root:  true,
		conf: `
Port {port}
DefaultAddress 127.0.0.1
SocketBindTight on
ServerType standalone
User nobody
Group nogroup
PidFile {dir}/pid
ScoreboardFile {dir}/scoreboard
ControlsEngine off
ControlsSocket {dir}/controls
SystemLog {dir}/log
DebugLevel 5
WtmpLog off
UseLastlog off
UseReverseDNS off
DelayEngine off
AuthPAM off
AuthOrder mod_auth_file.c
AuthUserFile {dir}/users
RequireValidShell off
LoadModule mod_tls.c
LoadModule mod_proxy.c
ProxyEngine on
ProxyTables {dir}/tables
ProxyLog {dir}/proxylog
TraceLog {dir}/trace
Trace proxy:20 proxy.conn:20 proxy.ftp.conn:20 proxy.ftp.xfer:20 proxy.forward:20
ProxyRole forward
ProxyForwardMethod ` + method + `
<Class local>
From 127.0.0.1
ProxyForwardEnabled on
</Class>
`,
		argv: []string{"/usr/sbin/proftpd", "-n", "-q", "-c", "{conf}"},
	}
}

// users is the password file of modProxy: bob, from openssl passwd -6 -salt ftpsh sesame.
const users = "bob:$6$ftpsh$H89en2SV7tmM7QoX83Fa4C5qzguFOVuFLj9FYv5AztRAz5C4hRQpeNgs6uZGvyoytePuNyETZw0uvPnI1zGvJ/:21021:21021::/nonexistent:/bin/sh\n"

func unpackedIn() string {
	if folder := os.Getenv("FTPSH_SERVERS"); folder != "" {
		return folder
	}
	return "/var/cache/ftpsh-servers"
}

func (p program) available() error {
	for _, file := range p.needs {
		if !filepath.IsAbs(file) {
			file = filepath.Join(unpackedIn(), file)
		}
		if found, err := filepath.Glob(file); err != nil || found == nil {
			return fmt.Errorf("real proxies: %s is missing; run .ci/install-servers", file)
		}
	}
	if p.root && os.Getuid() != 0 {
		return fmt.Errorf("real proxies: %s must be started by root", p.argv[0])
	}
	return nil
}

// start runs a proxy until the test ends and returns its address. One that is missing skips the test, unless
// FTPSH_REAL_SERVERS demands it.
func (p program) start(t *testing.T) string {
	t.Helper()
	if err := p.available(); err != nil {
		if slices.Contains(strings.FieldsFunc(os.Getenv("FTPSH_REAL_SERVERS"), separator), "require") {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for range 5 { // somebody else may take the port
		if addr := p.try(t); addr != "" {
			return addr
		}
	}
	t.Fatalf("%s did not start", p.argv[0])
	return ""
}

func separator(r rune) bool { return r == ',' || r == ' ' }

// guard runs a program, and ends its process group when the test process is gone, however that came about: descriptor
// 3 is a pipe that only the test process holds open.
const guard = `(read -r _ <&3; kill -9 0) & exec "$@" 3<&-`

// try returns "" if the program ended before it listened.
func (p program) try(t *testing.T) string {
	t.Helper()
	addr := freeAddress(t)
	argv, log := p.configure(t, addr)
	end, life, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", guard, "guard"}, argv...)...)
	cmd.ExtraFiles = []*os.File{end}
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	end.Close()
	log.Close()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait()
	}()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		life.Close()
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("%s said:\n%s", argv[0], said)
			out, _ := exec.Command("sh", "-c", "tail -n 60 "+filepath.Dir(log.Name())+"/log "+filepath.Dir(log.Name())+"/proxylog " + filepath.Dir(log.Name())+"/trace").CombinedOutput(); t.Logf("%s", out)
		}
	})
	if !listens(addr, ended) {
		return ""
	}
	return addr
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// configure writes what the program reads, and returns how to call it and the file for what it says.
func (p program) configure(t *testing.T, addr string) (argv []string, log *os.File) {
	t.Helper()
	dir, err := os.MkdirTemp("", "ftpsh-proxy-") // not t.TempDir, which only its owner may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(addr)
	conf := filepath.Join(dir, "conf")
	fill := strings.NewReplacer("{conf}", conf, "{port}", port, "{dir}", dir, "{unpacked}", unpackedIn())
	for name, text := range map[string]string{"conf": fill.Replace(p.conf), "users": users} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, word := range p.argv {
		argv = append(argv, fill.Replace(word))
	}
	if log, err = os.Create(filepath.Join(dir, "said")); err != nil {
		t.Fatal(err)
	}
	return argv, log
}

// listens returns when connections to addr are taken, or when they never will be.
func listens(addr string, ended <-chan struct{}) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for {
		if nc, err := net.Dial("tcp", addr); err == nil {
			nc.Close()
			return true
		}
		select {
		case <-tick.C:
		case <-ended:
			return false
		case <-limit:
			return false
		}
	}
}

// startServer starts the FTP server behind the proxies, with the file hello.txt.
func startServer(t *testing.T) *practice.Server {
	t.Helper()
	s, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f, err := s.FS().Create("/hello.txt")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, hello)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

var hello = strings.Repeat("hello through a proxy\n", 10_000)

// A dialogue is a client so small that it cannot hide what a proxy does.
type dialogue struct {
	*textproto.Conn
	t    *testing.T
	dial DialFunc
	host string // for data connections
	code int
	last string
}

func talk(t *testing.T, dial DialFunc, addr string) *dialogue {
	t.Helper()
	nc, err := dial(within(t), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	host, _, _ := net.SplitHostPort(addr)
	if c, ok := nc.(*Conn); ok {
		host, _, _ = net.SplitHostPort(c.Target())
	}
	d := &dialogue{Conn: textproto.NewConn(nc), t: t, dial: dial, host: host}
	d.reply(220)
	return d
}

// reply reads one; its code is wanted unless that is 0.
func (d *dialogue) reply(want int) {
	d.t.Helper()
	var err error
	if d.code, d.last, err = d.ReadResponse(0); err != nil {
		d.t.Fatal(err)
	}
	if want != 0 && d.code != want {
		d.t.Fatalf("got %d %s, want %d", d.code, d.last, want)
	}
}

func (d *dialogue) cmd(want int, line string) {
	d.t.Helper()
	if err := d.PrintfLine("%s", line); err != nil {
		d.t.Fatal(err)
	}
	d.reply(want)
}

// logIn sends commands as Login.Commands says, and returns the last code.
func (d *dialogue) logIn(commands []string) int {
	d.t.Helper()
	for _, line := range commands {
		verb, _, _ := strings.Cut(line, " ")
		if verb == "PASS" && d.code != 331 || verb == "ACCT" && d.code != 332 {
			continue
		}
		if d.cmd(0, line); d.code >= 400 {
			return d.code
		}
	}
	return d.code
}

// retrieve gets a file over a connection to the host of the control connection.
func (d *dialogue) retrieve(name string) string {
	d.t.Helper()
	d.cmd(200, "TYPE I")
	nc, err := d.dial(within(d.t), "tcp", net.JoinHostPort(d.host, d.passive()))
	if err != nil {
		d.t.Fatal(err)
	}
	defer nc.Close()
	d.cmd(150, "RETR "+name)
	text, err := io.ReadAll(nc)
	if err != nil {
		d.t.Fatal(err)
	}
	d.reply(226)
	return string(text)
}

// passive returns the port for a data connection. ftp-proxy does not know EPSV.
func (d *dialogue) passive() string {
	d.t.Helper()
	if d.cmd(0, "EPSV"); d.code == 229 {
		_, port, _ := strings.Cut(d.last, "|||")
		port, _, _ = strings.Cut(port, "|")
		return port
	}
	d.cmd(227, "PASV")
	numbers := regexp.MustCompile(`(\d+),(\d+)\)`).FindStringSubmatch(d.last)
	high, _ := strconv.Atoi(numbers[1])
	low, _ := strconv.Atoi(numbers[2])
	return strconv.Itoa(high<<8 | low)
}

func (d *dialogue) mustRetrieve() {
	d.t.Helper()
	if got := d.retrieve("hello.txt"); got != hello {
		d.t.Errorf("got %d bytes, want %d", len(got), len(hello))
	}
	d.cmd(221, "QUIT")
}

func TestTransferThroughPrograms(t *testing.T) {
	rows := []struct {
		name    string
		program program
		url     string
	}{
		{"microsocks", microsocks, "socks5://bob:sesame@"},
		{"danted", danted, "socks5h://"},
		{"danted does not want the login", danted, "socks5://bob:sesame@"},
		{"tinyproxy", tinyproxy, "http://bob:sesame@"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			transfer(t, mustDialer(t, row.url+row.program.start(t)))
		})
	}
	t.Run("tinyproxy inside TLS", func(t *testing.T) {
		addr, roots := startTLS(t, tinyproxy.start(t))
		u := mustParse(t, "https://bob:sesame@"+addr)
		transfer(t, through(u, direct, secured(&tls.Config{ServerName: u.Hostname(), RootCAs: roots})))
	})
}

func transfer(t *testing.T, dial DialFunc) {
	t.Helper()
	s := startServer(t)
	d := talk(t, dial, s.Addr())
	d.cmd(331, "USER "+practice.User)
	d.cmd(230, "PASS "+practice.Password)
	d.mustRetrieve()
}

func TestProgramsRefuse(t *testing.T) {
	rows := []struct {
		name    string
		program program
		url     string
		want    string
	}{
		{"microsocks, wrong password", microsocks, "socks5://bob:wrong@", "username/password authentication failed"},
		{"microsocks, no login", microsocks, "socks5://", "no acceptable authentication methods"},
		{"microsocks, nobody there", microsocks, "socks5://bob:sesame@", "connection refused"},
		{"danted, nobody there", danted, "socks5://", "connection refused"},
		{"tinyproxy, wrong password", tinyproxy, "http://bob:wrong@", "the proxy does not accept its user and password: 401 Unauthorized"},
		{"tinyproxy, no login", tinyproxy, "http://", "the proxy asks for a user and a password: 407 Proxy Authentication Required"},
		{"tinyproxy, nobody there", tinyproxy, "http://bob:sesame@", "the proxy refuses: 500 Unable to connect"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			addr := row.program.start(t)
			_, err := mustDialer(t, row.url+addr)(within(t), "tcp", freeAddress(t))
			wantError(t, err, row.want)
			if e := (*Error)(nil); errors.As(err, &e) && e.Unreachable {
				t.Errorf("the proxy was reached: %v", err)
			}
		})
	}
}

func TestLoginAtFTPProxies(t *testing.T) {
	rows := []struct {
		login   string
		program program
	}{
		{"user@host", modProxy("user@host")},
		{"proxyuser,user@host", modProxy("proxyuser,user@host")},
		{"proxyuser@host,user", modProxy("proxyuser@host,user")},
		{"user@host", ftpProxy},
		{"user@host:port", ftpProxy},
	}
	for _, row := range rows {
		t.Run(row.login+" at "+filepath.Base(row.program.argv[0]), func(t *testing.T) {
			l, err := FindLogin(row.login)
			if err != nil {
				t.Fatal(err)
			}
			s := startServer(t)
			addr := row.program.start(t)
			accounts := Accounts{s.Addr(), practice.User, practice.Password, "bob", "sesame"}
			commands, err := l.Commands(accounts)
			if err != nil {
				t.Fatal(err)
			}
			d := talk(t, direct, addr)
			if code := d.logIn(commands); code != 230 {
				t.Fatalf("%d %s", code, d.last)
			}
			d.mustRetrieve()

			accounts.Password = "wrong"
			commands, _ = l.Commands(accounts)
			d = talk(t, direct, addr)
			if code := d.logIn(commands); code != 530 {
				t.Errorf("a wrong password is answered with %s", strconv.Itoa(code)+" "+d.last)
			}
		})
	}
}
