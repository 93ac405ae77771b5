package practice

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
)

func TestZeroOptions(t *testing.T) {
	s := start(t, Options{})
	if !strings.HasPrefix(s.Addr(), "127.0.0.1:") || s.URL() != "ftp://"+s.Addr()+"/" {
		t.Errorf("address %s, URL %s", s.Addr(), s.URL())
	}
	c := login(t, s)
	if got := c.get(226, "LIST"); got != "" {
		t.Errorf("LIST of nothing: %q", got)
	}
	c.put(226, "STOR x", "hello")
	if got := c.get(226, "RETR x"); got != "hello" {
		t.Errorf("got %q", got)
	}
	c.cmd(221, "QUIT")
	c.gone()
	want := "USER alice;PASS ****;TYPE I;EPSV;LIST;EPSV;STOR x;EPSV;RETR x;QUIT"
	if got := strings.Join(s.Commands(), ";"); got != want {
		t.Errorf("commands\n%s\nwant\n%s", got, want)
	}
}

func TestTLSModes(t *testing.T) {
	for _, mode := range []TLSMode{Explicit, RequireExplicit, Implicit} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(fmt.Sprint(mode, tls.VersionName(version)), func(t *testing.T) {
				s := start(t, Options{TLS: mode, MaxTLS: version, RequireReuse: true})
				c := dial(t, s.Addr())
				if mode == Implicit {
					c.handshake(s.RootCAs())
					c.want(220)
				} else {
					c.want(220)
					c.startTLS(s.RootCAs())
				}
				c.login()
				big := strings.Repeat("0123456789", 30_000)
				for range 3 {
					c.put(226, "STOR big", big)
					if got := c.get(226, "RETR big"); got != big {
						t.Fatalf("%d bytes came", len(got))
					}
				}
				c.put(226, "STOR empty", "")
				if got := c.get(226, "RETR empty"); got != "" || read(t, s, "/empty") != "" {
					t.Errorf("empty file: %q", got)
				}
			})
		}
	}
}

func TestReuseRequired(t *testing.T) {
	s := start(t, Options{TLS: Explicit, RequireReuse: true})
	a, b := loginProtected(t, s), loginProtected(t, s)
	a.get(226, "LIST")
	for _, row := range []struct {
		name  string
		cache tls.ClientSessionCache
	}{
		{"no cache", nil},
		{"the cache of another session", b.tls.ClientSessionCache},
	} {
		t.Run(row.name, func(t *testing.T) {
			a.tls = a.tls.Clone()
			a.tls.ClientSessionCache = row.cache
			a.get(522, "LIST")
			a.cmd(200, "NOOP")
		})
	}
}

func TestRequireTLS(t *testing.T) {
	s := start(t, Options{TLS: RequireExplicit})
	c := connect(t, s)
	c.cmd(530, "USER alice")
	c.cmd(503, "PBSZ 0")
	c.cmd(503, "PROT P")
	c.cmd(504, "AUTH KERBEROS_V4")
	c.cmd(234, "AUTH TLS")
	c.handshake(s.RootCAs())
	c.cmd(503, "AUTH TLS")
	c.login()
	c.cmd(229, "EPSV")
	c.cmd(521, "LIST")
	c.cmd(503, "PROT P")
	c.cmd(200, "PBSZ 0")
	c.cmd(536, "PROT S")
	c.cmd(534, "PROT C")
	c.cmd(200, "PROT P")
	c.get(226, "LIST")
}

func TestNothingBeforeTheHandshakeIsObeyed(t *testing.T) {
	s := start(t, Options{TLS: Explicit})
	c := connect(t, s)
	if _, err := io.WriteString(c.conn, "AUTH TLS\r\nNOOP\r\n"); err != nil {
		t.Fatal(err)
	}
	c.want(234)
	c.handshake(s.RootCAs())
	c.login()
	for _, line := range s.Commands() {
		if line == "NOOP" {
			t.Error("a command sent in the clear was obeyed under TLS")
		}
	}
}

