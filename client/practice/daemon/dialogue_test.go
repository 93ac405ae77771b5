package daemon

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A dialogue is a client so small that it cannot hide what the server does.
type dialogue struct {
	*textproto.Conn
	t      *testing.T
	s      *Server
	conn   net.Conn
	config *tls.Config

	code     int
	greeting string
}

// connect reads the greeting, over TLS on an implicit server, and does not mind what it says.
func connect(t *testing.T, s *Server, addr string, change ...func(*tls.Config)) *dialogue {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	config := s.TLSConfig()
	config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	for _, f := range change {
		f(config)
	}
	d := &dialogue{t: t, s: s, conn: conn, config: config}
	if s.Implicit {
		d.conn = tls.Client(conn, config)
	}
	d.Conn = textproto.NewConn(d.conn)
	code, greeting, err := d.ReadResponse(0)
	if err != nil {
		t.Fatalf("greeting: %v", err)
	}
	d.code, d.greeting = code, greeting
	return d
}

// login is a dialogue that is ready for transfers.
func login(t *testing.T, s *Server, user, password string) *dialogue {
	t.Helper()
	d := connect(t, s, s.Addr())
	d.secure()
	d.cmd(331, "USER %s", user)
	d.cmd(230, "PASS %s", password)
	if s.TLS {
		d.cmd(200, "PBSZ 0")
		d.cmd(200, "PROT P")
	}
	d.cmd(200, "TYPE I")
	return d
}

func (d *dialogue) secure() {
	d.t.Helper()
	if !d.s.TLS || d.s.Implicit {
		return
	}
	d.cmd(234, "AUTH TLS")
	conn := tls.Client(d.conn, d.config)
	if err := conn.Handshake(); err != nil {
		d.t.Fatalf("handshake: %v", err)
	}
	d.conn, d.Conn = conn, textproto.NewConn(conn)
}

// cmd expects a code, or one that begins with the digits given.
func (d *dialogue) cmd(expect int, format string, args ...any) string {
	d.t.Helper()
	if err := d.PrintfLine(format, args...); err != nil {
		d.t.Fatal(err)
	}
	_, text, err := d.ReadResponse(expect)
	if err != nil {
		d.t.Fatalf("%s: expected %d, got %v", fmt.Sprintf(format, args...), expect, err)
	}
	return text
}

var epsvPort = regexp.MustCompile(`\(\|\|\|(\d+)\|\)`)

// begin starts a transfer: the data connection, with TLS where it belongs, after the 1yz reply.
func (d *dialogue) begin(format string, args ...any) net.Conn {
	d.t.Helper()
	found := epsvPort.FindStringSubmatch(d.cmd(229, "EPSV"))
	if found == nil {
		d.t.Fatal("no port in the reply to EPSV")
	}
	data, err := net.DialTimeout("tcp", net.JoinHostPort(d.s.Host, found[1]), patience)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { data.Close() })
	data.SetDeadline(time.Now().Add(patience))
	d.cmd(1, format, args...)
	if !d.s.TLS {
		return data
	}
	secure := tls.Client(data, d.config)
	if err := secure.Handshake(); err != nil {
		d.t.Fatalf("handshake for data: %v", err)
	}
	return secure
}

func (d *dialogue) retrieve(format string, args ...any) string {
	d.t.Helper()
	data := d.begin(format, args...)
	text, err := io.ReadAll(data)
	if err != nil {
		d.t.Fatal(err)
	}
	data.Close()
	d.end()
	return string(text)
}

func (d *dialogue) store(name, content string) {
	d.t.Helper()
	data := d.begin("STOR %s", name)
	if _, err := io.Copy(data, strings.NewReader(content)); err != nil {
		d.t.Fatal(err)
	}
	if err := data.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		d.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, data) // the tickets of TLS 1.3: a Close before they are read resets the connection
	data.Close()
	d.end()
}

func (d *dialogue) end() {
	d.t.Helper()
	if _, _, err := d.ReadResponse(226); err != nil {
		d.t.Fatal(err)
	}
}
