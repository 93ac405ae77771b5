package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// packets is a server that reads one packet at a time and takes it for one command, as curl's test
// server does, and controllers of machines.
type packets struct {
	t        *testing.T
	listener net.Listener
	more     func(nc net.Conn, first string, behind int) bool // what it does with a packet of several lines; false: hangs up
	answer   func(line string) string                         // "": as usual

	mu    sync.Mutex
	lines []string // what it has heard
	calls int
	wg    sync.WaitGroup
}

func startPackets(t *testing.T) *packets {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &packets{t: t, listener: ln, more: func(net.Conn, string, int) bool { return true }, answer: func(string) string { return "" }}
	p.wg.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.calls++
			p.mu.Unlock()
			p.wg.Go(func() { p.serve(nc); nc.Close() })
		}
	})
	t.Cleanup(func() { ln.Close(); p.wg.Wait() })
	return p
}

func (p *packets) serve(nc net.Conn) {
	stop := context.AfterFunc(p.t.Context(), func() { nc.Close() })
	defer stop()
	var data net.Listener
	fmt.Fprint(nc, "220 ready\r\n")
	for packet := make([]byte, 4096); ; {
		n, err := nc.Read(packet)
		if err != nil {
			return
		}
		lines := strings.Split(strings.TrimRight(string(packet[:n]), "\r\n"), "\r\n")
		p.mu.Lock()
		p.lines = append(p.lines, lines...)
		p.mu.Unlock()
		if len(lines) > 1 && !p.more(nc, lines[0], len(lines)-1) {
			return
		}
		if reply := p.answer(lines[0]); reply != "" {
			fmt.Fprint(nc, reply)
			continue
		}
		reply := "200 yes"
		switch verb, _, _ := strings.Cut(lines[0], " "); verb {
		case "USER":
			reply = "331 password"
		case "PASS":
			reply = "230 in"
		case "FEAT":
			reply = "211-\r\n SIZE\r\n MDTM\r\n211 end"
		case "PWD":
			reply = `257 "/"`
		case "CWD":
			reply = "250 there"
		case "SYST":
			reply = "215 UNIX Type: L8"
		case "SIZE":
			reply = "213 4"
		case "MDTM":
			reply = "213 20200102030405"
		case "EPSV":
			if data, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				return
			}
			data.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Second))
			reply = fmt.Sprintf("229 (|||%d|)", data.Addr().(*net.TCPAddr).Port)
		case "RETR":
			fmt.Fprint(nc, "150 coming\r\n")
			if d, err := data.Accept(); err == nil {
				io.WriteString(d, "data")
				d.Close()
			}
			data.Close()
			reply = "226 done"
		case "QUIT":
			fmt.Fprint(nc, "221 bye\r\n")
			return
		}
		fmt.Fprint(nc, reply, "\r\n")
	}
}

