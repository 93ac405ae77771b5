package transfer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// A link is fetched as the file that it leads to, on each server and in each way, at once
// and without a word; a mirror of links has nothing to do the second time.
func TestLinksOnServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		data := daemon.Content(5000, 1)
		srv.Put("pub/file", data)
		srv.Put("pub/dir/inside", []byte("inside"))
		srv.Link("pub/short", "file")
		srv.Link("pub/a-link-with-a-name-and-target", "../pub/../pub/../pub/../pub/dir/inside")
		srv.Link("pub/way", "dir")
		links := map[string][]byte{"short": data, "a-link-with-a-name-and-target": []byte("inside")}
		s := login(t, srv)
		for name, want := range links {
			local := filepath.Join(t.TempDir(), name)
			retry := quick
			retry.Most = 0
			fetched := func(how string, task Task) {
				t.Helper()
				var out bytes.Buffer
				if how == "cat" {
					task.Out = &out
				} else {
					task.Local = local
				}
				task.Remote, task.Retry, task.Preserve = "pub/"+name, retry, true
				r, err := Run(t.Context(), s, task, nil)
				if how != "cat" {
					out.Write(read(t, local))
				}
				if err != nil || r.Note != "" || !bytes.Equal(out.Bytes(), want) {
					t.Errorf("%s of %s: %d bytes, note %q, %v", how, name, out.Len(), r.Note, err)
				}
			}
			fetched("get", Task{})
			fetched("get again", Task{})
			fetched("cat", Task{})
			os.WriteFile(local, want[:min(len(want), 4500)], 0o600)
			fetched("reget", Task{Resume: true})
		}

		var tasks []Task // as mget makes them
		for e, err := range s.List(t.Context(), "pub", client.ListOptions{Hidden: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if want := links[e.Name]; want != nil {
				task := Task{Remote: "pub/" + e.Name, Local: filepath.Join(t.TempDir(), e.Name), Preserve: true}
				task.Describe(e)
				tasks = append(tasks, task)
			}
		}
		if done, failed := run(t, &Engine{Session: s, Parallel: 2}, slices.Values(tasks)); done != len(links) || failed != nil {
			t.Errorf("mget: %d done, %v", done, failed)
		}
		for _, task := range tasks {
			if !bytes.Equal(read(t, task.Local), links[filepath.Base(task.Local)]) {
				t.Errorf("mget of %s: %d bytes", task.Remote, len(read(t, task.Local)))
			}
		}

		for _, how := range []Links{FollowLinks, SkipLinks} {
			copied := t.TempDir()
			for again := range 2 {
				steps, err := mirrored(t, &Mirror{Remote: "pub", Local: copied, Links: how, Preserve: true}, &Engine{Session: s, Retry: quick})
				if err != nil {
					t.Errorf("mirror: %v", err)
				}
				for _, step := range steps {
					if again == 1 && !strings.HasPrefix(step, "skip") || how == FollowLinks && strings.HasPrefix(step, "skip") {
						t.Errorf("mirror, links %d, time %d: %s", how, again, step)
					}
				}
			}
			for name, want := range links {
				if got := read(t, filepath.Join(copied, name)); how == FollowLinks && !bytes.Equal(got, want) || len(got) > 0 && !bytes.Equal(got, want) {
					t.Errorf("mirror of %s: %d bytes", name, len(got))
				}
			}
			if got := contents(t, copied); how == FollowLinks && got["way/inside"] != "inside" && got["dir/inside"] != "inside" {
				t.Errorf("mirror of a link to a directory: %v", got)
			}
		}
		if e, err := s.Stat(t.Context(), "pub/way"); err == nil && e.Type != listing.Dir && e.Type != listing.Link && e.Type != listing.File {
			t.Errorf("a link to a directory is %v", e.Type)
		}
	})
}
