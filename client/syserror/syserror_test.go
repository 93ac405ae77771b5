package syserror

import (
	"fmt"
	"io"
	"net"
	"testing"
)

func TestRefused(t *testing.T) {
	_, err := net.Dial("tcp", "127.0.0.1:1")
	if !Refused(fmt.Errorf("wrapped: %w", err)) || Reset(err) || TimedOut(err) {
		t.Errorf("got %v", err)
	}
}

func TestReset(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	other, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	other.Close()
	if _, err := io.ReadAll(conn); !Reset(err) || Refused(err) {
		t.Errorf("got %v", err)
	}
	if Reset(io.EOF) || Reset(nil) {
		t.Error("the end of the data is no reset")
	}
}

func TestNotOurs(t *testing.T) {
	ln, err := net.Listen("tcp", "192.0.2.1:0") // for documentation, RFC 5737
	if err == nil {
		ln.Close()
		t.Fatal("192.0.2.1 is an address of this computer")
	}
	if !NotOurs(err) {
		t.Errorf("got %v", err)
	}
}