func TestActive(t *testing.T) {
	for _, mode := range []TLSMode{NoTLS, Explicit} {
		for _, verb := range []string{"PORT", "EPRT"} {
			t.Run(fmt.Sprint(verb, mode), func(t *testing.T) {
				s := start(t, Options{TLS: mode, RequireReuse: mode == Explicit})
				write(t, s, "/x", "hello")
				c := loginProtected(t, s)
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				port := l.Addr().(*net.TCPAddr).Port
				if verb == "PORT" {
					c.cmd(200, fmt.Sprintf("PORT 127,0,0,1,%d,%d", port>>8, port&255))
				} else {
					c.cmd(200, fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port))
				}
				c.cmd(150, "RETR x")
				conn, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				data, err := io.ReadAll(c.protect(conn))
				conn.Close()
				if string(data) != "hello" {
					t.Errorf("%q, %v", data, err)
				}
				c.want(226)
			})
		}
	}
}

func TestPortRefusals(t *testing.T) {
	c := login(t, start(t, Options{}))
	c.cmd(501, "PORT 10,0,0,5,100,1")
	c.cmd(501, "PORT 127,0,0,1,0,21")
	c.cmd(501, "PORT 127,0,0,1,100")
	c.cmd(501, "EPRT |2|127.0.0.1|50000|")
	c.cmd(425, "LIST")
	c.cmd(522, "EPSV 2")
	c.cmd(229, "EPSV 1")
	c.cmd(200, "EPSV ALL")
	c.cmd(503, "PASV")
	c.cmd(503, "PORT 127,0,0,1,100,1")
	c.get(226, "NLST")
}

func TestIPv6(t *testing.T) {
	s, err := Start(Options{Listen: "[::1]:0"})
	if err != nil {
		t.Logf("no IPv6 here: %v", err)
		return
	}
	t.Cleanup(func() { s.Close() })
	c := login(t, s)
	c.cmd(425, "PASV")
	c.cmd(229, "EPSV 2")
	c.put(226, "STOR x", "six")
	if got := c.get(226, "RETR x"); got != "six" {
		t.Errorf("got %q", got)
	}
}

func TestPassivePorts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().(*net.TCPAddr).Port
	l.Close()
	s := start(t, Options{PassivePorts: Ports{free, free}, PublicHost: "192.0.2.7"})
	c := login(t, s)
	want := fmt.Sprintf("(192,0,2,7,%d,%d)", free>>8, free&255)
	if msg := c.cmd(227, "PASV"); !strings.Contains(msg, want) {
		t.Errorf("%s, want %s", msg, want)
	}
	c.connectData(free)
	c.cmd(150, "LIST")
	c.want(226)
}

func TestLogin(t *testing.T) {
	s := start(t, Options{Users: map[string]string{"bob": "x"}, Banner: "first line\nsecond line"})
	c := dial(t, s.Addr())
	if got := c.want(220); got != "first line\nsecond line" {
		t.Errorf("greeting %q", got)
	}
	c.cmd(503, "PASS x")
	c.cmd(530, "PWD")
	for range maxFailures - 1 {
		c.cmd(331, "USER alice")
		c.cmd(530, "PASS "+Password)
	}
	c.cmd(331, "USER bob")
	c.cmd(230, "PASS x")
	c.cmd(257, "PWD")

	c = dial(t, s.Addr())
	c.want(220)
	for range maxFailures {
		c.cmd(331, "USER bob")
		c.cmd(530, "PASS wrong")
	}
	c.gone()
}

func TestWhoMayWrite(t *testing.T) {
	for _, row := range []struct {
		name, user       string
		options          Options
		login, root, inc int
	}{
		{"alice", "USER alice", Options{}, 230, 257, 257},
		{"anonymous", "USER anonymous", Options{}, 230, 550, 550},
		{"ftp", "USER ftp", Options{Uploads: true}, 230, 550, 257},
		{"alice, read only", "USER alice", Options{ReadOnly: true}, 230, 550, 550},
		{"no anonymous", "USER anonymous", Options{NoAnonymous: true}, 530, 530, 530},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.options.FS = Sample()
			c := connect(t, start(t, row.options))
			c.cmd(331, row.user)
			c.cmd(row.login, "PASS "+Password)
			c.cmd(row.root, "MKD new")
			c.cmd(row.inc, "MKD incoming/new")
		})
	}
}

