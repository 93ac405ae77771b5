package client_test

import (
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// TestLongListOnServers: what ls -l shows is there on every server: where links lead, those that lead
// nowhere, and mode and owner of a file that is listed by itself.
func TestLongListOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.Put("pub/a file", []byte("12345"))
		srv.Put("pub/dir/inside", []byte("x"))
		for name, target := range map[string]string{"short": "a file", "way": "dir", "nowhere": "gone/for ever"} {
			srv.Link("pub/"+name, target)
		}
		srv.Put("same/same", []byte("x"))
		srv.Put("same/two", []byte("y"))
		s := open(t, srv, nil)
		names := ""
		for e, err := range s.List(t.Context(), "same", client.ListOptions{Long: true}) {
			if err != nil || !e.HasMode {
				t.Errorf("%+v, %v", e, err)
			}
			names += " " + e.Name
		}
		if names != " same two" && names != " two same" {
			t.Errorf("a directory that holds a file of its name: %s", names)
		}
		found := map[string]listing.Entry{}
		for e, err := range s.List(t.Context(), "pub", client.ListOptions{Long: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, twice := found[e.Name]; twice {
				t.Errorf("%s is there twice", e.Name)
			}
			found[e.Name] = e
		}
		for name, target := range map[string]string{"short": "a file", "way": "dir", "nowhere": "gone/for ever"} {
			if e := found[name]; e.Type != listing.Link || e.Target != target {
				t.Errorf("%s: type %v, target %q, from %q", name, e.Type, e.Target, e.Raw)
			}
		}
		if e := found["a file"]; e.Type != listing.File || e.Size != 5 || !e.HasMode {
			t.Errorf("the file: %+v", e)
		}
		if found["dir"].Type != listing.Dir {
			t.Errorf("the directory: %+v", found["dir"])
		}
		for name, target := range map[string]string{"pub/a file": "", "pub/short": "a file"} {
			n := 0
			for e, err := range s.List(t.Context(), name, client.ListOptions{Long: true}) {
				n++
				if err != nil || e.Name != name || !e.HasMode || e.Owner == "" || e.Target != target || target == "" && e.Size != 5 {
					t.Errorf("%s by itself: %+v, %v", name, e, err)
				}
			}
			if n != 1 {
				t.Errorf("%s by itself: %d entries", name, n)
			}
		}
	})
}
