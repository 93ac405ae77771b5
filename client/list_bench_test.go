package client_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jlaffaye/ftp"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// BenchmarkList100k lists 100,000 names from a server of LIST, over loopback,
// beside another client in Go: each returns all entries. "bytes" is what the
// same connection costs without a look at the lines.
func BenchmarkList100k(b *testing.B) {
	const many = 100_000
	addr := serveListing(b, unixListing(many))
	b.Run("bytes", func(b *testing.B) {
		s := openBench(b, addr)
		for b.Loop() {
			d, err := s.Conn().Transfer(b.Context(), client.Transfer{Way: client.EPSV, Verb: "LIST"})
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, d)
			if err := d.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ftpsh", func(b *testing.B) {
		s := openBench(b, addr)
		b.ReportAllocs()
		for b.Loop() {
			var all []listing.Entry
			for e, err := range s.List(b.Context(), "", client.ListOptions{}) {
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, e)
			}
			if len(all) != many {
				b.Fatalf("%d entries", len(all))
			}
		}
	})
	b.Run("jlaffaye", func(b *testing.B) {
		c, err := ftp.Dial(addr)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Quit()
		if err := c.Login("a", "b"); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			all, err := c.List("")
			if err != nil {
				b.Fatal(err)
			}
			if len(all) != many {
				b.Fatalf("%d entries", len(all))
			}
		}
	})
}

func openBench(b *testing.B, addr string) *client.Session {
	s, err := client.Open(b.Context(), client.Options{Addr: addr, Security: client.Off})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.Login(b.Context(), client.Login{User: "a", Password: "b"}); err != nil {
		b.Fatal(err)
	}
	return s
}

func unixListing(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "-rw-r--r--   1 owner    group    %9d Jan %2d 10:%02d file-%06d.txt\r\n", i*37, i%28+1, i%60, i)
	}
	return s.String()
}

// serveListing is a server that knows enough to log in and to send one listing.
func serveListing(b *testing.B, text string) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ln.Close() })
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go sendListing(nc, text)
		}
	}()
	return ln.Addr().String()
}

func sendListing(nc net.Conn, text string) {
	defer nc.Close()
	data, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return
	}
	defer data.Close()
	replies := map[string]string{
		"USER": "331 password", "PASS": "230 in", "TYPE": "200 fine", "PWD": `257 "/"`, "SYST": "215 UNIX", "QUIT": "221 bye",
		"EPSV": fmt.Sprintf("229 (|||%d|)", data.Addr().(*net.TCPAddr).Port), "LIST": "150 coming",
	}
	io.WriteString(nc, "220 ready\r\n")
	for lines := bufio.NewScanner(nc); lines.Scan(); {
		verb, _, _ := strings.Cut(lines.Text(), " ")
		reply := replies[verb]
		if reply == "" {
			reply = "500 what"
		}
		io.WriteString(nc, reply+"\r\n")
		if verb == "LIST" {
			peer, err := data.Accept()
			if err != nil {
				return
			}
			io.WriteString(peer, text)
			peer.Close()
			io.WriteString(nc, "226 done\r\n")
		}
	}
}
