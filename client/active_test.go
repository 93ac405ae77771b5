package client_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// In active mode the server connects to a port of the range, from whatever
// address of ours we talk to it.
func TestActivePorts(t *testing.T) {
	srv := daemon.Start(t, "pyftpdlib", daemon.Options{})
	low := freeRange(t, 3)
	s := open(t, srv, func(o *client.Options) {
		o.ActivePorts, o.Source = [2]int{low, low + 2}, net.IPv4(127, 0, 0, 3)
		o.Ways = []client.DataMode{client.PORT}
		o.Trace = &client.Trace{Dial: func(i client.DialInfo) {
			host, port, _ := net.SplitHostPort(i.Local)
			if host != "127.0.0.3" || i.Accepted && (port < fmt.Sprint(low) || port > fmt.Sprint(low+2)) {
				t.Errorf("%s at %s", i.Channel, i.Local)
			}
		}}
	})
	for range 4 {
		stillWorks(t, s)
	}
}

func TestActivePortsTaken(t *testing.T) {
	srv := daemon.Start(t, "pyftpdlib", daemon.Options{})
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	s := open(t, srv, func(o *client.Options) {
		o.ActivePorts, o.Ways = [2]int{port, port}, []client.DataMode{client.PORT}
	})
	_, err = s.Names(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("no free port: %v", err)
	}
}

// freeRange finds n neighbouring ports of which nobody uses one.
func freeRange(t *testing.T, n int) int {
	for {
		first, err := net.Listen("tcp", "127.0.0.3:0")
		if err != nil {
			t.Fatal(err)
		}
		first.Close()
		low := first.Addr().(*net.TCPAddr).Port
		free := low+n < 1<<16
		for port := low; free && port < low+n; port++ {
			ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.3:%d", port))
			if free = err == nil; free {
				ln.Close()
			}
		}
		if free {
			return low
		}
	}
}

// Behind a router PORT and EPRT name the address that the world sees.
func TestActiveAddress(t *testing.T) {
	outside := client.Options{ActiveAddress: net.IPv4(192, 0, 2, 1)}
	for way, line := range map[client.DataMode]string{
		client.PORT: `PORT 192,0,2,1,\d+,\d+`,
		client.EPRT: `EPRT \|1\|192\.0\.2\.1\|\d+\|`,
	} {
		outside.Ways = []client.DataMode{way}
		talk(t, `
			C~ `+line+`
			S: 200 yes
			C: NLST
			S: 550 no files`, outside, func(s *client.Session) {
			if _, err := s.Names(t.Context(), ""); err != nil && !client.IsCode(err, 550) {
				t.Error(err)
			}
		})
	}
}

// In active mode it is the server that cannot connect: the error says so, and to where.
func TestActiveUnreached(t *testing.T) {
	text := `
		C: TYPE I
		S: 200 binary
		C~ EPRT .*
		S: 200 yes
		C: RETR f
		S: 425 Cannot open data connection
	`
	talk(t, text, client.Options{Ways: []client.DataMode{client.EPRT}}, func(s *client.Session) {
		_, err := s.Retrieve(t.Context(), "f", 0)
		var unreached *client.UnreachedError
		if !errors.As(err, &unreached) || unreached.Server != "127.0.0.1" || !strings.Contains(err.Error(),
			"the server (127.0.0.1) did not connect to this computer (127.0.0.1:") || !client.IsCode(err, 425) {
			t.Errorf("the error is %v", err)
		}
	})
}
