package practice

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/afero"
)

// warnings collects what the administrator of a server should see.
type warnings struct {
	mu    sync.Mutex
	lines []string
}

func (w *warnings) log(e Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.From == Warning {
		w.lines = append(w.lines, e.Text)
	}
}

func (w *warnings) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.lines)
}

// TestGuessingTakesLonger: 300 wrong passwords, on as many connections as it takes, with a clock that is set forward
// instead of waited for.
func TestGuessingTakesLonger(t *testing.T) {
	var seen warnings
	s := start(t, Options{Log: seen.log})
	var mu sync.Mutex
	clock, longest := time.Now(), time.Duration(0)
	began := clock
	s.brake.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	s.brake.waited = func(d time.Duration) { mu.Lock(); defer mu.Unlock(); clock = clock.Add(d); longest = max(longest, d) }
	const tries = 300
	for n := 0; n < tries; {
		c := connect(t, s)
		for range maxFailures {
			c.cmd(331, "USER "+User)
			c.cmd(530, fmt.Sprintf("PASS guess%d", n))
			n++
		}
		c.gone()
		c.conn.Close()
	}
	if took := clock.Sub(began); took < 45*time.Minute || longest != longestDelay {
		t.Errorf("%d guesses took %v, at most %v for one", tries, took, longest)
	}
	lines := seen.all()
	if len(lines) != tries || !strings.HasPrefix(lines[0], "wrong password for alice from 127.0.0.1:") || !strings.HasSuffix(lines[tries-1], ", number 300") {
		t.Errorf("%d lines in the log, %q", len(lines), lines[:min(2, len(lines))])
	}
	c := connect(t, s)
	c.cmd(331, "USER "+User)
	c.cmd(230, "PASS "+Password) // someone who knows it waits once
	if wait, ok := s.brake.turn(origin(c.conn.RemoteAddr())); wait != 0 || !ok {
		t.Errorf("after the right password: %v, %v", wait, ok)
	}
}

// TestGuessingAtOnce: many connections do not make guessing faster, and who would wait too long is turned away. Anonymous
// logins neither wait nor let anybody off.
func TestGuessingAtOnce(t *testing.T) {
	s := start(t, Options{})
	now := time.Now()
	s.brake.now = func() time.Time { return now } // everything happens at once
	s.brake.waited = func(time.Duration) {}
	var waits []int
	for range 12 {
		c := connect(t, s)
		c.cmd(331, "USER anonymous")
		c.cmd(230, "PASS me@")
		c = connect(t, s)
		c.cmd(331, "USER "+User)
		fmt.Fprint(c.conn, "PASS guess\r\n")
		code, _, _ := c.text.ReadResponse(0)
		waits = append(waits, code)
	}
	if want := []int{530, 530, 530, 530, 530, 530, 530, 530}; !slices.Equal(waits[:8], want) || waits[11] != 421 {
		t.Errorf("got %v", waits)
	}
}

// TestBrakeIsForOneNetwork: an IPv6 network is one guesser, its neighbour another.
func TestBrakeIsForOneNetwork(t *testing.T) {
	addr := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 1} }
	var b brake
	b.wrong(origin(addr("2001:db8::1")))
	for ip, want := range map[string]bool{"2001:db8::ffff:2": true, "2001:db8:0:1::1": false, "192.0.2.1": false} {
		if wait, _ := b.turn(origin(addr(ip))); wait > 0 != want {
			t.Errorf("%s waits %v", ip, wait)
		}
	}
	if origin(addr("::ffff:192.0.2.1")) != origin(addr("192.0.2.1")) {
		t.Error("one address counts twice")
	}
}

