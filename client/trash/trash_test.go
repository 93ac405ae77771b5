package trash_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"pgregory.net/rapid"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/client/trash"
)

// login opens a session that is in home.
func login(t testing.TB, addr, user, password, home string, cfg *tls.Config, implicit bool) *client.Session {
	t.Helper()
	opt := client.Options{Addr: addr, Security: client.Off, TLS: cfg}
	switch {
	case implicit:
		opt.Security = client.Implicit
	case cfg != nil:
		opt.Security = client.Require
	}
	s, err := client.Open(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(context.Background(), client.Login{User: user, Password: password}); err != nil {
		t.Fatal(err)
	}
	if err := s.Chdir(context.Background(), home); err != nil {
		t.Fatal(err)
	}
	return s
}

func onDaemon(t *testing.T, srv *daemon.Server) *client.Session {
	var cfg *tls.Config
	if srv.TLS {
		cfg = srv.TLSConfig()
	}
	return login(t, srv.Addr(), srv.User, srv.Password, srv.Home, cfg, srv.Implicit)
}

func put(t testing.TB, s *client.Session, name, text string) {
	t.Helper()
	if _, err := s.Put(context.Background(), name, strings.NewReader(text)); err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
}

// tree is what is below a directory, but for trashes.
func tree(t interface {
	Helper()
	Fatal(...any)
}, root fs.FS,
) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == trash.Folder:
			return fs.SkipDir
		case d.IsDir():
			all[name+"/"] = ""
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			all[name] = "link"
			return nil
		}
		text, err := fs.ReadFile(root, name)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// command runs f as one command of a user with the trash on.
func command(t testing.TB, s *client.Session, bin *trash.Trash, name string, f func()) *trash.Group {
	t.Helper()
	g := bin.Begin(name, time.Now())
	s.Tune(func(o *client.Options) { o.Funnel = g.Hear })
	f()
	s.Tune(func(o *client.Options) { o.Funnel = nil })
	if err := g.End(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	return g
}

// takeBack undoes a group and returns what that says.
func takeBack(t testing.TB, s *client.Session, bin *trash.Trash, g *trash.Group, force bool) (back *trash.Group, left []string) {
	t.Helper()
	back = command(t, s, bin, "undo", func() {
		if err := trash.Undo(context.Background(), s, g, force, false, func(o trash.Outcome) {
			if !o.Done {
				left = append(left, path.Base(o.Path)+": "+o.Says)
			}
		}); err != nil {
			t.Fatal(err)
		}
	})
	return back, left
}

// TestOnServers: each thing that a command does is taken back on every server, and done again.
func TestOnServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := onDaemon(t, srv)
		ctx := t.Context()
		s.SetType(client.Binary)
		if _, err := s.Mkdir(ctx, "d"); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"a": "aaa", "b": "bb", "d/x": "x", "d/y y": "y"} {
			put(t, s, name, text)
		}
		bin := &trash.Trash{Home: s.Dir()}
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Error(err)
			}
		}
		for name, do := range map[string]func(){
			"rm":             func() { ok(s.Remove(ctx, "a")) },
			"rm -r":          func() { ok(s.RemoveTree(ctx, "d")) },
			"rm, then rm -r": func() { ok(s.Remove(ctx, "d/x")); ok(s.RemoveTree(ctx, "d")) },
			"put over":       func() { put(t, s, "a", "new"); put(t, s, "a", "newer") },
			"put new":        func() { put(t, s, "new", "new") },
			"atomic put":     func() { put(t, s, "a.part", "new"); ok(s.Rename(ctx, "a.part", "a")) },
			"mv":             func() { ok(s.Rename(ctx, "a", "c")) },
			"mv over":        func() { ok(s.Rename(ctx, "a", "b")) },
			"mv dir":         func() { ok(s.Rename(ctx, "d", "e")) },
			"mkdir, put": func() {
				ok(s.MkdirAll(ctx, "n/m"))
				put(t, s, "n/m/f", "f")
			},
			"rmdir": func() {
				ok(s.Remove(ctx, "d/x"))
				ok(s.Remove(ctx, "d/y y"))
				ok(s.Rmdir(ctx, "d"))
			},
		} {
			before := tree(t, os.DirFS(srv.Root))
			g := command(t, s, bin, name, do)
			after := tree(t, os.DirFS(srv.Root))
			if maps.Equal(before, after) {
				t.Errorf("%s changed nothing", name)
			}
			back, left := takeBack(t, s, bin, g, false)
			if got := tree(t, os.DirFS(srv.Root)); len(left) > 0 || !maps.Equal(got, before) {
				t.Fatalf("%s is taken back to %v, want %v; left alone: %q", name, got, before, left)
			}
			if err := s.Aside(func() error { return trash.Undo(ctx, s, back, false, false, func(trash.Outcome) {}) }); err != nil {
				t.Error(err)
			}
			if got := tree(t, os.DirFS(srv.Root)); !maps.Equal(got, after) {
				t.Fatalf("%s again leads to %v, want %v", name, got, after)
			}
			takeBack(t, s, bin, g, false)
		}
		if _, left := takeBack(t, s, bin, command(t, s, bin, "x", func() { put(t, s, "a", "mine") }), false); len(left) > 0 {
			t.Errorf("left alone: %q", left)
		}
	})
}

