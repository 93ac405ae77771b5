//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package client_test

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// An ABOR in the clear is announced by urgent data: servers of BSD's line look at
// the control connection only then, while a transfer runs.
func TestAbortIsUrgent(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	aborted := make(chan string)
	go func() {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		defer nc.Close()
		aborted <- urgentAbort(nc.(*net.TCPConn))
		io.Copy(io.Discard, nc)
	}()
	c, err := client.Dial(t.Context(), ln.Addr().String(), false, client.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	d, err := c.Transfer(t.Context(), client.Transfer{Way: client.PASV, Verb: "RETR", Args: []string{"f"}})
	if err != nil {
		t.Fatal(err)
	}
	d.Abort()
	if got := <-aborted; got != "\xff\xf4\xf2ABOR\r\n" {
		t.Errorf("the server got %q", got)
	}
}

// urgentAbort begins a transfer and returns the line that interrupts it. The
// urgent byte, an IAC before the last mark, is no part of what is read.
func urgentAbort(nc *net.TCPConn) string {
	data, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err.Error()
	}
	defer data.Close()
	in := bufio.NewReader(nc)
	io.WriteString(nc, "220 ready\r\n")
	in.ReadString('\n')
	port := data.Addr().(*net.TCPAddr).Port
	io.WriteString(nc, "227 (127,0,0,1,"+strconv.Itoa(port>>8)+","+strconv.Itoa(port&255)+")\r\n")
	peer, err := data.Accept()
	if err != nil {
		return err.Error()
	}
	defer peer.Close()
	in.ReadString('\n')
	io.WriteString(nc, "150 now\r\n")
	line, err := in.ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return line
}
