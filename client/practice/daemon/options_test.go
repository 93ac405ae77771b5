package daemon

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

func TestMaxTLS(t *testing.T) {
	for name, version := range map[string]uint16{"1.0": tls.VersionTLS10, "1.2": tls.VersionTLS12} {
		t.Run(name, func(t *testing.T) {
			EachWith(t, Options{MaxTLS: name}, func(t *testing.T, s *Server) {
				d := connect(t, s, s.Addr(), func(c *tls.Config) { c.MinVersion = tls.VersionTLS10 })
				d.secure()
				if got := d.conn.(*tls.Conn).ConnectionState().Version; got != version {
					t.Errorf("got %s", tls.VersionName(got))
				}
			})
		})
	}
}

func TestCiphers(t *testing.T) {
	EachWith(t, Options{MaxTLS: "1.2", Ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384"}, func(t *testing.T, s *Server) {
		d := connect(t, s, s.Addr())
		d.secure()
		got := d.conn.(*tls.Conn).ConnectionState().CipherSuite
		if got != tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 {
			t.Errorf("got %s", tls.CipherSuiteName(got))
		}
	})
}

// handshake says how a client that checks certificates fares.
func handshake(t *testing.T, s *Server) error {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.Addr(), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	config := s.TLSConfig()
	config.ServerName = serverName
	if !s.Implicit {
		startTLS(t, conn)
	}
	return tls.Client(conn, config).Handshake()
}

func startTLS(t *testing.T, conn net.Conn) {
	t.Helper()
	var seen []byte
	read := func(code string) {
		for one := make([]byte, 1); !strings.HasPrefix(lastLine(seen), code+" ") || !strings.HasSuffix(string(seen), "\n"); {
			if _, err := conn.Read(one); err != nil {
				t.Fatalf("%v after %q", err, seen)
			}
			seen = append(seen, one[0])
		}
	}
	read("220")
	conn.Write([]byte("AUTH TLS\r\n"))
	read("234")
}

func lastLine(text []byte) string {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return lines[len(lines)-1]
}