// TestTooManyConnections: 250 of them at once, of which those above the bound are told so; one that ends makes room. A
// flood is one line of the log.
func TestTooManyConnections(t *testing.T) {
	for name, o := range map[string]Options{"of all": {MaxSessions: 40}, "of one address": {MaxPerHost: 40}} {
		t.Run(name, func(t *testing.T) {
			var seen warnings
			o.Log = seen.log
			s := start(t, o)
			var served []*rawClient
			refused := 0
			for range 250 {
				c := dial(t, s.Addr())
				switch code, text, err := c.text.ReadResponse(0); {
				case code == 220:
					served = append(served, c)
				case code == 421 && strings.HasPrefix(text, "Try again later: there are 40 connections"):
					refused++
				default:
					t.Fatalf("%d %s %v", code, text, err)
				}
			}
			if len(served) != 40 || refused != 210 || len(seen.all()) != 1 {
				t.Errorf("%d served, %d refused, log %q", len(served), refused, seen.all())
			}
			served[0].cmd(221, "QUIT")
			served[0].gone()
			served[0].conn.Close()
			for deadline := time.Now().Add(limit); ; { // the server notices on its own
				if code, _, _ := dial(t, s.Addr()).text.ReadResponse(0); code == 220 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("nobody else is let in")
				}
				runtime.Gosched()
			}
			served[1].login()
		})
	}
}

// TestSlowClients: who does not log in, or lets data stand still, does not keep a place.
func TestSlowClients(t *testing.T) {
	const idle = 50 * time.Millisecond
	s := start(t, Options{Idle: idle})
	if err := afero.WriteFile(s.FS(), "/big", make([]byte, 64<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	c := connect(t, s)
	c.want(421)
	c.gone()
	c = login(t, s)
	data := c.passive()
	defer data.Close()
	c.cmd(150, "RETR big") // and nobody reads
	c.want(426)
}

// TestLongLine: a line of 100 MiB takes no memory, and the next one is obeyed.
func TestLongLine(t *testing.T) {
	s := start(t, Options{})
	c := login(t, s)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	chunk := bytes.Repeat([]byte("A"), 1<<20)
	for range 100 {
		if _, err := c.conn.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	c.cmd(500, "")
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes of memory for it", grown)
	}
	c.cmd(257, "PWD")
}

// TestLineBreaksInNames: a name with a line break forges no entry of a listing and no line of a reply.
func TestLineBreaksInNames(t *testing.T) {
	const forged = "x\r\nType=file;Size=1; forged"
	for name, o := range map[string]Options{"memory": {}, "folder": {Dir: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			if o.Dir != "" && runtime.GOOS == "windows" {
				return // has no such names
			}
			var seen warnings
			o.Log = seen.log
			s := start(t, o)
			for _, name := range []string{"/plain", "/" + forged, "/a\nb", "/c\rd"} {
				if err := afero.WriteFile(s.FS(), name, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			c := login(t, s)
			for _, verb := range []string{"LIST", "NLST", "MLSD"} {
				text := c.get(226, verb)
				if strings.Count(text, "\n") != 1 || !strings.Contains(text, "plain") || strings.Contains(text, "forged") {
					t.Errorf("%s: %q", verb, text)
				}
			}
			if got := c.cmd(212, "STAT ."); strings.Contains(got, "forged") {
				t.Errorf("STAT: %q", got)
			}
			if lines := seen.all(); len(lines) < 9 || strings.ContainsAny(lines[0], "\r\n") {
				t.Errorf("log %q", lines)
			}
			c.cmd(501, "MKD a\rb")
			c.cmd(501, "CWD a\x00b")
		})
	}
}

// TestAnonymousUploads: nobody unknown writes, unless an option says so, and then below /incoming only.
func TestAnonymousUploads(t *testing.T) {
	for _, row := range []struct {
		o    Options
		want int
	}{{Options{}, 550}, {Options{Uploads: true}, 257}, {Options{Uploads: true, ReadOnly: true}, 550}} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "incoming"), 0o700); err != nil {
			t.Fatal(err)
		}
		row.o.Dir = dir
		c := connect(t, start(t, row.o))
		c.cmd(331, "USER anonymous")
		c.cmd(230, "PASS x")
		c.cmd(550, "MKD new")
		c.cmd(row.want, "MKD incoming/new")
		c.cmd(550, "MKD incoming/../new")
	}
}

// TestEndlessReply: a client that sends and never reads does not hold the server up.
func TestEndlessReply(t *testing.T) {
	s := start(t, Options{})
	lazy := login(t, s)
	go io.WriteString(lazy.conn, strings.Repeat("HELP\r\n", 1<<16))
	login(t, s).cmd(257, "PWD")
}