// TestContents: the list names what is still in the trash, the newest command first, and what is brought back gets its
// directory again.
func TestContents(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s, ctx := onDaemon(t, srv), t.Context()
		for _, name := range []string{"d/x", "d/y", "a"} {
			if err := s.MkdirAll(ctx, path.Dir(name)); err != nil {
				t.Fatal(err)
			}
			put(t, s, name, name)
		}
		bin := &trash.Trash{Home: s.Dir()}
		now := time.Date(2026, 11, 30, 10, 14, 3, 0, time.UTC)
		for i, name := range []string{"d/x", "d/y", "d", "a"} {
			g := bin.Begin("rm "+name, now.Add(time.Duration(i)*time.Millisecond))
			s.Tune(func(o *client.Options) { o.Funnel = g.Hear })
			if err := errors.Join(s.RemoveTree(ctx, name), s.Aside(func() error { return g.End(ctx, s) })); err != nil {
				t.Fatal(err)
			}
		}
		s.Tune(func(o *client.Options) { o.Funnel = nil })
		is := func() (all []string) {
			groups, err := trash.Contents(ctx, s, path.Join(s.Dir(), trash.Folder))
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				all = append(all, fmt.Sprintf("%s: %d", g.Command, len(g.Items)))
				if g.Command == "rm d/x" && len(g.Items) == 1 {
					if err := trash.Restore(ctx, s, g.Items[0], string(g.Items[0].From)); err != nil {
						t.Error(err)
					}
				}
			}
			return all
		}
		if got, want := is(), []string{"rm a: 1", "rm d: 1", "rm d/y: 1", "rm d/x: 1"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if got := tree(t, os.DirFS(srv.Root)); got["d/x"] != "d/x" {
			t.Errorf("not brought back: %v", got)
		}
		if got, want := is(), []string{"rm a: 1", "rm d: 1", "rm d/y: 1", "rm d/x: 0"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		lists, _ := filepath.Glob(filepath.Join(srv.Root, trash.Folder, "*/info.jsonl"))
		for i, damage := range []func([]byte) string{
			func(text []byte) string { return string(text[:len(text)-5]) },
			func(text []byte) string { return strings.Replace(string(text), `"from":"/`, `"from":"/../`, 1) },
			func(text []byte) string { return strings.Replace(string(text), "/files", "/../files", 1) },
			func([]byte) string { return "" },
		} {
			text, err := os.ReadFile(lists[i])
			if err == nil {
				err = os.WriteFile(lists[i], []byte(damage(text)), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		groups, err := trash.Contents(ctx, s, path.Join(s.Dir(), trash.Folder))
		if err != nil || len(groups) != 4 {
			t.Fatalf("%v, %v", groups, err)
		}
		for _, g := range groups {
			if g.Damaged == nil || !strings.Contains(g.Damaged.Error(), path.Join(g.Folder, "info.jsonl")) || len(g.Items) > 1 {
				t.Errorf("%v: %v", g.Damaged, g.Items)
			}
		}
		if got := path.Base(string(groups[0].Items[0].From)); got != "a" {
			t.Errorf("the newest is of %s", got)
		}
	})
}

// TestForeignChange: what somebody else has changed since is left alone, and swapped with force.
func TestForeignChange(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := onDaemon(t, srv)
		put(t, s, "a", "first")
		bin := &trash.Trash{Home: s.Dir()}
		g := command(t, s, bin, "rm", func() {
			if err := s.Remove(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		})
		put(t, s, "a", "of somebody else")
		if _, left := takeBack(t, s, bin, g, false); len(left) != 1 || !strings.Contains(left[0], "stands there again") {
			t.Errorf("left alone: %q", left)
		}
		back, left := takeBack(t, s, bin, g, true)
		if got := tree(t, os.DirFS(filepath.Join(srv.Root, "."))); got["a"] != "first" || len(left) > 0 {
			t.Errorf("with force: %v, %q", got, left)
		}
		if _, left := takeBack(t, s, bin, back, false); len(left) > 0 {
			t.Errorf("left alone: %q", left)
		}
		if got := tree(t, os.DirFS(srv.Root)); got["a"] != "of somebody else" {
			t.Errorf("swapped back: %v", got)
		}
		g = command(t, s, bin, "put", func() { put(t, s, "a", "mine") })
		put(t, s, "a", "theirs!")
		if _, left := takeBack(t, s, bin, g, false); len(left) == 0 {
			t.Error("a file of somebody else was taken away")
		}
		if got := tree(t, os.DirFS(srv.Root)); got["a"] != "theirs!" {
			t.Errorf("now %v", got)
		}
	})
}

// TestRefused: what cannot be moved into the trash stays where it is.
func TestRefused(t *testing.T) {
	for _, verb := range []string{"RNFR", "RNTO", "MKD"} {
		t.Run(verb, func(t *testing.T) {
			s, files := onPractice(t, practice.Fault{Name: "refuse", Verb: verb, Text: "550 No."})
			put(t, s, "a", "aaa")
			g := (&trash.Trash{Home: "/"}).Begin("rm", time.Now())
			s.Tune(func(o *client.Options) { o.Funnel = g.Hear })
			if err := s.Remove(t.Context(), "a"); err == nil {
				t.Error("no error")
			}
			if _, err := s.Put(t.Context(), "a", strings.NewReader("new")); err == nil {
				t.Error("no error of put")
			}
			if got, _ := afero.ReadFile(files, "/a"); string(got) != "aaa" {
				t.Errorf("a has %q", got)
			}
		})
	}
}

func onPractice(t testing.TB, faults ...practice.Fault) (*client.Session, afero.Fs) {
	files := afero.NewMemMapFs()
	server, err := practice.Start(practice.Options{FS: files, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return login(t, net.JoinHostPort(server.Host(), strconv.Itoa(server.Port())), practice.User, practice.Password, "/", nil, false), server.FS()
}

// TestAnySequence: whatever is done with the trash on, to undo all of it leads to the first tree.
func TestAnySequence(t *testing.T) {
	s, files := onPractice(t)
	ctx := context.Background()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		home := "/r" + strconv.Itoa(round)
		root := afero.NewIOFS(afero.NewBasePathFs(files, home))
		if err := files.MkdirAll(home+"/d/e", 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b", "d/a", "d/e/c"} {
			afero.WriteFile(files, home+"/"+name, []byte(name), 0o644)
		}
		if err := s.Chdir(ctx, home); err != nil {
			t.Fatal(err)
		}
		first := tree(t, root)
		bin := &trash.Trash{Home: home}
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "d/a", "d/e", "d/e/c", "n", "n/a"})
		var groups []*trash.Group
		for range rapid.IntRange(1, 6).Draw(t, "commands") {
			g := bin.Begin("x", time.Now())
			s.Tune(func(o *client.Options) { o.Funnel = g.Hear })
			for range rapid.IntRange(1, 4).Draw(t, "steps") {
				from, to := name.Draw(t, "from"), name.Draw(t, "to")
				switch rapid.IntRange(0, 6).Draw(t, "what") { // refusals are part of it
				case 0:
					s.Put(ctx, from, bytes.NewReader([]byte(rapid.StringN(0, 9, 9).Draw(t, "text"))))
				case 1:
					s.Remove(ctx, from)
				case 2:
					s.RemoveTree(ctx, from)
				case 3:
					s.Rename(ctx, from, to)
				case 4:
					s.Mkdir(ctx, from)
				case 5:
					s.Rmdir(ctx, from)
				case 6:
					s.Put(ctx, from+".part", strings.NewReader("p"))
					s.Rename(ctx, from+".part", from)
				}
			}
			s.Tune(func(o *client.Options) { o.Funnel = nil })
			if err := g.End(ctx, s); err != nil {
				t.Fatal(err)
			}
			groups = append(groups, g)
		}
		for i := len(groups) - 1; i >= 0; i-- {
			back := bin.Begin("undo", time.Now())
			s.Tune(func(o *client.Options) { o.Funnel = back.Hear })
			err := trash.Undo(ctx, s, groups[i], false, false, func(o trash.Outcome) {
				if !o.Done {
					t.Errorf("left alone: %s: %s", o.Path, o.Says)
				}
			})
			s.Tune(func(o *client.Options) { o.Funnel = nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := tree(t, root); !maps.Equal(got, first) {
			t.Errorf("after all undos %v, want %v\nsteps %+v", got, first, groups)
		}
	})
}
