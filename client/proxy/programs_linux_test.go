package proxy

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// A program is a proxy that others wrote. .ci/install-servers gets them all.
type program struct {
	needs    []string // as daemon.Need takes them
	root     bool     // must be started by root
	drop     bool     // must not be
	careless bool     // one transfer in fifty hangs
	conf     string
	argv     []string
	leaves   string // a pattern of files that it leaves when it is killed
}

// {conf}, {port}, {dir} and {unpacked} are replaced. bob's password is sesame; cert.pem and
// key.pem in {dir} are those of donor.
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
	squid = program{
		needs: []string{"/usr/sbin/squid"},
		drop:  true,
		conf: `
http_port 127.0.0.1:{port}
pid_filename {dir}/pid
access_log none
cache_log {dir}/log
cache_store_log none
cache deny all
acl here dst 127.0.0.0/8
http_access allow here
coredump_dir {dir}
netdb_filename none
pinger_enable off
visible_hostname localhost
shutdown_lifetime 0 seconds
`,
		argv:   []string{"/usr/sbin/squid", "-N", "-n", "ftpsh{port}", "-f", "{conf}"},
		leaves: "/dev/shm/ftpsh{port}-*",
	}
	ftpProxy = program{
		needs:    []string{"usr/sbin/ftp-proxy"},
		careless: true, // sometimes it passes on neither 150 nor 226
		conf:     "Listen 127.0.0.1\nPort {port}\nDestinationAddress 127.0.0.1\nAllowMagicUser yes\nLogDestination {dir}/log\nPidFile {dir}/pid\n",
		argv:     []string{"{unpacked}/usr/sbin/ftp-proxy", "-n", "-d", "-f", "{conf}"},
	}
)

// squidFor is a squid for bob. It listens as the one line says; the other one is about the ports that it connects to: its
// makers allow CONNECT to 443 only.
func squidFor(listens, allows string) program {
	p := squid
	p.needs = []string{"/usr/sbin/squid", "/usr/lib/squid/basic_ncsa_auth"}
	_, rest, _ := strings.Cut(p.conf, "{port}")
	rest = strings.Replace(rest, "acl here dst 127.0.0.0/8\nhttp_access allow here\n", "acl known proxy_auth REQUIRED\nhttp_access allow known\n", 1)
	p.conf = listens + `
auth_param basic program /usr/lib/squid/basic_ncsa_auth {dir}/users
auth_param basic children 1 startup=1
` + allows + rest
	return p
}

var (
	squidHTTP  = squidFor("http_port 127.0.0.1:{port}", "")
	squidHTTPS = squidFor("https_port 127.0.0.1:{port} tls-cert={dir}/cert.pem tls-key={dir}/key.pem", "")
	squidAsIs  = squidFor("http_port 127.0.0.1:{port}", "acl SSL_ports port 443\nhttp_access deny CONNECT !SSL_ports")
)

// modProxy is proftpd with mod_proxy, which knows three methods.
func modProxy(method string) program {
	return program{
		needs: []string{"/usr/sbin/proftpd", "/usr/lib/proftpd/mod_tls.so", "/usr/lib/proftpd/mod_proxy.so"},
		drop:  true, // as root it fails to chroot once bob is logged in
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
WtmpLog off
UseLastlog off
UseReverseDNS off
DelayEngine off
AuthPAM off
UseIPv6 off
AuthOrder mod_auth_file.c
AuthUserFile {dir}/users
RequireValidShell off
LoadModule mod_tls.c
LoadModule mod_proxy.c
ProxyEngine on
ProxyTables {dir}/tables
ProxyLog {dir}/proxylog
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

// start runs a proxy until the test ends and returns its address. One that is missing skips the test, unless
// FTPSH_REAL_SERVERS demands it.
func (p program) start(t *testing.T) string {
	t.Helper()
	for _, file := range p.needs {
		daemon.Need(t, file)
	}
	if p.root && os.Getuid() != 0 {
		daemon.Missing(t, fmt.Errorf("real proxies: %s must be started by root", p.argv[0]))
	}
	for range 5 { // somebody else may take the port
		if addr := p.try(t); addr != "" {
			return addr
		}
	}
	t.Fatalf("%s did not start", p.argv[0])
	return ""
}

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
	if p.drop && os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
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
		_, port, _ := net.SplitHostPort(addr)
		left, _ := filepath.Glob(strings.ReplaceAll(p.leaves, "{port}", port))
		for _, file := range left {
			os.Remove(file)
		}
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("%s said:\n%s", argv[0], said)
		}
	})
	if !listens(addr, ended) {
		return ""
	}
	return addr
}

func freeAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(daemon.Port(t)))
}

const nobody = 65534

// configure writes what the program reads, and returns how to call it and the file for what it says.
func (p program) configure(t *testing.T, addr string) (argv []string, log *os.File) {
	t.Helper()
	dir, err := os.MkdirTemp("", "ftpsh-proxy-") // t.TempDir is below a folder that nobody may not enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, port, _ := net.SplitHostPort(addr)
	conf := filepath.Join(dir, "conf")
	fill := strings.NewReplacer("{conf}", conf, "{port}", port, "{dir}", dir, "{unpacked}", daemon.Unpacked())
	cert, key := donated(t)
	files := map[string]string{"conf": fill.Replace(p.conf), "users": users, "cert.pem": cert, "key.pem": key}
	for name, text := range files {
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
	if p.drop && os.Getuid() == 0 {
		for _, name := range append(slices.Collect(maps.Keys(files)), ".") {
			if err := os.Chown(filepath.Join(dir, name), nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	return argv, log
}

// donated is the certificate of donor, and its key, as files have them.
func donated(t *testing.T) (cert, key string) {
	t.Helper()
	pair := donor().Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
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
