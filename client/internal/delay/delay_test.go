package delay

import (
	"bufio"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What is sent arrives whole, in order and late, and so does its end.
func TestProxy(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		io.Copy(nc, nc)
		nc.Close()
	}()
	port := ln.Addr().(*net.TCPAddr).Port
	const roundTrip = 30 * time.Millisecond
	p := Start("127.0.0.2", "127.0.0.1", port, port, roundTrip)
	defer p.Close()
	nc, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2), Port: port})
	if err != nil {
		t.Skip("no second loopback address:", err)
	}
	defer nc.Close()
	start := time.Now()
	io.WriteString(nc, "hello\n")
	line, err := bufio.NewReader(nc).ReadString('\n')
	if took := time.Since(start); line != "hello\n" || err != nil || took < roundTrip {
		t.Errorf("%q, %v after %v", line, err, took)
	}
	nc.CloseWrite()
	if n, err := nc.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("the end came as %d, %v", n, err)
	}
}