func TestFilesBehaveAsOnADisk(t *testing.T) {
	for name, o := range map[string]Options{"memory": {}, "folder": {Dir: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			s := start(t, o)
			c := login(t, s)
			c.cmd(257, "MKD dir")
			c.cmd(550, "MKD dir")
			c.cmd(550, "MKD no/such/parent")
			c.put(226, "STOR dir/file", "0123456789")
			c.cmd(550, "STOR no/file")
			c.cmd(550, "RETR dir")
			c.cmd(550, "DELE dir")
			c.cmd(550, "RMD dir")
			c.cmd(550, "MKD dir/file/sub")
			c.cmd(213, "MFMT 19850101120000 dir/file")
			if got := c.cmd(213, "MDTM dir/file"); got != "19850101120000" {
				t.Errorf("MDTM: %s", got)
			}
			if got := c.get(226, "MLSD dir"); got != "type=file;size=10;modify=19850101120000;perm=adfrw;unix.mode=0644;unix.owner=ftp;unix.group=ftp; file\r\n" {
				t.Errorf("MLSD: %q", got)
			}
			if got := c.get(226, "LIST"); !strings.HasPrefix(got, "drwxr-xr-x ") {
				t.Errorf("LIST: %q", got)
			}
			c.cmd(350, "REST 5")
			if got := c.get(226, "RETR dir/file"); got != "56789" {
				t.Errorf("REST: %q", got)
			}
			c.cmd(350, "REST 5")
			c.put(226, "STOR dir/file", "XY")
			c.put(226, "APPE dir/file", "Z")
			if got := read(t, s, "/dir/file"); got != "01234XY789Z" {
				t.Errorf("after REST, STOR and APPE: %q", got)
			}
			c.cmd(200, "SITE CHMOD 600 dir/file")
			if got := c.get(226, "LIST dir"); !strings.HasPrefix(got, "-rw------- ") {
				t.Errorf("LIST: %q", got)
			}
			c.cmd(350, "RNFR dir/file")
			c.cmd(200, "NOOP")
			c.cmd(503, "RNTO new") // RFC 959, 4.1.3: directly after RNFR
			c.cmd(350, "RNFR dir/file")
			c.cmd(550, "RNTO dir/file/below")
			c.cmd(350, "RNFR dir")
			c.cmd(550, "RNTO dir/inside")
			c.cmd(350, "RNFR dir/file")
			c.cmd(250, "RNTO file")
			c.cmd(250, "RMD dir")
			c.cmd(550, "RMD /")
			c.cmd(250, "DELE file")
		})
	}
}

func TestStoreUnique(t *testing.T) {
	s := start(t, Options{})
	c := login(t, s)
	for _, want := range []string{"FILE: f", "FILE: f.1", "FILE: f.2"} {
		conn := c.passive()
		if got := c.cmd(150, "STOU f"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		conn.Close()
		c.want(226)
	}
}

func TestReplyForms(t *testing.T) {
	s := start(t, Options{TLS: Explicit})
	write(t, s, "/x", "hello")
	c := login(t, s)
	feat := c.cmd(211, "FEAT")
	for _, want := range []string{"MLST type*;size*;modify*;perm*;unix.mode*;unix.owner*;unix.group*;", "HASH CRC32;MD5;SHA-1;SHA-256*;SHA-512;", "AUTH TLS", "REST STREAM"} {
		if !strings.Contains(feat, "\n "+want) {
			t.Errorf("FEAT lacks %q:\n%s", want, feat)
		}
	}
	for _, line := range []string{"STAT", "STAT /", "STAT x"} {
		c.send(line)
		_, text, err := c.text.ReadResponse(21)
		lines := strings.Split(text, "\n")
		for _, l := range lines[1 : len(lines)-1] {
			if !strings.HasPrefix(l, " ") || strings.Contains(l, "%") {
				t.Errorf("%s: %q, %v", line, l, err)
			}
		}
	}
	c.cmd(200, "STRU F")
	c.cmd(504, "STRU R")
	c.cmd(504, "MODE Z")
	c.cmd(214, "HELP")
	c.cmd(500, "NONSENSE")
	c.cmd(500, "NOOP "+strings.Repeat("x", 2*maxLine))
	c.cmd(200, "NOOP")
}

func TestPipelining(t *testing.T) {
	s := start(t, Options{TLS: Explicit})
	c := login(t, s)
	if _, err := io.WriteString(c.conn, strings.Repeat("NOOP\r\nSTRU F\r\nPWD\r\nPBSZ 0\r\n", 50)); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		for _, code := range []int{200, 200, 257, 503} {
			c.want(code)
		}
	}
}

