package practice

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	short   = "0123456789"
	longish = 300_000
)

func faulty(t *testing.T, o Options, faults ...string) *Server {
	t.Helper()
	for _, text := range faults {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, f)
	}
	s := start(t, o)
	write(t, s, "/x", short)
	write(t, s, "/long", strings.Repeat("y", longish))
	return s
}

// wasReset also knows the text of Windows, whose error number is another one (WSAECONNRESET).
func wasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || err != nil && strings.Contains(err.Error(), "forcibly")
}

// TestFaults has a row for every fault: what a client sees of it.
func TestFaults(t *testing.T) {
	tests := map[string]func(t *testing.T, name string){
		"refuse": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+":STOR=553 no*1", name+":SIZE"))
			conn := c.passive()
			c.cmd(553, "STOR x")
			conn.Close()
			c.cmd(502, "SIZE x")
			c.put(226, "STOR x", "")
			c.cmd(502, "SIZE x")
		},
		"421": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+":PWD"))
			if _, err := io.WriteString(c.conn, "PWD\r\n"+strings.Repeat("NOOP\r\n", 1000)); err != nil {
				t.Fatal(err)
			}
			c.want(421)
			c.gone()
			c = dial(t, faulty(t, Options{}, name+":CONNECT=421 too many").Addr())
			if got := c.want(421); got != "too many" {
				t.Errorf("got %q", got)
			}
			c.gone()
		},
		"drop": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name+":RETR*1")
			c := login(t, s)
			c.passive()
			c.send("RETR x")
			c.gone()
			login(t, s).get(226, "RETR x")
		},
		"mute": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+":PWD"))
			c.send("PWD")
			c.cmd(200, "NOOP")
		},
		"idle": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name+"=0.05")
			c := login(t, s)
			c.want(421)
			c.gone()
			c = login(t, s)
			c.get(226, "RETR x")
			c.want(421)
			c.gone()
		},
		"no-epsv": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name))
			c.cmd(500, "EPSV")
			c.cmd(500, "EPRT |1|127.0.0.1|40000|")
			c.cmd(227, "PASV")
			if feat := c.cmd(211, "FEAT"); strings.Contains(feat, "EPSV") || strings.Contains(feat, "EPRT") {
				t.Errorf("FEAT has %s", feat)
			}
		},
		"no-mlsd": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name))
			c.cmd(500, "MLST x")
			if feat := c.cmd(211, "FEAT"); strings.Contains(feat, "MLST") {
				t.Errorf("FEAT has %s", feat)
			}
		},
		"nat-pasv": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"*1", name+"=192.0.2.9*2"))
			for _, want := range []string{"(192,0,2,9,", "(192,0,2,9,", "(127,0,0,1,"} {
				if got := c.cmd(227, "PASV"); !strings.Contains(got, want) {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		},
		"pasv-closed": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"*1"))
			msg := c.cmd(229, "EPSV")
			port := msg[strings.Index(msg, "|||")+3 : strings.LastIndex(msg, "|")]
			if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
				conn.Close()
				t.Error("the port is open")
			}
			c.cmd(425, "LIST")
			c.get(226, "LIST")
		},
		"hasty": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"=2"))
			c.cmd(229, "EPSV")
			c.cmd(227, "PASV")
			c.cmd(425, "EPSV")
		},
		"late": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+":NOOP=30ms"))
			begin := time.Now()
			c.cmd(200, "NOOP")
			if d := time.Since(begin); d < 30*time.Millisecond {
				t.Errorf("answered after %v", d)
			}
		},
		"no-end": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name))
			conn := c.passive()
			c.cmd(150, "RETR x")
			if got, _ := io.ReadAll(conn); string(got) != short {
				t.Errorf("got %q", got)
			}
			c.cmd(200, "NOOP")
		},
		"no-begin": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name))
			c.passive()
			c.cmd(226, "RETR x")
		},
		"hang-up": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name))
			c.get(226, "RETR x")
			c.gone()
		},
		"extra-reply": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+":NOOP=200 again"))
			c.cmd(200, "NOOP")
			if got := c.want(200); got != "again" {
				t.Errorf("got %q", got)
			}
		},
		"split-reply": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name))
			c.cmd(211, "FEAT")
			c.get(226, "RETR x")
		},
		"bare-lf": func(t *testing.T, name string) {
			c := dial(t, faulty(t, Options{}, name).Addr())
			if line, err := bufio.NewReader(c.conn).ReadString('\n'); err != nil || strings.Contains(line, "\r") {
				t.Errorf("%q, %v", line, err)
			}
		},
		"cut": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name+"=4*1")
			c := login(t, s)
			if got := c.get(426, "RETR x"); got != short[:4] {
				t.Errorf("got %q", got)
			}
			c.cmd(350, "REST 4")
			if got := c.get(226, "RETR x"); got != short[4:] {
				t.Errorf("got %q", got)
			}
			s = faulty(t, Options{}, name+":STOR=100000")
			c = login(t, s)
			c.put(426, "STOR y", strings.Repeat("z", longish))
			if got := len(read(t, s, "/y")); got != 100_000 {
				t.Errorf("%d bytes stored", got)
			}
		},
		"cut-reset": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"=100000"))
			conn := c.passive()
			c.cmd(150, "RETR long")
			if _, err := io.Copy(io.Discard, conn); !wasReset(err) {
				t.Errorf("got %v", err)
			}
			c.want(426)
		},
		"cut-silent": func(t *testing.T, name string) {
			for _, mode := range []TLSMode{NoTLS, Explicit} {
				c, tap := tapped(t, faulty(t, Options{TLS: mode}, name+"=100000"))
				if got := c.get(226, "RETR long"); len(got) != 100_000 {
					t.Errorf("%d bytes came", len(got))
				}
				if mode == Explicit && tap.end {
					t.Error("TLS ended without close_notify")
				}
			}
		},
		"cut-notify": func(t *testing.T, name string) {
			c, tap := tapped(t, faulty(t, Options{TLS: Explicit}, name+"=100000"))
			if got := c.get(226, "RETR long"); len(got) != 100_000 {
				t.Errorf("%d bytes came", len(got))
			}
			if !tap.end {
				t.Error("TLS ended with close_notify")
			}
		},
		"stall": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"=4"))
			for _, end := range []string{"ABOR", "close"} {
				conn := c.passive()
				c.cmd(150, "RETR x")
				if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
					t.Fatal(err)
				}
				_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				if n, err := conn.Read(make([]byte, 1)); n != 0 || !isTimeout(err) {
					t.Errorf("%d bytes, %v: it did not stall", n, err)
				}
				if end == "close" {
					conn.Close()
					c.want(426)
				} else {
					c.send("ABOR")
					c.want(426)
					c.want(226)
				}
			}
			conn := c.passive()
			c.cmd(150, "STOR y")
			if _, err := io.WriteString(conn, short); err != nil {
				t.Fatal(err)
			}
			c.send("ABOR")
			c.want(426)
			c.want(226)
		},
		"no-fin": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"*1"))
			conn := c.passive()
			c.cmd(150, "RETR x")
			c.want(226)
			if _, err := io.ReadFull(conn, make([]byte, len(short))); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			if _, err := conn.Read(make([]byte, 1)); !isTimeout(err) {
				t.Errorf("got %v", err)
			}
			c.get(226, "RETR x")
		},
		"store-less": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name+"=3")
			login(t, s).put(226, "STOR y", "abcdef")
			if got := read(t, s, "/y"); got != "abc" {
				t.Errorf("stored %q", got)
			}
		},
		"quota": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name+"=4")
			c := login(t, s)
			c.put(552, "STOR y", short)
			c.put(226, "STOR z", "four")
			if a, b := read(t, s, "/y"), read(t, s, "/z"); a != short[:4] || b != "four" {
				t.Errorf("stored %q and %q", a, b)
			}
		},
		"rate": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+"=2M"))
			begin := time.Now()
			if got := c.get(226, "RETR long"); len(got) != longish {
				t.Errorf("%d bytes came", len(got))
			}
			c.put(226, "STOR y", strings.Repeat("z", longish))
			if d := time.Since(begin); d < 150*time.Millisecond {
				t.Errorf("600 kB at 2 MB/s took %v", d)
			}
		},
		"dos-list": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name)
			c := login(t, s)
			c.cmd(213, "MFMT 20010203120000 x")
			c.cmd(250, "DELE long")
			c.cmd(257, "MKD dir")
			lines := strings.Split(c.get(226, "LIST"), "\r\n")
			if !strings.HasSuffix(lines[0], "M       <DIR>          dir") ||
				lines[1] != "02-03-01  12:00AM                   10 x" {
				t.Errorf("got %q", lines)
			}
		},
		"listing": func(t *testing.T, name string) {
			c := login(t, faulty(t, Options{}, name+`:NLST=../x\r\n\x1b\r\n*1`))
			if got := c.get(226, "NLST"); got != "../x\r\n\x1b\r\n" {
				t.Errorf("got %q", got)
			}
			if got := c.get(226, "NLST"); got != "long\r\nx\r\n" {
				t.Errorf("afterwards %q", got)
			}
		},
		"require-tls": func(t *testing.T, name string) {
			connect(t, faulty(t, Options{}, name)).cmd(530, "USER alice")
		},
		"require-reuse": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name)
			c := loginProtected(t, s)
			c.get(226, "LIST")
			c.tls = trusting(s)
			c.get(522, "LIST")
		},
		"expired-cert": badCertificate[x509.CertificateInvalidError],
		"wrong-name":   badCertificate[x509.HostnameError],
		"self-signed": func(t *testing.T, name string) {
			s := faulty(t, Options{TLS: Implicit}, name)
			if _, err := tls.Dial("tcp", s.Addr(), &tls.Config{ServerName: "localhost"}); err == nil {
				t.Error("a client that does not know it was content")
			}
			conn, err := tls.Dial("tcp", s.Addr(), trusting(s))
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		},
		"other-cert": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name)
			c := loginProtected(t, s)
			c.prot = false
			conn := c.passive()
			c.cmd(150, "NLST")
			data := tls.Client(conn, trusting(s))
			if err := data.Handshake(); err != nil {
				t.Fatal(err)
			}
			if data.ConnectionState().PeerCertificates[0].Equal(s.cert.leaf.Leaf) {
				t.Error("it is the same certificate")
			}
			io.Copy(io.Discard, data)
			data.Close()
			c.want(226)
		},
		"clear-data": func(t *testing.T, name string) {
			s := faulty(t, Options{}, name)
			c := loginProtected(t, s)
			c.prot = false
			conn := c.passive()
			c.cmd(150, "NLST")
			if got, err := io.ReadAll(conn); err != nil || string(got) != "long\r\nx\r\n" {
				t.Errorf("got %q, %v", got, err)
			}
			conn.Close()
			c.want(226)
		},
		"tls10": func(t *testing.T, name string) {
			s := faulty(t, Options{TLS: Implicit}, name)
			if _, err := tls.Dial("tcp", s.Addr(), &tls.Config{RootCAs: s.RootCAs()}); err == nil {
				t.Error("TLS 1.2 was accepted")
			}
		},
	}
	for _, f := range Faults() {
		test := tests[f.Name]
		if test == nil {
			t.Errorf("no test for %s", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) { test(t, f.Name) })
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func badCertificate[E error](t *testing.T, name string) {
	s := faulty(t, Options{TLS: Implicit}, name)
	_, err := tls.Dial("tcp", s.Addr(), trusting(s))
	var want E
	if !errors.As(err, &want) {
		t.Errorf("got %v, want %T", err, want)
	}
}

// tapped logs in, under TLS if the server has it, and gives the first data connection.
func tapped(t *testing.T, s *Server) (*rawClient, *endWatcher) {
	c := loginProtected(t, s)
	c.watch = &endWatcher{}
	return c, c.watch
}

// endWatcher sees whether the socket ended before TLS said so: both are io.EOF to a reader of TLS.
type endWatcher struct {
	net.Conn
	end bool
}

func (w *endWatcher) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.end = w.end || errors.Is(err, io.EOF)
	return n, err
}