// A server that takes one command of a packet is found out with the first burst; from then on all
// of them are sent one by one, on its other connections, too.
func TestOneCommandAPacket(t *testing.T) {
	for name, more := range map[string]func(net.Conn, string, int) bool{
		"the rest is dropped":      func(net.Conn, string, int) bool { return true },
		"the connection is closed": func(net.Conn, string, int) bool { return false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := startPackets(t)
			srv.more = more
			s, err := client.Open(t.Context(), client.Options{Addr: srv.listener.Addr().String(), Security: client.Off, Timeout: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Login(t.Context(), client.Login{User: "u", Password: "p"}); err != nil {
				t.Fatal(err)
			}
			if !s.Options().OneByOne || s.Dir() != "/" || !s.Features().Has("SIZE") {
				t.Errorf("one by one %v, in %q, with %v", s.Options().OneByOne, s.Dir(), s.Features())
			}
			useAll(t, s)
			other, err := s.Clone(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			useAll(t, other)
			if srv.calls != 3 {
				t.Errorf("%d connections", srv.calls)
			}
		})
	}
}

// useAll sends what usually leaves together.
func useAll(t *testing.T, s *client.Session) {
	t.Helper()
	if err := s.Chdir(t.Context(), "sub"); err != nil {
		t.Error(err)
	}
	if e, err := s.Stat(t.Context(), "f"); err != nil || e.Size != 4 {
		t.Errorf("%+v, %v", e, err)
	}
	s.Pipeline().ExpectMore(true)
	for range 2 {
		if got := get(t, s, "f"); string(got) != "data" {
			t.Errorf("got %q", got)
		}
	}
}

// Where the burst that fails is a later one, what was asked is asked again, one by one.
func TestBurstIsCutLater(t *testing.T) {
	srv := startPackets(t)
	splits := true // at the login it reads line by line
	srv.more = func(nc net.Conn, first string, behind int) bool {
		if splits && first == "FEAT" {
			splits = false
			fmt.Fprint(nc, "211 none\r\n257 \"/\"\r\n")
		}
		return true
	}
	srv.answer = func(line string) string {
		if line == "FEAT" && !splits {
			return "215 UNIX\r\n"
		}
		return ""
	}
	s, err := client.Open(t.Context(), client.Options{Addr: srv.listener.Addr().String(), Security: client.Off, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(t.Context(), client.Login{User: "u", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	srv.answer = func(string) string { return "" }
	if s.Options().OneByOne {
		t.Fatal("the first burst was answered")
	}
	if got := get(t, s, "f"); string(got) != "data" || !s.Options().OneByOne {
		t.Errorf("got %q, one by one: %v", got, s.Options().OneByOne)
	}
}

// With Options.OneByOne no packet holds two commands.
func TestOneByOne(t *testing.T) {
	srv := startPackets(t)
	srv.more = func(_ net.Conn, first string, behind int) bool {
		t.Errorf("%d commands behind %s", behind, first)
		return true
	}
	s, err := client.Open(t.Context(), client.Options{Addr: srv.listener.Addr().String(), Security: client.Off, OneByOne: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(t.Context(), client.Login{User: "u", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	useAll(t, s)
}

// The questions behind the login can be done without, whatever is said to them.
func TestQuestionsAreOptional(t *testing.T) {
	for _, verb := range []string{"FEAT", "PWD", "SYST"} {
		for _, nonsense := range []string{"215", "215unix\r\n", "unix\r\n", "999 hi\r\n", "\r\n", "\x00\xff\r\n", "hello 215\r\n"} {
			t.Run(fmt.Sprintf("%s %q", verb, nonsense), func(t *testing.T) {
				t.Parallel()
				srv := startPackets(t)
				srv.answer = func(line string) string {
					if line == verb {
						return nonsense
					}
					return ""
				}
				opt := client.Options{Addr: srv.listener.Addr().String(), Security: client.Off, Timeout: 400 * time.Millisecond, OneByOne: true}
				s, err := client.Open(t.Context(), opt)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if err := s.Login(t.Context(), client.Login{User: "u", Password: "p"}); err != nil {
					t.Fatal(err)
				}
				if err := s.Noop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// What SIZE and MDTM are never known as is not asked again; a refusal stays a refusal.
func TestUnknownQuestionsAreRemembered(t *testing.T) {
	srv := startPackets(t)
	srv.answer = func(line string) string {
		if strings.HasPrefix(line, "SIZE") || strings.HasPrefix(line, "MDTM") {
			return "500 what\r\n"
		}
		return ""
	}
	s, err := client.Open(t.Context(), client.Options{Addr: srv.listener.Addr().String(), Security: client.Off, OneByOne: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(t.Context(), client.Login{User: "u", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := s.Size(t.Context(), "f"); !client.IsCode(err, 500) {
			t.Errorf("SIZE: %v", err)
		}
		if _, err := s.ModTime(t.Context(), "f"); !client.IsCode(err, 500) {
			t.Errorf("MDTM: %v", err)
		}
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for _, verb := range []string{"SIZE f", "MDTM f"} {
		if n := len(slices.DeleteFunc(slices.Clone(srv.lines), func(l string) bool { return l != verb })); n != 2 {
			t.Errorf("%s was asked %d times", verb, n)
		}
	}
}

// The time limits of a session that stands can be changed.
func TestLimitsHoldAtOnce(t *testing.T) {
	talk(t, "C: NOOP\nsilence\nclose\n", client.Options{}, func(s *client.Session) {
		s.Tune(func(o *client.Options) { o.Timeout = 50 * time.Millisecond })
		if err := s.Noop(t.Context()); !errors.As(err, new(*client.TimeoutError)) {
			t.Error(err)
		}
	})
	talk(t, "C: TYPE I\nS: 200 binary\nC: EPSV\nS: 229 (|||$PORT|)\nC: RETR f\nS: 150 coming\nD> da\nD hold\nsilence\nclose\n", client.Options{}, func(s *client.Session) {
		d, err := s.Retrieve(t.Context(), "f", 0)
		if err != nil {
			t.Fatal(err)
		}
		d.Read(make([]byte, 2))
		s.Tune(func(o *client.Options) { o.Stall = 50 * time.Millisecond })
		if _, err := d.Read(make([]byte, 1)); !errors.As(err, new(*client.TimeoutError)) {
			t.Error(err)
		}
		s.Drop()
		d.Close()
	})
}