func TestAbort(t *testing.T) {
	s := start(t, Options{})
	write(t, s, "/big", strings.Repeat("x", 64<<20))
	c := login(t, s)
	for _, row := range []struct{ name, abort string }{
		{"plain", "ABOR\r\n"},
		{"with Telnet signals", "\xff\xf4\xff\xf2ABOR\r\n"},
		{"with Telnet signals, the mark out of band", "\xff\xf4\xffABOR\r\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			conn := c.passive()
			c.cmd(150, "RETR big")
			if _, err := io.WriteString(c.conn, row.abort+"NOOP\r\n"); err != nil {
				t.Fatal(err)
			}
			c.want(426)
			c.want(226)
			c.want(200)
			conn.Close()
		})
	}
	t.Run("before the data connection is made", func(t *testing.T) {
		c.cmd(229, "EPSV")
		c.send("RETR big")
		if _, err := s.WaitCommand(t.Context(), "RETR"); err != nil {
			t.Fatal(err)
		}
		c.send("ABOR")
		if code, msg, _ := c.text.ReadResponse(0); code != 425 && code != 426 {
			t.Errorf("RETR: %d %s", code, msg)
		}
		c.want(226)
		c.cmd(200, "NOOP")
	})
	t.Run("nothing to abort", func(t *testing.T) { c.cmd(226, "ABOR") })
	t.Run("STAT during a transfer", func(t *testing.T) {
		conn := c.passive()
		c.cmd(150, "RETR big")
		c.cmd(211, "STAT")
		n, _ := io.Copy(io.Discard, conn)
		conn.Close()
		c.want(226)
		if n != 64<<20 {
			t.Errorf("%d bytes", n)
		}
	})
}

// A command right behind the end of a transfer is no second one at the same time
// (which the race detector would see).
func TestCommandBehindATransfer(t *testing.T) {
	s := start(t, Options{})
	write(t, s, "/small", "x")
	c := login(t, s)
	for range 100 {
		if got := c.get(226, "RETR small"); got != "x" {
			t.Fatalf("got %q", got)
		}
		c.cmd(500, "XYZZY")
	}
}

func TestBrokenUploadIsNoSuccess(t *testing.T) {
	c := login(t, start(t, Options{}))
	conn := c.passive()
	c.cmd(150, "STOR x")
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
	c.want(426)
	c.cmd(200, "NOOP")
}

