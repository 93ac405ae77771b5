package daemon

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A Server is a running FTP server. Its exported fields are for reading.
type Server struct {
	Flavour  string // one of Flavours
	Host     string // 127.0.0.1
	Host6    string // ::1, or empty on a machine without IPv6; the same port
	Port     int
	User     string // alice
	Password string // s3cret pass
	Root     string // the local folder that alice sees
	AnonRoot string // the local folder that anonymous sees; it holds README
	Home     string // where Root is for the client: / but a long path for inetutils-ftpd, which has no chroot
	TLS      bool   // the server insists on TLS for login and data
	Implicit bool   // and the connection begins with it
	Certificates
	Log string // file with what the server logs

	t         testing.TB
	slot      *slot
	owner     int // user id of the files in Root; -1 leaves them to the caller
	processes *processes
	stopped   bool
}

// Certificates are the files of a server with TLS.
type Certificates struct {
	CA         string // PEM file of the authority that signed the certificate
	CADER      string // the same in DER
	CertName   string // the name in the certificate: ftp.example.test, for Cert "wrongname" another
	ClientCert string // PEM file of a certificate that ClientCert servers accept
	ClientKey  string // its key
}

// Options change a server from how its makers configure it. The zero value is that: writable, passive and active,
// TLS 1.2 and 1.3 with a good certificate, no limits. A flavour that cannot honour an option fails the test (see Can).
type Options struct {
	MaxTLS     string        // highest version: 1.0, 1.1, 1.2; below 1.2 also the lowest
	Ciphers    string        // OpenSSL's names of the ciphers of TLS 1.2 and below
	Cert       string        // expired, wrongname, selfsigned, chain (signed by an intermediate authority, which is sent)
	ClientCert bool          // the client must show a certificate of the authority
	NoReuse    bool          // data connections need not resume the TLS session of the control connection
	Eager      bool          // pyftpdlib: the client may begin TLS on the data connection before RETR, LIST …
	Rate       int           // bytes per second of one transfer
	ReadOnly   bool          // alice may not change anything
	MaxClients int           // one more is refused: 421 at once, from proftpd 530 at login
	Idle       time.Duration // silence after which the server ends the session, with 421 if it can; whole seconds
	Banner     bool          // a greeting of many lines, one of which looks like its end
	Mode       string        // active, passive: only that kind of data connection
	PasvIP     string        // the address that replies to PASV claim
	Deflate    bool          // MODE Z
	NoDigest   bool          // no HASH, XCRC, XMD5 …
	Charset    string        // proftpd: latin1 until OPTS UTF8 ON; pyftpdlib: bytes, names are what is on the disk
	Conf       []string      // further lines of configuration; arguments of pure-ftpd and inetutils-ftpd; name=literal for pyftpdlib
}

// patience is how long a server may take to answer, or to end: far longer than any needs, for busy machines.
const patience = 20 * time.Second

