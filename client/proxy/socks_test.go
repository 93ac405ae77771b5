package proxy

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
)

func TestSOCKSResolvesAtTheProxy(t *testing.T) {
	for _, scheme := range []string{"socks5", "socks5h"} {
		t.Run(scheme, func(t *testing.T) {
			requests := make(chan []byte, 1)
			addr := serve(t, func(nc net.Conn) {
				io.ReadFull(nc, make([]byte, 3)) // version, one method, none
				nc.Write([]byte{5, 0})
				request := make([]byte, 5+len("ftp.example.org")+2)
				io.ReadFull(nc, request)
				requests <- request
				nc.Write([]byte("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x15220 ready\r\n"))
			})
			nc, err := mustDialer(t, scheme+"://"+addr)(within(t), "tcp", "ftp.example.org:2121")
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			want := append([]byte("\x05\x01\x00\x03\x0fftp.example.org"), 2121>>8, 2121&0xff)
			if got := <-requests; !bytes.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if got, _ := io.ReadAll(nc); string(got) != "220 ready\r\n" {
				t.Errorf("after the handshake: %q", got)
			}
			if _, ok := nc.(*Conn).NetConn().(*net.TCPConn); !ok {
				t.Errorf("below it is a %T", nc.(*Conn).NetConn())
			}
		})
	}
}

func TestSOCKSReplies(t *testing.T) {
	endless := strings.Repeat("x", 1<<20)
	rows := []struct{ name, method, reply, want string }{
		{"host unreachable", "\x05\x00", "\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00", ": host unreachable"},
		{"refused", "\x05\x00", "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", ": connection refused"},
		{"not allowed", "\x05\x00", "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00", ": connection not allowed by ruleset"},
		{"a code nobody knows", "\x05\x00", "\x05\x99\x00\x01\x00\x00\x00\x00\x00\x00", ": unknown code: 153"},
		{"wants a login", "\x05\xff", "", "no acceptable authentication methods"},
		{"an HTTP proxy", "HTTP/1.1 400 Bad Request\r\n\r\n", "", "unexpected protocol version 72"},
		{"another version", "\x05\x00", "\x04\x00\x00\x01\x00\x00\x00\x00\x00\x00", "unexpected protocol version 4"},
		{"an unknown kind of address", "\x05\x00", "\x05\x00\x00\x09", "unknown address type 9"},
		{"the end", "", "", "the proxy closed the connection"},
		{"half a reply", "\x05\x00", "\x05\x00", "the proxy closed the connection"},
		{"too much", endless, "", "unexpected protocol version"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			addr := serve(t, func(nc net.Conn) {
				io.ReadFull(nc, make([]byte, 3))
				io.WriteString(nc, row.method)
				if row.reply != "" {
					io.ReadFull(nc, make([]byte, 5+len("ftp.example.org")+2))
					io.WriteString(nc, row.reply)
				}
			})
			_, err := mustDialer(t, "socks5://"+addr)(within(t), "tcp", "ftp.example.org:21")
			wantError(t, err, "ftp.example.org:21 through socks5 "+addr+": ")
			wantError(t, err, row.want)
		})
	}
}