func TestCertificates(t *testing.T) {
	rows := []struct {
		kind string
		ok   func(error) bool
	}{
		{"chain", func(err error) bool { return err == nil }},
		{"expired", func(err error) bool {
			var e x509.CertificateInvalidError
			return errors.As(err, &e) && e.Reason == x509.Expired
		}},
		{"wrongname", func(err error) bool {
			var e x509.HostnameError
			return errors.As(err, &e)
		}},
		{"selfsigned", func(err error) bool {
			var e x509.UnknownAuthorityError
			return errors.As(err, &e)
		}},
	}
	for _, row := range rows {
		t.Run(row.kind, func(t *testing.T) {
			EachWith(t, Options{Cert: row.kind}, func(t *testing.T, s *Server) {
				if err := handshake(t, s); !row.ok(err) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestClientCert(t *testing.T) {
	EachWith(t, Options{ClientCert: true}, func(t *testing.T, s *Server) {
		login(t, s, s.User, s.Password).retrieve("LIST")
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		if !s.Implicit {
			startTLS(t, conn)
		}
		config := s.TLSConfig()
		config.Certificates = nil
		bare := tls.Client(conn, config)
		bare.Write([]byte("NOOP\r\n"))
		if n, err := bare.Read(make([]byte, 1)); err == nil {
			t.Errorf("without a certificate it answered (%d byte)", n)
		}
	})
}

func TestNoReuse(t *testing.T) {
	EachWith(t, Options{NoReuse: true}, func(t *testing.T, s *Server) {
		d := login(t, s, s.User, s.Password)
		d.config = d.config.Clone()
		d.config.ClientSessionCache = nil
		s.Put("file", []byte("content"))
		if got := d.retrieve("RETR file"); got != "content" {
			t.Errorf("got %q", got)
		}
	})
}

func TestEager(t *testing.T) {
	EachWith(t, Options{Eager: true}, func(t *testing.T, s *Server) {
		s.Put("file", []byte("content"))
		d := login(t, s, s.User, s.Password)
		port := epsvPort.FindStringSubmatch(d.cmd(229, "EPSV"))[1]
		conn, err := net.Dial("tcp", net.JoinHostPort(s.Host, port))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		data := tls.Client(conn, d.config)
		read := make(chan string, 1)
		go func() { // the ClientHello is on its way before RETR
			buffer := make([]byte, 100)
			n, _ := data.Read(buffer)
			read <- string(buffer[:n])
		}()
		d.cmd(200, "NOOP")
		d.cmd(1, "RETR file")
		if got := <-read; got != "content" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRate(t *testing.T) {
	const size, rate = 270_000, 100_000 // pyftpdlib sends the first two seconds' worth at once
	EachWith(t, Options{Rate: rate}, func(t *testing.T, s *Server) {
		s.Put("file", Content(size, 1))
		d := login(t, s, s.User, s.Password)
		begin := time.Now()
		d.retrieve("RETR file")
		if took := time.Since(begin); took < 300*time.Millisecond {
			t.Errorf("%d bytes took only %v", size, took)
		}
	})
}

func TestReadOnly(t *testing.T) {
	EachWith(t, Options{ReadOnly: true}, func(t *testing.T, s *Server) {
		login(t, s, s.User, s.Password).cmd(55, "MKD new")
	})
}

func TestMaxClients(t *testing.T) {
	EachWith(t, Options{MaxClients: 1}, func(t *testing.T, s *Server) {
		login(t, s, s.User, s.Password)
		if strings.HasPrefix(s.Flavour, "proftpd") {
			d := connect(t, s, s.Addr())
			d.secure()
			d.cmd(331, "USER %s", s.User)
			d.cmd(530, "PASS %s", s.Password)
			return
		}
		conn, err := net.Dial("tcp", s.Addr()) // vsftpd-implicit says no in the clear too
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		if code, text, err := textproto.NewConn(conn).ReadResponse(421); code != 421 {
			t.Errorf("%d %s, %v", code, text, err)
		}
	})
}

func TestIdle(t *testing.T) {
	EachWith(t, Options{Idle: time.Second}, func(t *testing.T, s *Server) {
		d := login(t, s, s.User, s.Password)
		code, text, err := d.ReadResponse(421)
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			t.Error("the session went on")
		}
		if code != 421 && !s.TLS { // vsftpd and proftpd cannot say it over TLS
			t.Errorf("%d %s, %v", code, text, err)
		}
	})
}

func TestBanner(t *testing.T) {
	EachWith(t, Options{Banner: true}, func(t *testing.T, s *Server) {
		if d := connect(t, s, s.Addr()); !strings.Contains(d.greeting, "only looks like the end") {
			t.Errorf("greeting: %q", d.greeting)
		}
	})
}

func TestMode(t *testing.T) {
	rows := []struct{ mode, refused string }{{"active", "EPSV"}, {"passive", "PORT 127,0,0,1,200,200"}}
	for _, row := range rows {
		t.Run(row.mode, func(t *testing.T) {
			EachWith(t, Options{Mode: row.mode}, func(t *testing.T, s *Server) {
				login(t, s, s.User, s.Password).cmd(5, "%s", row.refused)
			})
		})
	}
}

func TestPasvIP(t *testing.T) {
	EachWith(t, Options{PasvIP: "192.0.2.1"}, func(t *testing.T, s *Server) {
		if got := login(t, s, s.User, s.Password).cmd(227, "PASV"); !strings.Contains(got, "192,0,2,1,") {
			t.Errorf("got %q", got)
		}
	})
}

func TestDeflate(t *testing.T) {
	EachWith(t, Options{Deflate: true}, func(t *testing.T, s *Server) {
		login(t, s, s.User, s.Password).cmd(200, "MODE Z")
	})
}

func TestNoDigest(t *testing.T) {
	EachWith(t, Options{NoDigest: true}, func(t *testing.T, s *Server) {
		if got := login(t, s, s.User, s.Password).cmd(211, "FEAT"); strings.Contains(got, "HASH") {
			t.Errorf("got %q", got)
		}
	})
}

func TestCharset(t *testing.T) {
	rows := []struct{ flavour, charset, disk, wire string }{
		{"proftpd", "latin1", "ä", "\xe4"},
		{"pyftpdlib", "bytes", "\xe4", "\xe4"},
	}
	for _, row := range rows {
		t.Run(row.flavour, func(t *testing.T) {
			s := Start(t, row.flavour, Options{Charset: row.charset})
			s.Put(row.disk, nil)
			if got := login(t, s, s.User, s.Password).retrieve("NLST"); got != row.wire+"\r\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestConf(t *testing.T) {
	rows := []struct{ flavour, conf, greeting string }{
		{"vsftpd", "ftpd_banner=hello", "hello"},
		{"proftpd", "ServerIdent on hello", "hello"},
		{"pyftpdlib", "banner='hello'", "hello"},
	}
	for _, row := range rows {
		t.Run(row.flavour, func(t *testing.T) {
			s := Start(t, row.flavour, Options{Conf: []string{row.conf}})
			if d := connect(t, s, s.Addr()); d.greeting != row.greeting {
				t.Errorf("greeting: %q", d.greeting)
			}
		})
	}
}
