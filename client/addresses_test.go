package client_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// A name with two addresses is tried at both: the second one answers, or the
// error names each.
func TestSeveralAddresses(t *testing.T) {
	srv, err := practice.Script("S: 220 ready\nC: QUIT\nS: 221 bye")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	cfg := client.Options{Resolver: names([4]byte{127, 0, 0, 2}, [4]byte{127, 0, 0, 1})}
	addr := net.JoinHostPort("ftp.test", strconv.Itoa(srv.Port()))
	c, err := client.Dial(t.Context(), addr, false, cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.Quit(t.Context())
	srv.Close() // nobody listens there any more

	_, err = client.Dial(t.Context(), addr, false, cfg)
	if err == nil {
		t.Fatal("it connects to nobody")
	}
	for _, ip := range []string{"127.0.0.1", "127.0.0.2"} {
		if want := net.JoinHostPort(ip, strconv.Itoa(srv.Port())); !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
}

// names resolves every name to the same IPv4 addresses.
func names(addrs ...[4]byte) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			for resolve(theirs, addrs) == nil {
			}
		}()
		return ours, nil
	}}
}

// resolve answers one question as DNS does over TCP (RFC 1035 section 4.2.2).
func resolve(conn net.Conn, addrs [][4]byte) error {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	raw := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, raw); err != nil {
		return err
	}
	var p dnsmessage.Parser
	head, err := p.Start(raw)
	if err != nil {
		return err
	}
	asked, err := p.Question()
	if err != nil {
		return err
	}
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: head.ID, Response: true, RecursionAvailable: true},
		Questions: []dnsmessage.Question{asked},
	}
	if asked.Type == dnsmessage.TypeA {
		for _, a := range addrs {
			answer.Answers = append(answer.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: asked.Name, Class: dnsmessage.ClassINET, TTL: 60},
				Body:   &dnsmessage.AResource{A: a},
			})
		}
	}
	packed, err := answer.Pack()
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...))
	return err
}
