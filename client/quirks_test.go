package client_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// Every row of the table is true of the server that it is about, and of no
// other of these.
func TestQuirksOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.Put(".hidden", nil)
		srv.Put("f", []byte("x"))
		srv.Link("dangling", "nowhere")
		s := open(t, srv, nil)
		q := s.Server().Quirks()
		if q.Server == "" || !strings.HasPrefix(srv.Flavour, q.Server) {
			t.Fatalf("taken for %q", q.Server)
		}
		if plain := list(t, s, client.ListOptions{Plain: true}); slices.Contains(plain, ".hidden") == q.HidesDots {
			t.Errorf("HidesDots is %v, LIST has %q", q.HidesDots, plain)
		}
		if all := list(t, s, client.ListOptions{Hidden: true, Dangling: true}); !slices.Contains(all, ".hidden") || !slices.Contains(all, "dangling") {
			t.Errorf("asked for all: %q", all)
		}
		if s.Features().Has("MLST") {
			if facts := list(t, s, client.ListOptions{}); slices.Contains(facts, "dangling") == q.HidesDangling {
				t.Errorf("HidesDangling is %v, MLSD has %q", q.HidesDangling, facts)
			}
		}
		r, err := s.Quote(t.Context(), "MDTM 20200102030405 f")
		if info, _ := os.Stat(filepath.Join(srv.Root, "f")); err != nil || info.ModTime().Equal(someTime) != q.SetsByMDTM {
			t.Errorf("SetsByMDTM is %v, the server says %v, %v", q.SetsByMDTM, r, err)
		}
		d, err := s.StoreUnique(t.Context(), "")
		if err != nil {
			t.Fatalf("STOU: %v", err)
		}
		d.Write([]byte("unique"))
		if err := d.Close(); err != nil {
			t.Errorf("STOU: %v", err)
		}
	})
}

// A server whose greeting says nothing is known by what only it has.
func TestQuirksByFeatures(t *testing.T) {
	for _, test := range []struct{ features, server string }{
		{"SITE COPY\nSITE SYMLINK\nHASH MD5", "proftpd"},
		{"ESTA\nESTP\nPRET", "pure-ftpd"},
		{"LPRT\nLPSV", "inetutils"},
		{"EPSV\nSIZE", ""},
	} {
		talkTo(t, test.features, "", client.Options{}, func(s *client.Session) {
			if got := s.Server().Quirks().Server; got != test.server {
				t.Errorf("%q: got %q, want %q", test.features, got, test.server)
			}
		})
	}
}
