package practice

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit ends a test that waits for something that does not come.
const limit = 10 * time.Second

// rawClient is as little of a client as the tests need.
type rawClient struct {
	t    testing.TB
	conn net.Conn
	text *textproto.Conn
	tls  *tls.Config // of the control connection, used by data connections
	prot bool

	watch *endWatcher // put under TLS, if not nil
}

func start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// dial connects without reading the greeting.
func dial(t testing.TB, addr string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(limit))
	c := &rawClient{t: t, conn: conn, text: textproto.NewConn(conn)}
	t.Cleanup(func() { conn.Close() })
	return c
}

func connect(t testing.TB, s *Server) *rawClient {
	t.Helper()
	c := dial(t, s.Addr())
	c.want(220)
	return c
}

func login(t *testing.T, s *Server) *rawClient {
	t.Helper()
	c := connect(t, s)
	c.login()
	return c
}

// loginProtected is login with TLS on all connections, where the server has it.
func loginProtected(t testing.TB, s *Server) *rawClient {
	t.Helper()
	c := connect(t, s)
	if s.tls != nil {
		c.startTLS(s.RootCAs())
	}
	c.login()
	return c
}

// trusting is how TLS begins for a client that knows who made the server's certificate.
func trusting(s *Server) *tls.Config {
	return &tls.Config{RootCAs: s.RootCAs(), ServerName: "localhost"}
}

func (c *rawClient) login() {
	c.t.Helper()
	c.cmd(331, "USER "+User)
	c.cmd(230, "PASS "+Password)
	c.cmd(200, "TYPE I")
}

// want reads a reply with this code.
func (c *rawClient) want(code int) string {
	c.t.Helper()
	got, msg, err := c.text.ReadResponse(0)
	if got != code {
		c.t.Fatalf("got %d %s (%v), want %d", got, msg, err, code)
	}
	return msg
}

func (c *rawClient) send(line string) {
	c.t.Helper()
	if err := c.text.PrintfLine("%s", line); err != nil {
		c.t.Fatal(err)
	}
}

func (c *rawClient) cmd(code int, line string) string {
	c.t.Helper()
	c.send(line)
	got, msg, err := c.text.ReadResponse(0)
	if got != code {
		c.t.Fatalf("%s: got %d %s (%v), want %d", line, got, msg, err, code)
	}
	return msg
}

// gone wants the control connection to be closed.
func (c *rawClient) gone() {
	c.t.Helper()
	if line, err := c.text.ReadLine(); err == nil {
		c.t.Fatalf("got %q, want the end of the connection", line)
	}
}

// startTLS sends AUTH TLS and protects the data connections too.
func (c *rawClient) startTLS(roots *x509.CertPool) {
	c.t.Helper()
	c.cmd(234, "AUTH TLS")
	c.handshake(roots)
	c.cmd(200, "PBSZ 0")
	c.cmd(200, "PROT P")
}

func (c *rawClient) handshake(roots *x509.CertPool) {
	c.t.Helper()
	c.tls = &tls.Config{RootCAs: roots, ServerName: "localhost", ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	conn := tls.Client(c.conn, c.tls)
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.text, c.prot = textproto.NewConn(conn), true
}

func (c *rawClient) passive() net.Conn {
	c.t.Helper()
	msg := c.cmd(229, "EPSV")
	var port int
	if _, err := fmt.Sscanf(msg[strings.Index(msg, "("):], "(|||%d|)", &port); err != nil {
		c.t.Fatalf("%s: %v", msg, err)
	}
	return c.connectData(port)
}

func (c *rawClient) connectData(port int) net.Conn {
	c.t.Helper()
	host := c.conn.RemoteAddr().(*net.TCPAddr).IP
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: host, Port: port})
	if err != nil {
		c.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(limit))
	c.t.Cleanup(func() { conn.Close() })
	return c.protect(conn)
}

func (c *rawClient) protect(conn net.Conn) net.Conn {
	if c.watch != nil {
		c.watch.Conn = conn
		conn = c.watch
	}
	if c.prot {
		return tls.Client(conn, c.tls)
	}
	return conn
}

// get downloads with a command and wants its final reply.
func (c *rawClient) get(code int, line string) string {
	c.t.Helper()
	conn := c.passive()
	c.cmd(150, line)
	data, _ := io.ReadAll(conn)
	conn.Close()
	c.want(code)
	return string(data)
}

// put uploads with a command and wants its final reply.
func (c *rawClient) put(code int, line, data string) {
	c.t.Helper()
	conn := c.passive()
	c.cmd(150, line)
	_, _ = io.WriteString(conn, data)
	if half, ok := conn.(*tls.Conn); ok {
		_ = half.CloseWrite()
		_, _ = io.Copy(io.Discard, half)
	}
	conn.Close()
	c.want(code)
}

func write(t *testing.T, s *Server, name, data string) {
	t.Helper()
	if err := afero.WriteFile(s.FS(), name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s *Server, name string) string {
	t.Helper()
	data, err := afero.ReadFile(s.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
