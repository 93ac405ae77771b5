package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// serve starts a server with TLS, faults, and the file "f".
func serve(t *testing.T, o practice.Options, faults ...string) *practice.Server {
	t.Helper()
	for _, text := range faults {
		f, err := practice.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, f)
	}
	if o.TLS == practice.NoTLS {
		o.TLS = practice.Explicit
	}
	srv, err := practice.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	if err := afero.WriteFile(srv.FS(), "/f", []byte(strings.Repeat("some data\n", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	return srv
}

// inClear is a change for logInTo.
func inClear(o *client.Options) { o.Security = client.Off }

// logInTo logs in, with TLS unless change says otherwise.
func logInTo(t *testing.T, srv *practice.Server, change func(*client.Options)) *client.Session {
	t.Helper()
	opt := client.Options{Addr: srv.Addr(), Security: client.Require}
	opt.TLS = &tls.Config{RootCAs: srv.RootCAs()}
	if change != nil {
		change(&opt)
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		t.Fatal(err)
	}
	return s
}

// fetchF downloads "f" and returns what came, and the first error.
func fetchF(t *testing.T, s *client.Session) ([]byte, error) {
	t.Helper()
	d, err := s.Retrieve(t.Context(), "f", 0)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(d)
	if closing := d.Close(); err == nil {
		err = closing
	}
	return got, err
}

// A data connection shows the key of the control connection, or is nobody we
// know. With OtherCertificates it may be another good one, but never any.
func TestOtherCertificateOnData(t *testing.T) {
	srv := serve(t, practice.Options{}, "other-cert")
	for _, test := range []struct {
		name   string
		change func(*client.Options)
		ok     bool
	}{
		{"same", nil, false},
		{"not verified", func(o *client.Options) { o.TLS.InsecureSkipVerify = true }, false},
		{"verified", func(o *client.Options) { o.OtherCertificates = true }, true},
		{"verified, but not verified", func(o *client.Options) { o.OtherCertificates, o.TLS.InsecureSkipVerify = true, true }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := logInTo(t, srv, test.change)
			for range 2 {
				got, err := fetchF(t, s)
				if test.ok && err != nil || !test.ok && (err == nil || len(got) > 0 || !strings.Contains(err.Error(), "another certificate than on the control connection")) {
					t.Errorf("%d bytes, %v", len(got), err)
				}
			}
			if _, err := s.Getwd(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A server that agrees to PROT P and then sends its data in the clear gets nothing,
// and gives nothing.
func TestClearData(t *testing.T) {
	s := logInTo(t, serve(t, practice.Options{}, "clear-data"), nil)
	if got, err := fetchF(t, s); len(got) > 0 || !errors.As(err, new(*client.TLSError)) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
		if err == nil {
			t.Errorf("listed %q", e.Name)
		}
	}
}

// What is no TLS behind AUTH ends the connection before anything secret leaves.
func TestNoTLSBehindAUTH(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"text in place of a handshake", "S: 220 hello\nC: AUTH TLS\nS: 234 go on\nS: 220 hello again\nsilence"},
		{"nothing", "S: 220 hello\nC: AUTH TLS\nS: 234 go on\nclose"},
		{"replies behind the 234", "S: 220 hello\nC: AUTH TLS\nS> 234 go on\\r\\n331 password\\r\\n230 in\\r\\n\nsilence"},
		{"a success that is none", "S: 220 hello\nC: AUTH TLS\nS: 200 fine, TLS"},
		{"334", "S: 220 hello\nC: AUTH TLS\nS: 334 go on"},
		{"230", "S: 220 hello\nC: AUTH TLS\nS: 230 you are in already"},
		{"refused behind a greeting that logs in", "S: 230 you are in\nC: AUTH TLS\nS: 503 no need"},
		{"refused for now", "S: 220 hello\nC: AUTH TLS\nS: 431 not now"},
		{"unknown", "S: 220 hello\nC: AUTH TLS\nS: 502 what"},
		{"421", "S: 220 hello\nC: AUTH TLS\nS: 421 too busy\nclose"},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, err := practice.Script(test.text)
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			opt := client.Options{Addr: srv.Addr(), Security: client.Require}
			opt.Trace = &client.Trace{Sent: func(i client.SentInfo) {
				if i.Verb != "AUTH" {
					t.Errorf("sent %s", i.Line)
				}
			}}
			if s, err := client.Open(t.Context(), opt); err == nil {
				s.Close()
				t.Error("connected")
			}
		})
	}
}

// Each flaw of a certificate is told apart, before anything secret is sent.
func TestFlawsOfCertificates(t *testing.T) {
	for flaw, says := range map[practice.Flaw]string{
		practice.Expired:        "expired on ",
		practice.NotYetValid:    "not valid before ",
		practice.WrongName:      "is for wrong.example, not for 127.0.0.1",
		practice.OnlyCommonName: "names no host, only CN=localhost, which is not used any more",
		practice.SelfSigned:     "self-signed",
		practice.Sound:          "signed by an unknown authority: CN=ftpsh practice CA",
	} {
		srv := serve(t, practice.Options{TLS: practice.Explicit, Flaw: flaw})
		opt := client.Options{Addr: srv.Addr()}
		opt.TLS = &tls.Config{RootCAs: srv.RootCAs()}
		if flaw == practice.SelfSigned || flaw == practice.Sound {
			opt.TLS = nil
		}
		s, err := client.Open(t.Context(), opt)
		var bad *client.CertificateError
		if !errors.As(err, &bad) || bad.Reason() != says && !strings.HasPrefix(bad.Reason(), says) {
			t.Errorf("%v: %v, want %q", flaw, err, says)
		}
		if err == nil {
			s.Close()
		}
		for _, line := range srv.Commands() {
			if line != "AUTH TLS" {
				t.Errorf("sent %s", line)
			}
		}
		if bad == nil {
			continue
		}
		opt.Pin = client.Fingerprint(bad.Chain[0])
		if s, err = client.Open(t.Context(), opt); err != nil {
			t.Errorf("with the pin: %v", err)
		} else {
			s.Close()
		}
		opt.Pin = strings.Repeat("0", 64)
		if s, err = client.Open(t.Context(), opt); err == nil {
			s.Close()
			t.Error("another pin was good enough")
		}
	}
}

// Names are told to the server (SNI), and what is to be spoken (ALPN); TLS below
// 1.2 is refused, and taken when it is asked for.
func TestHello(t *testing.T) {
	cert, pool, err := practice.Certificate(practice.Sound)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	hellos := make(chan *tls.ClientHelloInfo, 1)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			tc := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
				hellos <- h
				return nil, nil
			}})
			if tc.Handshake() == nil {
				io.WriteString(tc, "220 hello\r\n")
				io.Copy(io.Discard, tc)
			}
			tc.Close()
		}
	}()
	opt := client.Options{Addr: "localhost:" + port(ln), Security: client.Implicit}
	opt.TLS = &tls.Config{RootCAs: pool}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	s.Conn().Close()
	h := <-hellos
	if h.ServerName != "localhost" || len(h.SupportedProtos) != 1 || h.SupportedProtos[0] != "ftp" {
		t.Errorf("SNI %q, ALPN %q", h.ServerName, h.SupportedProtos)
	}
	for _, v := range h.SupportedVersions {
		if v < tls.VersionTLS12 {
			t.Errorf("%s is offered", tls.VersionName(v))
		}
	}
}

