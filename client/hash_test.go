package client_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

func sum(a client.Algorithm, content []byte) string {
	h := client.NewHash(a)
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// Every checksum of the server is the one computed here, whole and in part.
func TestHashOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		content := []byte("hello, world\n")
		srv.Put("with space", content)
		s := open(t, srv, nil)
		all := s.Algorithms()
		if _, err := s.Hash(t.Context(), "with space", ""); len(all) == 0 && !errors.Is(err, client.ErrNoHash) {
			t.Errorf("without HASH: %v", err)
		}
		for _, a := range all {
			h, err := s.Hash(t.Context(), "with space", a)
			if err != nil || h.String() != sum(a, content) || h.Algorithm != a {
				t.Errorf("%s: %s, %v", a, h, err)
			}
			h, err = s.HashRange(t.Context(), "with space", a, 2, 5)
			if err != nil || h.String() != sum(a, content[2:5]) {
				t.Errorf("%s of 2 to 5: %s, %v; want %s", a, h, err, sum(a, content[2:5]))
			}
			if h, err = s.Hash(t.Context(), "with space", a); err != nil || h.String() != sum(a, content) {
				t.Errorf("%s again: %s, %v", a, h, err)
			}
			if _, err = s.Hash(t.Context(), "missing", a); !client.IsCode(err, 550) {
				t.Errorf("%s of a missing file: %v", a, err)
			}
		}
		if srv.Flavour == "proftpd" && len(all) != 5 {
			t.Errorf("proftpd computes %v", all)
		}
		if got := get(t, s, "with space"); string(got) != string(content) {
			t.Errorf("a download after all that: %q", got)
		}
	})
}

func TestRangesOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.Put("f", []byte("0123456789"))
		s := open(t, srv, nil)
		d, err := s.RetrieveRange(t.Context(), "f", 3, 7)
		if errors.Is(err, client.ErrNoRange) && !s.Features().Has("RANG") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 20)
		n, _ := d.Read(got)
		drain(d)
		if err := d.Close(); err != nil || string(got[:n]) != "3456" {
			t.Errorf("got %q, %v", got[:n], err)
		}
		if got := get(t, s, "f"); string(got) != "0123456789" {
			t.Errorf("the whole file after a part of it: %q", got)
		}
	})
}

func TestHashCommands(t *testing.T) {
	const md5 = "b1946ac92492d2347c6235b4d2611184"
	for _, test := range []struct{ name, features, text string }{
		{"the algorithm is chosen once", "HASH MD5;SHA-1*;", `
			C: TYPE I
			C: OPTS HASH MD5
			S: 200 binary
			S: 200 MD5
			C: HASH f
			S: 213 MD5 0-6 ` + md5 + ` f
			C: HASH f
			S: 213 MD5 0-6 ` + md5 + ` f`},
		{"the next command, where one is not known after all", "XMD5\nMD5", `
			C: XMD5 f
			S: 500 what
			C: MD5 f
			S: 251 f ` + md5 + `
			C: MD5 f
			S: 251 f ` + md5},
	} {
		t.Run(test.name, func(t *testing.T) {
			talkTo(t, test.features, test.text, client.Options{}, func(s *client.Session) {
				for range 2 {
					if h, err := s.Hash(t.Context(), "f", client.MD5); err != nil || h.String() != md5 {
						t.Errorf("got %s, %v", h, err)
					}
				}
			})
		})
	}
}