func TestSetFaults(t *testing.T) {
	s := faulty(t, Options{})
	c := login(t, s)
	c.get(226, "RETR x")
	if err := s.SetFaults(Fault{Name: "cut", At: 3}); err != nil {
		t.Fatal(err)
	}
	c.get(426, "RETR x")
	if err := s.SetFaults(); err != nil {
		t.Fatal(err)
	}
	c.get(226, "RETR x")
	for _, name := range []string{"expired-cert", "no such fault"} {
		if err := s.SetFaults(Fault{Name: name}); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestParseFault(t *testing.T) {
	for _, row := range []struct {
		text string
		want Fault
	}{
		{"cut", Fault{Name: "cut"}},
		{"cut=4096", Fault{Name: "cut", At: 4096}},
		{"cut:retr=2k*3", Fault{Name: "cut", Verb: "RETR", At: 2048, Count: 3}},
		{"rate=1M", Fault{Name: "rate", At: 1 << 20}},
		{"refuse:STOR=550 no, = and * too", Fault{Name: "refuse", Verb: "STOR", Text: "550 no, = and * too"}},
		{"late=2", Fault{Name: "late", Delay: 2 * time.Second}},
		{"late:PASS=1.5s*1", Fault{Name: "late", Verb: "PASS", Delay: 1500 * time.Millisecond, Count: 1}},
	} {
		got, err := ParseFault(row.text)
		if err != nil || got != row.want {
			t.Errorf("%s: got %+v, %v", row.text, got, err)
		}
		if again, err := ParseFault(got.String()); err != nil || again != got {
			t.Errorf("%s: %s reads as %+v, %v", row.text, got, again, err)
		}
	}
	for _, text := range []string{"", "what", "cut=much", "drop=1", "late=soon", "cut=999999999999G", "cut*99999999999999999999"} {
		if f, err := ParseFault(text); err == nil {
			t.Errorf("%q reads as %+v", text, f)
		}
	}
}
