package proxy

import (
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// startServer starts the FTP server behind the proxies, with the file hello.txt.
func startServer(t *testing.T) *practice.Server {
	t.Helper()
	s, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f, err := s.FS().Create("/hello.txt")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, hello)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

var hello = strings.Repeat("hello through a proxy\n", 10_000)

// A dialogue is a client so small that it cannot hide what a proxy does.
type dialogue struct {
	*textproto.Conn
	t    *testing.T
	dial DialFunc
	host string // for data connections
	code int
	last string
}

func talk(t *testing.T, dial DialFunc, addr string) *dialogue {
	t.Helper()
	nc, err := dial(within(t), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	host, _, _ := net.SplitHostPort(addr)
	if c, ok := nc.(*Conn); ok {
		host, _, _ = net.SplitHostPort(c.Target())
	}
	d := &dialogue{Conn: textproto.NewConn(nc), t: t, dial: dial, host: host}
	d.reply(220)
	return d
}

// reply reads one; its code is wanted unless that is 0.
func (d *dialogue) reply(want int) {
	d.t.Helper()
	var err error
	if d.code, d.last, err = d.ReadResponse(0); err != nil {
		d.t.Fatal(err)
	}
	if want != 0 && d.code != want {
		d.t.Fatalf("got %d %s, want %d", d.code, d.last, want)
	}
}

func (d *dialogue) cmd(want int, line string) {
	d.t.Helper()
	if err := d.PrintfLine("%s", line); err != nil {
		d.t.Fatal(err)
	}
	d.reply(want)
}

// logIn sends commands as Login.Commands says, and returns the last code.
func (d *dialogue) logIn(commands []string) int {
	d.t.Helper()
	for _, line := range commands {
		verb, _, _ := strings.Cut(line, " ")
		if verb == "PASS" && d.code != 331 || verb == "ACCT" && d.code != 332 {
			continue
		}
		if d.cmd(0, line); d.code >= 400 {
			return d.code
		}
	}
	return d.code
}

// retrieve gets a file over a connection to the host of the control connection.
func (d *dialogue) retrieve(name string) string {
	d.t.Helper()
	d.cmd(200, "TYPE I")
	d.cmd(229, "EPSV")
	_, port, _ := strings.Cut(d.last, "|||")
	port, _, _ = strings.Cut(port, "|")
	nc, err := d.dial(within(d.t), "tcp", net.JoinHostPort(d.host, port))
	if err != nil {
		d.t.Fatal(err)
	}
	defer nc.Close()
	d.cmd(150, "RETR "+name)
	text, err := io.ReadAll(nc)
	if err != nil {
		d.t.Fatal(err)
	}
	d.reply(226)
	return string(text)
}

func (d *dialogue) mustRetrieve() {
	d.t.Helper()
	if got := d.retrieve("hello.txt"); got != hello {
		d.t.Errorf("got %d bytes, want %d", len(got), len(hello))
	}
	d.cmd(221, "QUIT")
}