func TestFolderStaysInside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		for name, target := range map[string]string{"out": outside, "secret": filepath.Join(outside, "secret"), "link": "file", "dangling": "nothing"} {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := start(t, Options{Dir: dir})
	c := login(t, s)
	c.cmd(550, "RETR secret")
	c.cmd(550, "RETR out/secret")
	c.cmd(550, "RETR ../"+filepath.Base(outside)+"/secret")
	c.cmd(550, "CWD out")
	c.cmd(550, "STOR out/new")
	if got := c.get(226, "RETR /../../file"); got != "hello" {
		t.Errorf("got %q", got)
	}
	if runtime.GOOS != "windows" {
		if got := c.get(226, "NLST"); got != "file\r\nlink\r\n" {
			t.Errorf("NLST: %q", got)
		}
		if got := c.get(226, "RETR link"); got != "hello" {
			t.Errorf("got %q", got)
		}
	}
	if _, err := Start(Options{Dir: filepath.Join(dir, "nothing")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestSample(t *testing.T) {
	s := start(t, Options{FS: Sample()})
	c := login(t, s)
	count := 0
	err := afero.Walk(s.FS(), "/", func(name string, info os.FileInfo, err error) error {
		name = filepath.ToSlash(name)
		if err != nil {
			return err
		}
		want := os.FileMode(0o644)
		if info.IsDir() {
			want = os.ModeDir | 0o755
		}
		if info.Mode() != want || info.ModTime().After(time.Now()) {
			t.Errorf("%s: %v %v", name, info.Mode(), info.ModTime())
		}
		if !info.IsDir() {
			count++
			if got := c.get(226, "RETR "+name); int64(len(got)) != info.Size() {
				t.Errorf("%s: %d bytes of %d", name, len(got), info.Size())
			}
		}
		return nil
	})
	if err != nil || count < 25 {
		t.Errorf("%d files, %v", count, err)
	}
	if got := c.get(226, "MLSD empty"); got != "" {
		t.Errorf("the empty folder has %q", got)
	}
	if got := c.get(226, "NLST names"); !strings.Contains(got, "日本語") {
		t.Errorf("names: %q", got)
	}
}

func TestCertificateFlaws(t *testing.T) {
	for _, row := range []struct {
		flaw Flaw
		want string
	}{
		{Sound, ""},
		{Expired, "expired"},
		{WrongName, "wrong.example"},
		{SelfSigned, ""},
		{NotYetValid, "not yet valid"},
		{OnlyCommonName, "Common Name"},
	} {
		t.Run(fmt.Sprint(row.flaw), func(t *testing.T) {
			s := start(t, Options{TLS: Implicit, Flaw: row.flaw, Names: []string{"ftp.example.test"}})
			conn, err := tls.Dial("tcp", s.Addr(), trusting(s))
			if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if conn != nil {
				conn.Close()
			}
			if _, err := tls.Dial("tcp", s.Addr(), &tls.Config{ServerName: "ftp.example.test"}); err == nil {
				t.Error("a client that trusts nobody here was content")
			}
		})
	}
}

func TestEventsShowTheDialogueUnderTLS(t *testing.T) {
	var log []string
	s, err := Start(Options{TLS: Explicit, Log: func(e Event) { log = append(log, e.String()) }})
	if err != nil {
		t.Fatal(err)
	}
	c := loginProtected(t, s)
	c.get(226, "LIST")
	c.cmd(221, "QUIT")
	s.Close()
	all := strings.Join(log, "\n")
	for _, want := range []string{"1 < 220 ", "1 > AUTH TLS", "1 - TLS 1.3", "1 > PASS ****", "1 < 230 ", "resumed: true", "1 > QUIT", "1 - disconnected"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if strings.Contains(all, Password) {
		t.Error("the password is in the log")
	}
}

func TestSecretsAreShownToALesson(t *testing.T) {
	var log []string
	s, err := Start(Options{Secrets: true, Log: func(e Event) { log = append(log, e.String()) }})
	if err != nil {
		t.Fatal(err)
	}
	login(t, s)
	s.Close()
	if !strings.Contains(strings.Join(log, "\n"), "PASS "+Password) || strings.Contains(strings.Join(s.Commands(), "\n"), Password) {
		t.Errorf("log %q, commands %q", log, s.Commands())
	}
}

func TestTapChangesTheDialogue(t *testing.T) {
	s := start(t, Options{Tap: Tap{
		Command: func(_ int, line string) (string, string) {
			switch line {
			case "XPWD please":
				return "PWD", ""
			case "NOOP":
				return line, "299 tapped"
			}
			return line, ""
		},
		Reply: func(_ int, verb, reply string) string {
			if verb == "SYST" {
				return "215 VMS\r\n"
			}
			return reply
		},
	}})
	c := login(t, s)
	c.cmd(257, "XPWD please")
	c.cmd(299, "NOOP")
	if got := c.cmd(215, "SYST"); got != "VMS" {
		t.Errorf("got %q", got)
	}
}

func TestWaitCommand(t *testing.T) {
	s := start(t, Options{})
	c := login(t, s)
	c.cmd(200, "NOOP one")
	go c.text.PrintfLine("NOOP two")
	for _, want := range []string{"NOOP one", "NOOP two"} {
		if got, err := s.WaitCommand(t.Context(), "NOOP"); got != want {
			t.Errorf("got %q, %v", got, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.WaitCommand(ctx, "NOOP"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDrop(t *testing.T) {
	s := start(t, Options{})
	write(t, s, "/big", strings.Repeat("x", 16<<20))
	c := login(t, s)
	conn := c.passive()
	c.cmd(150, "RETR big")
	s.Drop()
	c.gone()
	if n, err := io.Copy(io.Discard, conn); n == 16<<20 {
		t.Errorf("the data connection went on to its end, %v", err)
	}
	login(t, s).cmd(200, "NOOP")
}

// TestCloseLeavesNothing stops servers in every state; TestMain looks for what is left.
func TestCloseLeavesNothing(t *testing.T) {
	for i := range 50 {
		s, err := Start(Options{TLS: TLSMode(i % 3)})
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, "/big", strings.Repeat("x", 8<<20))
		c := loginProtected(t, s)
		switch i % 5 {
		case 1: // waiting for a data connection
			c.cmd(229, "EPSV")
			c.send("RETR big")
		case 2: // a download that nobody reads
			c.passive()
			c.send("RETR big")
		case 3: // an upload without end
			c.passive()
			c.send("STOR y")
		case 4: // a client that only connected
			dial(t, s.Addr())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
