package proxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestConnectRequest(t *testing.T) {
	rows := []struct{ name, login, target, want string }{
		{"plain", "", "ftp.example.org:21", "CONNECT ftp.example.org:21 HTTP/1.1\r\nHost: ftp.example.org:21\r\n\r\n"},
		{"IPv6", "", "[2001:db8::1]:2121", "CONNECT [2001:db8::1]:2121 HTTP/1.1\r\nHost: [2001:db8::1]:2121\r\n\r\n"},
		{"login", "Aladdin:open%20sesame@", "h:1", // the example of RFC 7617
			"CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"},
		{"no password", "joe@", "h:1", "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\nProxy-Authorization: Basic am9lOg==\r\n\r\n"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			requests := make(chan string, 1)
			addr := serve(t, func(nc net.Conn) {
				requests <- readRequest(nc)
				io.WriteString(nc, "HTTP/1.1 200 OK\r\n\r\n")
			})
			nc, err := mustDialer(t, "http://"+row.login+addr)(within(t), "tcp", row.target)
			if err != nil {
				t.Fatal(err)
			}
			nc.Close()
			if got := <-requests; got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}

func TestConnectReplies(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	rows := []struct{ name, reply, want string }{ // want: the error
		{"success", "HTTP/1.1 200 Connection established\r\n\r\n", ""},
		{"success of version 1.0, without words", "HTTP/1.0 200\r\n\r\n", ""},
		{"header with a length, which means nothing", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", ""},
		{"bare line feeds", "HTTP/1.1 200 OK\nVia: x\n\n", ""},
		{"another 2xx", "HTTP/1.1 204 No Content\r\n\r\n", ""},
		{"refusal", "HTTP/1.1 403 Filtered\r\n\r\n", "the proxy refuses: 403 Filtered"},
		{"login wanted", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "asks for a user and a password: 407"},
		{"redirect", "HTTP/1.1 302 Found\r\nLocation: http://other:80/\r\n\r\n", "redirect, which is not followed: 302 Found"},
		{"interim", "HTTP/1.1 100 Continue\r\n\r\n", "the proxy refuses: 100 Continue"},
		{"an FTP server", "220 ready\r\n", `this is not an HTTP proxy, it says "220 ready"`},
		{"an SSH server", "SSH-2.0-OpenSSH_9.2\r\n", `this is not an HTTP proxy, it says "SSH-2.0-OpenSSH_9.2"`},
		{"escape sequences", "HTTP/1.1 500 \x1b]0;owned\a\r\n\r\n", "the proxy refuses: 500 ?]0;owned?"},
		{"a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "not an HTTP proxy"},
		{"a negative status", "HTTP/1.1 -20 OK\r\n\r\n", "not an HTTP proxy"},
		{"nothing", "", "the proxy closed the connection"},
		{"half a header", "HTTP/1.1 200 OK\r\nVia: ", "the proxy closed the connection"},
		{"an endless line", "HTTP/1.1 200 " + long, "a line that is too long"},
		{"an endless header", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+long[:maxLine/2]+"\r\n", 40), "the proxy's reply is too long"},
		{"many short lines", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X:\r\n", maxHeader/4+1), "the proxy's reply is too long"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			addr := serve(t, func(nc net.Conn) {
				readRequest(nc)
				io.WriteString(nc, row.reply)
			})
			nc, err := mustDialer(t, "http://"+addr)(within(t), "tcp", "ftp.example.org:21")
			if err == nil {
				nc.Close()
			}
			if row.want == "" && err != nil {
				t.Errorf("got error %v", err)
			}
			if row.want != "" {
				wantError(t, err, row.want)
			}
		})
	}
}

func TestWrongLoginDoesNotShowThePassword(t *testing.T) {
	addr := serve(t, func(nc net.Conn) {
		readRequest(nc)
		io.WriteString(nc, "HTTP/1.1 407 Who are you?\r\n\r\n")
	})
	_, err := mustDialer(t, "http://joe:sesame@"+addr)(within(t), "tcp", "ftp.example.org:21")
	wantError(t, err, "ftp.example.org:21 through http "+addr+": the proxy does not accept its user and password: 407 Who are you?")
	if strings.Contains(err.Error(), "joe") || strings.Contains(err.Error(), "sesame") {
		t.Errorf("the error shows the login: %v", err)
	}
}

func TestUserWithAColon(t *testing.T) {
	addr := serve(t, func(net.Conn) {})
	_, err := mustDialer(t, "http://jo%3Ae:sesame@"+addr)(within(t), "tcp", "ftp.example.org:21")
	wantError(t, err, "has a colon")
}