// Start starts a server and returns when it listens on every address. The end of the test stops it. If the
// flavour is not available the test is skipped, or fails where FTPSH_REAL_SERVERS demands it.
func Start(t testing.TB, name string, o Options) *Server {
	t.Helper()
	f, err := find(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := Can(name, o); err != nil {
		t.Fatal(err)
	}
	if !chosen(name) {
		t.Skipf("real servers: FTPSH_REAL_SERVERS does not name %s", name)
	}
	if err := Available(name); err != nil {
		if required() {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	c := prepare(t, f, o)
	t.Cleanup(c.Stop)
	c.run(f.program)
	c.awaitListening()
	return c.Server
}

// Addr is what to dial: Host and Port.
func (s *Server) Addr() string {
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// Addr6 is what to dial for IPv6, or empty on a machine without.
func (s *Server) Addr6() string {
	if s.Host6 == "" {
		return ""
	}
	return net.JoinHostPort(s.Host6, strconv.Itoa(s.Port))
}

// TLSConfig trusts the server's authority, expects its name and shows the client certificate when asked.
func (s *Server) TLSConfig() *tls.Config {
	s.t.Helper()
	pem, err := os.ReadFile(s.CA)
	s.check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	pair, err := tls.LoadX509KeyPair(s.ClientCert, s.ClientKey)
	s.check(err)
	return &tls.Config{RootCAs: pool, ServerName: s.CertName, Certificates: []tls.Certificate{pair}}
}

// Stop kills the server and all its sessions, and returns when they are gone. Root stays until the test ends.
func (s *Server) Stop() {
	if s.stopped {
		return
	}
	s.stopped = true
	if err := s.processes.stop(); err != nil {
		s.t.Errorf("%s: %v", s.Flavour, err)
	}
	if s.t.Failed() {
		s.t.Logf("%s logged:\n%s", s.Flavour, s.logged())
	}
}

// logged is the end of the log.
func (s *Server) logged() []byte {
	const enough = 3000
	text, _ := os.ReadFile(s.Log)
	return text[max(0, len(text)-enough):]
}

func (s *Server) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", s.Flavour, err)
	}
}

// A setup is a server that is being configured.
type setup struct {
	*Server
	o    Options
	dir  string // everything of this server
	cert string // PEM file, and its key in key
	key  string
}

func prepare(t testing.TB, f flavour, o Options) *setup {
	t.Helper()
	s := &Server{
		Flavour: f.name, Host: "127.0.0.1", User: alice.name, Password: password, Home: "/", TLS: f.tls,
		Implicit: f.implicit, t: t, processes: &processes{},
	}
	c := &setup{Server: s, o: o}
	if c.oldTLS() && c.o.Ciphers == "" {
		c.o.Ciphers = "ALL:@SECLEVEL=0" // OpenSSL 3 has no others for them
	}
	c.makeFolders()
	slot, err := reserve()
	s.check(err)
	t.Cleanup(slot.release)
	s.slot, s.Port = slot, slot.control()
	s.Host6 = slot.host6
	c.writeCertificates()
	return c
}

// makeFolders is not t.TempDir, whose folders only the caller may enter: the server is somebody else.
func (c *setup) makeFolders() {
	dir, err := os.MkdirTemp("", "ftpsh-"+c.Flavour+"-")
	c.check(err)
	c.t.Cleanup(func() { os.RemoveAll(dir) })
	c.check(os.Chmod(dir, 0o755))
	c.dir = dir
	c.Root, c.AnonRoot = c.makeFolder("root"), c.makeFolder("anon")
	c.owner = -1
	if os.Getuid() == 0 && !c.o.ReadOnly {
		c.owner = alice.id
	}
	c.own(c.Root)
	c.Log = c.write("log", "")
	c.own(c.Log)
	c.writeReadable("anon/README", "Anonymous users may read this.\n")
}

// hosts are the addresses to listen on.
func (c *setup) hosts() []string {
	if c.Host6 == "" {
		return []string{c.Host}
	}
	return []string{c.Host, c.Host6}
}

func (c *setup) run(p *program) {
	c.t.Helper()
	commands, env := p.commands(c), c.environment()
	if p.inetd {
		c.check(c.processes.serveInetd(c.hosts(), c.Port, commands[0], env, c.Log))
		return
	}
	for _, argv := range commands {
		c.check(c.processes.startGuarded(argv, env, c.Log))
	}
}

// environment is all that a server sees of ours. OpenSSL's own configuration sets the TLS version, since not every
// server has a word for it.
func (c *setup) environment() []string {
	env := []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TZ=UTC", "HOME=/"}
	if c.o.MaxTLS == "" {
		return env
	}
	conf := "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = limits\n[limits]\n" +
		"MaxProtocol = " + c.tlsName() + "\n"
	if c.oldTLS() {
		conf += "MinProtocol = " + c.tlsName() + "\n"
	}
	return append(env, "OPENSSL_CONF="+c.write("openssl.cnf", conf))
}

// tlsName is OpenSSL's name of MaxTLS.
func (c *setup) tlsName() string {
	return "TLSv" + strings.TrimSuffix(c.o.MaxTLS, ".0")
}

func (c *setup) oldTLS() bool {
	return c.o.MaxTLS == "1.0" || c.o.MaxTLS == "1.1"
}

// awaitListening does not wait for a greeting, which would cost a session: they count as clients, and proftpd pauses
// for up to 0.4 s when one ends.
func (c *setup) awaitListening() {
	c.t.Helper()
	until(patience, func() bool { return c.slot.listening() || c.processes.failed() })
	if !c.slot.listening() {
		c.t.Fatalf("%s does not listen", c.Flavour)
	}
}

// until asks again and again, since another process tells nobody that it is ready, or gone. It asks less and less often:
// on a busy machine the asking would keep the other process from it.
func until(limit time.Duration, done func() bool) bool {
	end := time.Now().Add(limit)
	for pause := 2 * time.Millisecond; !done(); pause = min(2*pause, 32*time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
		<-time.After(pause)
	}
	return true
}

// PassivePorts are the first and the last port of data connections.
func (s *Server) PassivePorts() (low, high int) {
	return s.slot.passive()
}
