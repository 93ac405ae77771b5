package teach

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestPagesRefuse: what is not a request of a browser gets an answer that says so, or none, and keeps nothing open.
func TestPagesRefuse(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := servePages(listener, func(out response, r request) { out.refuse("200 OK", r.method+" "+r.path+" "+r.host) })
	for asked, want := range map[string]string{
		"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n":                   "HTTP/1.1 200 OK",
		"GET /a HTTP/1.0\r\n\r\n":                                  "GET /a \n",
		"GET http://h/ HTTP/1.1\r\n\r\n":                           "400 Bad",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":                         "400 Bad",
		"\x16\x03\x01\x02\r\n\r\n":                                 "400 Bad",
		"GET / HTTP/1.1\r\n: no name\r\n\r\n":                      "400 Bad",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", mostRequest): "400 Bad",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, asked); err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(conn)
		if conn.Close(); !strings.Contains(string(got), want) {
			t.Errorf("%.40q: %q, want %q", asked, got, want)
		}
	}
	idle, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	begun := time.Now()
	if err := p.close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > requestTime/2 {
		t.Errorf("a connection that asks nothing holds the end up for %s", took)
	}
}
