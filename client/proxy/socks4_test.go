package proxy

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
)

// TestSocks4Bytes: what is sent to the proxy, byte for byte, and what its answers mean.
func TestSocks4Bytes(t *testing.T) {
	const yes = "\x00\x5a\x00\x00\x00\x00\x00\x00"
	for _, row := range []struct{ name, url, target, want, reply, err string }{
		{"an address", "socks4://", "192.0.2.7:21", "\x04\x01\x00\x15\xc0\x00\x02\x07\x00", yes, ""},
		{"a user", "socks4://alice@", "192.0.2.7:2121", "\x04\x01\x08\x49\xc0\x00\x02\x07alice\x00", yes, ""},
		{"a name", "socks4a://alice@", "ftp.example.org:21", "\x04\x01\x00\x15\x00\x00\x00\x01alice\x00ftp.example.org\x00", yes, ""},
		{"an address, by 4a", "socks4a://", "192.0.2.7:21", "\x04\x01\x00\x15\xc0\x00\x02\x07\x00", yes, ""},
		{"a name that is looked up here", "socks4://", "localhost:21", "\x04\x01\x00\x15\x7f\x00\x00\x01\x00", yes, ""},
		{"refused", "socks4://", "192.0.2.7:21", "\x04\x01\x00\x15\xc0\x00\x02\x07\x00", "\x00\x5b\x00\x00\x00\x00\x00\x00", "cannot be reached (91)"},
		{"something else", "socks4://", "192.0.2.7:21", "\x04\x01\x00\x15\xc0\x00\x02\x07\x00", "220 ready", "this is not a socks4 proxy"},
		{"half an answer", "socks4://", "192.0.2.7:21", "\x04\x01\x00\x15\xc0\x00\x02\x07\x00", "\x00\x5a", "closed the connection"},
		{"IPv6", "socks4://", "[2001:db8::1]:21", "", "", "reaches no IPv6 address"},
		{"IPv6, by 4a", "socks4a://", "[2001:db8::1]:21", "", "", "reaches no IPv6 address"},
		{"a password", "socks4://alice:secret@", "192.0.2.7:21", "", "", "no password"},
		{"a long name", "socks4a://", strings.Repeat("a", 300) + ":21", "", "", "does not fit"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := make(chan []byte, 1)
			addr := serve(t, func(nc net.Conn) {
				request := make([]byte, len(row.want))
				n, _ := io.ReadFull(nc, request)
				got <- request[:n]
				if row.want != "" {
					io.WriteString(nc, row.reply)
				}
			})
			nc, err := mustDialer(t, row.url+addr)(within(t), "tcp", row.target)
			if err == nil {
				nc.Close()
			}
			if row.err == "" && err != nil {
				t.Error(err)
			} else if row.err != "" {
				wantError(t, err, row.err)
			}
			if request := <-got; !bytes.Equal(request, []byte(row.want)) {
				t.Errorf("it got  %q\nwant %q", request, row.want)
			}
		})
	}
}
