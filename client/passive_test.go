package client_test

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// Where a passive server listens, in the form of RFC 1639.
func TestLongAddress(t *testing.T) {
	loopback := strings.Repeat("0,", 15) + "1"
	for _, test := range []struct {
		name, text, host string
		port             int
	}{
		{"IPv6", "Entering Long Passive Mode (6,16," + loopback + ",2,156,64)", "::1", 40000},
		{"with blanks", "Long (4, 4, 127, 0, 0, 1, 2, 156, 64)", "127.0.0.1", 40000},
		{"no such family of four bytes and a half", "Long (4,5,127,0,0,1,2,156,64)", "", 0},
		{"a length that counts to nowhere", "Long (6,255,1,2,156,64)", "", 0},
		{"a port of three bytes", "Long (4,4,127,0,0,1,3,0,156,64)", "", 0},
		{"no port", "Long (4,4,127,0,0,1,2,0,0)", "", 0},
		{"a number that is not a byte", "Long (4,4,127,0,0,1,2,256,64)", "", 0},
		{"nothing", "Long ()", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			host, port, err := client.ParsePassive(client.Reply{Code: 228, Lines: []string{"228 " + test.text}})
			if host != test.host || port != test.port || (err == nil) != (test.port > 0) {
				t.Errorf("%s %d, %v", host, port, err)
			}
		})
	}
}

// On IPv6 inetutils answers PASV in that form.
func TestLongPassive(t *testing.T) {
	srv := daemon.Start(t, "inetutils-ftpd", daemon.Options{})
	if srv.Addr6() == "" {
		return
	}
	long := false
	s := open(t, srv, func(o *client.Options) {
		o.Addr, o.Ways = srv.Addr6(), []client.DataMode{client.PASV}
		o.Trace = &client.Trace{Got: func(i client.GotInfo) { long = long || i.Reply.Code == 228 }}
	})
	stillWorks(t, s)
	if !long {
		t.Error("there was no 228")
	}
}

// A 227 that names another host is followed only where that was asked for.
func TestTrustedPassiveAddress(t *testing.T) {
	for _, trusted := range []bool{false, true} {
		srv := daemon.Start(t, "vsftpd", daemon.Options{PasvIP: "127.0.0.9"})
		var dialled string
		s := open(t, srv, func(o *client.Options) {
			o.TrustPassiveAddress, o.Ways = trusted, []client.DataMode{client.PASV}
			o.Trace = &client.Trace{Dial: func(i client.DialInfo) { dialled = i.Remote }}
		})
		_, err := s.Names(t.Context(), "")
		if got := strings.HasPrefix(dialled, "127.0.0.9:"); got != trusted || (err == nil) == trusted {
			t.Errorf("trusted %v: connected to %s, %v", trusted, dialled, err)
		}
	}
}
