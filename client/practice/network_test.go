package practice

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// TestInside: a server in a network of its own names an address that nobody outside reaches, and data comes through the
// port of the router. Where the system makes no network it is said, and nothing stays.
func TestInside(t *testing.T) {
	s, err := Start(Options{Inside: "192.168.7.20", FS: Sample()})
	if errors.Is(err, ErrNoNetwork) {
		if s, err = Start(Options{FS: Sample()}); err != nil {
			t.Fatal(err)
		}
		s.Close()
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := login(t, s)
	if s.Host() != "127.0.0.1" {
		t.Errorf("the router is at %s", s.Host())
	}
	if got := c.cmd(227, "PASV"); !strings.Contains(got, "(192,168,7,20,") {
		t.Errorf("PASV: %s", got)
	}
	if got := c.get(226, "RETR haiku.txt"); !strings.Contains(got, "\n") {
		t.Errorf("got %q", got)
	}
	c.put(226, "STOR up", "through the router")
	if got := read(t, s, "/up"); got != "through the router" {
		t.Errorf("stored %q", got)
	}
	idle := dial(t, s.Addr())
	idle.want(220)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(idle.conn); errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