func port(ln net.Listener) string {
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

// A reconnection keeps what the first connection promised: no password goes to
// a server that lost its TLS or has another certificate.
func TestReconnectKeepsPromises(t *testing.T) {
	login := func(t *testing.T, srv *practice.Scripted, insecure bool) *client.Session {
		t.Helper()
		opt := client.Options{Addr: srv.Addr(), Security: client.Opportunistic}
		opt.TLS = &tls.Config{RootCAs: srv.RootCAs(), InsecureSkipVerify: insecure}
		s, err := client.Open(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		return s
	}
	const first = "S: 220 ready\nC: AUTH TLS\nS: 234 go on\ntls\nC: USER alice\nS: 331 password\nC: PASS secret\nS: 230 in\n" +
		"C: FEAT\nS: 211 none\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX\nclose\naccept\n"
	for name, text := range map[string]string{
		"AUTH refused":       first + "S: 220 ready\nC: AUTH TLS\nS: 502 what\n",
		"no TLS behind AUTH": first + "S: 220 ready\nC: AUTH TLS\nS: 234 go on\nS: 220 hello\nsilence\n",
	} {
		t.Run(name, func(t *testing.T) {
			srv, err := practice.Script(text)
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			s := login(t, srv, false)
			if err := s.Noop(t.Context()); err == nil {
				t.Error("NOOP was answered")
			}
			s.Conn().Close()
		})
	}
	for _, insecure := range []bool{false, true} {
		t.Run(map[bool]string{false: "another certificate", true: "another certificate, unverified"}[insecure], func(t *testing.T) {
			one, two := serve(t, practice.Options{}), serve(t, practice.Options{})
			at := one.Addr()
			s := logInTo(t, one, func(o *client.Options) {
				o.TLS.InsecureSkipVerify = insecure
				o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, network, at)
				}
			})
			s.Conn().Close()
			at = two.Addr()
			if err := s.Noop(t.Context()); !errors.As(err, new(*client.CertificateError)) {
				t.Errorf("NOOP: %v", err)
			}
			for _, line := range two.Commands() {
				if line != "AUTH TLS" {
					t.Errorf("sent %s", line)
				}
			}
		})
	}
}

