package deploy_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/deploy"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice"
)

// lay writes trees on the disk of a server, in place of what is there.
func lay(t testing.TB, srv everystep.Host, files map[string]string) {
	t.Helper()
	root := filepath.Join(srv.Root, "web")
	os.RemoveAll(root)
	for name, text := range files {
		full := filepath.Join(root, name)
		os.MkdirAll(filepath.Dir(full), 0o777)
		if strings.HasSuffix(name, "/") {
			os.MkdirAll(full, 0o777)
			continue
		}
		if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o777)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const id = "20261130T101403"

var (
	both   = map[string]string{"site/index": "old", "site/up/photo": "p", "site.new-" + id + "/index": "new", "site.new-" + id + "/css/a": "a"}
	isOld  = map[string]string{"./": "", "index": "old", "up/": "", "up/photo": "p"}
	isNew  = map[string]string{"./": "", "index": "new", "css/": "", "css/a": "a", "up/": "", "up/photo": "p"}
	server = func(s *client.Session) deploy.Tree {
		return deploy.Tree{Dir: path.Join(s.Dir(), "web/site"), Shared: []string{"up"}}
	}
)

// TestSwapAtEveryStep: wherever the client is killed, the connection is cut, or the server refuses,
// there is the old tree or the new one afterwards, whole, once the deployment was recovered; and
// what others wrote into it is there once.
func TestSwapAtEveryStep(t *testing.T) {
	everystep.EachHost(t, 4, func(t *testing.T, srv everystep.Host) {
		everystep.Some(t, srv.Steps, func(t *testing.T, trap *everystep.Trap) {
			lay(t, srv, both)
			s := srv.Open(t, trap.Options)
			trap.Arm(s)
			err := server(s).Swap(trap.Context, s, id)
			s.Drop()
			other := srv.Open(t, nil)
			forward := len(trap.Sprung())%2 == 0 // both are right, wherever it broke
			says, failed := server(other).Recover(context.Background(), other, forward)
			got := everystep.Tree(t, filepath.Join(srv.Root, "web/site"))
			if failed != nil || !maps.Equal(got, isOld) && !maps.Equal(got, isNew) {
				t.Errorf("broken at %q (%v), recovered (%q, %v) to %v", trap.Sprung(), err, says, failed, got)
			}
			if err == nil && !maps.Equal(got, isNew) {
				t.Errorf("no error at %q, and the tree is %v", trap.Sprung(), got)
			}
		})
	})
}

// TestThereAndBack: a tree is put in place, another one taken back, an empty one replaced, a missing
// one made, old ones deleted.
func TestThereAndBack(t *testing.T) {
	everystep.EachHost(t, 4, func(t *testing.T, srv everystep.Host) {
		lay(t, srv, both)
		s, ctx := srv.Open(t, nil), t.Context()
		d := server(s)
		now := func() map[string]string { return everystep.Tree(t, filepath.Join(srv.Root, "web/site")) }
		if err := d.Swap(ctx, s, id); err != nil || !maps.Equal(now(), isNew) {
			t.Fatalf("%v: %v", err, now())
		}
		from, err := d.Back(ctx, s, time.Date(2026, 11, 30, 10, 14, 3, 0, time.UTC))
		if err != nil || from != id || !maps.Equal(now(), isOld) {
			t.Fatalf("%s, %v: %v", from, err, now())
		}
		if from, err = d.Back(ctx, s, time.Date(2026, 11, 30, 10, 16, 0, 0, time.UTC)); err != nil || from != "20261130T101404" || !maps.Equal(now(), isNew) {
			t.Fatalf("%s, %v: %v", from, err, now())
		}
		if removed, err := d.Prune(ctx, s, 0); err != nil || len(removed) != 1 {
			t.Errorf("removed %q, %v", removed, err)
		}
		if _, err := d.Back(ctx, s, time.Now()); !errors.Is(err, deploy.ErrNoTree) {
			t.Errorf("back to nothing: %v", err)
		}
		for _, before := range []string{"site/", "other"} {
			lay(t, srv, map[string]string{before: "", "site.new-" + id + "/index": "new"})
			if err := (deploy.Tree{Dir: d.Dir}).Swap(ctx, s, id); err != nil || now()["index"] != "new" {
				t.Errorf("with %s there: %v, %v", before, err, now())
			}
		}
	})
}

// TestExtra: directories and files that only the present tree has are named, but for those that are shared.
func TestExtra(t *testing.T) {
	everystep.EachHost(t, 4, func(t *testing.T, srv everystep.Host) {
		lay(t, srv, map[string]string{"site/up/photo": "p", "site/css/cache/x": "x", "site/css/a": "a", "site/css/b": "b", "site/.htaccess": "h"})
		s := srv.Open(t, nil)
		dirs, files, err := server(s).Extra(t.Context(), s, func(rel string, dir bool) bool { return dir && rel == "css" || rel == "css/a" })
		slices.Sort(files)
		if err != nil || !slices.Equal(dirs, []string{"css/cache"}) || !slices.Equal(files, []string{".htaccess", "css/b"}) {
			t.Errorf("%q, %q, %v", dirs, files, err)
		}
	})
}

// TestNewestID: a tree that is moved away now is the newest, though another computer's clock was ahead: otherwise the tree
// before would be deleted as the oldest.
func TestNewestID(t *testing.T) {
	now := time.Date(2026, 11, 30, 10, 14, 3, 5e8, time.UTC)
	for _, row := range []struct {
		old  []string
		want string
	}{
		{nil, id},
		{[]string{"20261130T101402"}, id},
		{[]string{id}, "20261130T101404"},
		{[]string{"20261130T101402", "20261201T000000"}, "20261201T000001"},
	} {
		if got := (deploy.State{Old: row.old}).FreeID(now); got != row.want {
			t.Errorf("beside %q: %s, want %s", row.old, got, row.want)
		}
	}
	for text, want := range map[string]bool{id: true, "20261330T101403": false, "2026113AT101403": false, "20261130T1014030": false, "": false} {
		if deploy.IsID(text) != want {
			t.Errorf("%q is an ID: %v", text, !want)
		}
	}
}

// undoing is a disk whose renames to some name pass for done.
type undoing struct {
	afero.Fs
	to string
}

func (d undoing) Rename(from, to string) error {
	if path.Base(from) == d.to || path.Base(to) == d.to {
		return nil
	}
	return d.Fs.Rename(from, to)
}

// TestRenameThatOnlyPassesForDone: the old tree stays, and the error says what the server did.
func TestRenameThatOnlyPassesForDone(t *testing.T) {
	root := t.TempDir()
	srv, err := practice.Start(practice.Options{FS: undoing{afero.NewBasePathFs(afero.NewOsFs(), root), "site.new-" + id}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	host := everystep.Host{Root: root, Home: "/", Options: client.Options{Addr: srv.Addr(), Security: client.Off}, Login: client.Login{User: practice.User, Password: practice.Password}}
	lay(t, host, both)
	s := host.Open(t, nil)
	err = deploy.Tree{Dir: "/web/site"}.Swap(t.Context(), s, id)
	if got := everystep.Tree(t, filepath.Join(root, "web/site")); !errors.Is(err, deploy.ErrUndone) || !maps.Equal(got, isOld) {
		t.Errorf("%v: %v", err, got)
	}
}