func TestGreetingInTheSamePacketIsNotLost(t *testing.T) {
	const greeting = "220 ready\r\n"
	addr := serve(t, func(nc net.Conn) {
		readRequest(nc)
		io.WriteString(nc, "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n"+greeting)
	})
	nc, err := mustDialer(t, "http://"+addr)(within(t), "tcp", "ftp.example.org:21")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if got, err := io.ReadAll(nc); string(got) != greeting {
		t.Errorf("got %q, %v, want %q", got, err, greeting)
	}
}

func TestCancelEndsEveryStep(t *testing.T) {
	for _, scheme := range []string{"http", "https", "socks5"} {
		t.Run(scheme, func(t *testing.T) {
			ctx, cancel := context.WithCancel(within(t))
			closed := make(chan error, 1)
			addr := serve(t, func(nc net.Conn) { // a proxy that never answers
				io.ReadFull(nc, make([]byte, 1))
				cancel()
				_, err := io.Copy(io.Discard, nc)
				closed <- err
			})
			_, err := mustDialer(t, scheme+"://"+addr)(ctx, "tcp", "ftp.example.org:21")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context canceled", err)
			}
			if err := <-closed; err != nil {
				t.Logf("the proxy sees the end as %v", err)
			}
		})
	}
}

// startTLS makes a proxy of addr that wants TLS, and returns its address and who signed its certificate.
func startTLS(t *testing.T, addr string) (string, *x509.CertPool) {
	t.Helper()
	config := donor()
	return serve(t, func(nc net.Conn) { relay(tls.Server(nc, config), addr) }), signer(t)
}

// donor has a certificate for 127.0.0.1.
func donor() *tls.Config {
	donor := httptest.NewTLSServer(nil)
	defer donor.Close()
	return &tls.Config{Certificates: donor.TLS.Certificates}
}

// signer is who signed it: itself.
func signer(t *testing.T) *x509.CertPool {
	t.Helper()
	leaf, err := x509.ParseCertificate(donor().Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return roots
}

func relay(nc net.Conn, addr string) {
	behind, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer behind.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(behind, nc)
		behind.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(nc, behind)
	nc.Close()
	<-done
}

func TestConnectInsideTLS(t *testing.T) {
	plain := serve(t, func(nc net.Conn) {
		readRequest(nc)
		io.WriteString(nc, "HTTP/1.1 200 OK\r\n\r\n220 ready\r\n")
	})
	addr, roots := startTLS(t, plain)
	u := mustParse(t, "https://joe:sesame@"+addr)

	t.Run("trusted", func(t *testing.T) {
		dial := through(u, direct, secured(&tls.Config{ServerName: u.Hostname(), RootCAs: roots}))
		nc, err := dial(within(t), "tcp", "ftp.example.org:21")
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		if got, _ := io.ReadAll(nc); string(got) != "220 ready\r\n" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("not trusted", func(t *testing.T) {
		_, err := mustDialer(t, u.String())(within(t), "tcp", "ftp.example.org:21")
		wantError(t, err, "TLS with the proxy: ")
		if unknown := (x509.UnknownAuthorityError{}); !errors.As(err, &unknown) {
			t.Errorf("the cause is lost: %v", err)
		}
	})
}

func FuzzConnectReply(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 Connection established\r\n\r\n220 ready\r\n",
		"HTTP/1.0 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
		"HTTP/1.1  200\n\n", "SSH-2.0-x\r\n", "\r\n\r\n", "HTTP/1.1 302 \x1b[2J\xff\r\nLocation: /\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, reply []byte) {
		r := bytes.NewReader(reply)
		status, words, err := readHead(r, func(string) error { return nil })
		read := len(reply) - r.Len()
		if read > maxHeader+maxLine {
			t.Errorf("read %d bytes", read)
		}
		if err != nil {
			return
		}
		if status < 100 || status > 999 {
			t.Errorf("status %d", status)
		}
		if strings.ContainsAny(words, "\x1b\r\n\x00") || len(words) > 1000 {
			t.Errorf("words %q", words)
		}
		if end := reply[:read]; !bytes.HasSuffix(end, []byte("\n\n")) && !bytes.HasSuffix(end, []byte("\n\r\n")) &&
			!bytes.HasSuffix(bytes.ReplaceAll(end, []byte("\r"), nil), []byte("\n\n")) {
			t.Errorf("stopped after %q", end)
		}
	})
}