// Each transfer resumes the session of its own control connection: many in a
// row, several sessions side by side, and after connecting again.
func TestReuseIsKept(t *testing.T) {
	for _, o := range []daemon.Options{{}, {MaxTLS: "1.2"}} {
		t.Run("TLS "+o.MaxTLS, func(t *testing.T) {
			for _, name := range []string{"vsftpd-tls", "proftpd-tls"} {
				t.Run(name, func(t *testing.T) {
					srv := daemon.Start(t, name, o)
					srv.Put("f", []byte("some data"))
					s := open(t, srv, nil)
					if name == "proftpd-tls" && o.MaxTLS == "1.2" {
						reuseWithoutTickets(t, s)
						return
					}
					others := []*client.Session{s}
					for range 3 {
						c, err := s.Clone(t.Context())
						if err != nil {
							t.Fatal(err)
						}
						defer c.Close()
						others = append(others, c)
					}
					for range 13 {
						for _, c := range others {
							if got, err := fetchF(t, c); err != nil || string(got) != "some data" {
								t.Fatalf("got %q, %v", got, err)
							}
						}
					}
					s.Conn().Close()
					if got, err := fetchF(t, s); err != nil || string(got) != "some data" {
						t.Errorf("after connecting again: %q, %v", got, err)
					}
				})
			}
		})
	}
}

// reuseWithoutTickets: a server that gives no tickets and wants sessions to be
// resumed says no; the error says why.
func reuseWithoutTickets(t *testing.T, s *client.Session) {
	if got, err := fetchF(t, s); len(got) > 0 || !errors.As(err, new(*client.NoTicketError)) || !client.IsCode(err, 425) {
		t.Errorf("got %q, %v", got, err)
	}
}

// What is wrong with the data connection is told, not that the server hung up
// because of it.
func TestHangsUpAfterAHandshake(t *testing.T) {
	for _, end := range []string{"close\n", "silence\nclose\n"} {
		talk(t, playedTLS+`
			C: FEAT
			S: 502 what
			`+playedLater+`
			C: TYPE I
			S: 200 binary
			C: PBSZ 0
			S: 200 fine
			C: PROT P
			S: 200 fine
			C: EPSV
			S: 229 (|||$PORT|)
			C: RETR f
			S: 150 coming
			D> no TLS, but text\r\n
			D< *
			`+end, client.Options{Security: client.Require, Timeout: time.Second}, func(s *client.Session) {
			if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
				t.Fatal(err)
			}
			d, err := s.Retrieve(t.Context(), "f", 0)
			if err != nil {
				t.Fatal(err)
			}
			io.ReadAll(d)
			if err := d.Close(); !errors.As(err, new(*client.TLSError)) {
				t.Errorf("%s: %v", strings.TrimSpace(end), err)
			}
		})
	}
}

// A certificate can be for many hosts, or for one whose name fills a screen.
func TestCertificateNames(t *testing.T) {
	leaf := &x509.Certificate{DNSNames: []string{strings.Repeat("x", 60_000)}, IPAddresses: make([]net.IP, 900)}
	if names := client.CertificateNames(leaf); len(names) != 9 || len(names[0]) != 253 || names[8] != "and 893 more" {
		t.Errorf("%d names: %.300q", len(names), names)
	}
}
