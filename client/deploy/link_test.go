package deploy_test

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/deploy"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

const older, newer = "20261130T101403", "20261130T101404"

// release lays two releases, with current at the older one, and returns where it leads now, "" if
// it is missing.
func release(t *testing.T, srv everystep.Host, s *client.Session) (deploy.Releases, func() string) {
	t.Helper()
	lay(t, srv, map[string]string{"releases/" + older + "/index": "old", "releases/" + newer + "/index": "new"})
	r := deploy.Releases{Dir: path.Join(s.Dir(), "web")}
	if err := s.Symlink(t.Context(), r.Name(older), path.Join(r.Dir, "current")); err != nil {
		t.Fatal(err)
	}
	return r, func() string {
		target, _ := os.Readlink(filepath.Join(srv.Root, "web/current"))
		return path.Base(filepath.ToSlash(target))
	}
}

// eachLinker runs a test with the server that makes links.
func eachLinker(t *testing.T, test func(t *testing.T, srv everystep.Host)) {
	for _, flavour := range []string{"proftpd", "proftpd-tls"} {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			srv := everystep.Daemon(daemon.Start(t, flavour, daemon.Options{}))
			srv.Steps = 10 // a login takes most of the time
			test(t, srv)
		})
	}
}

// TestNoLinks: a server without links says so, and nothing is changed.
func TestNoLinks(t *testing.T) {
	srv := everystep.Practice(t)
	s := srv.Open(t, nil)
	if err := (deploy.Releases{Dir: "/"}).Point(t.Context(), s, newer); !errors.Is(err, deploy.ErrNoLinks) {
		t.Errorf("without links: %v", err)
	}
	if left := everystep.Tree(t, srv.Root); len(left) != 1 {
		t.Errorf("made %v", left)
	}
}

// TestLinkAtEveryStep: wherever switching the link is broken, it leads to the one release or to the
// other, and what is left beside it is found.
func TestLinkAtEveryStep(t *testing.T) {
	eachLinker(t, func(t *testing.T, srv everystep.Host) {
		other := srv.Open(t, nil)
		everystep.Some(t, srv.Steps, func(t *testing.T, trap *everystep.Trap) {
			s := srv.Open(t, trap.Options)
			r, now := release(t, srv, s)
			trap.Arm(s)
			err := r.Point(trap.Context, s, newer)
			s.Drop()
			got := now()
			if got != older && got != newer || err == nil && got != newer {
				t.Errorf("broken at %q (%v): current leads to %q", trap.Sprung(), err, got)
			}
			if _, err := r.Recover(context.Background(), other); err != nil {
				t.Error(err)
			}
			left, err := os.ReadDir(filepath.Join(srv.Root, "web"))
			if st, look := r.Look(t.Context(), other); err != nil || look != nil || len(left) != 2 || st.Current != got || len(st.IDs) != 2 {
				t.Errorf("broken at %q: %v, %v; left %v, %+v", trap.Sprung(), err, look, left, st)
			}
		})
	})
}

// TestLinkForthAndBack: the link leads to the new release, back to the old one, and old ones are deleted;
// a directory in its place, a link that leads elsewhere and a relative one are left alone.
func TestLinkForthAndBack(t *testing.T) {
	eachLinker(t, func(t *testing.T, srv everystep.Host) {
		s, ctx := srv.Open(t, nil), t.Context()
		r, now := release(t, srv, s)
		if err := r.Point(ctx, s, newer); err != nil || now() != newer {
			t.Fatalf("%v: %s", err, now())
		}
		if id, err := r.Back(ctx, s); err != nil || id != older || now() != older {
			t.Fatalf("%s, %v: %s", id, err, now())
		}
		if _, err := r.Back(ctx, s); !errors.Is(err, deploy.ErrNoTree) {
			t.Errorf("back to nothing: %v", err)
		}
		const next = "20261130T101405" // it follows older, since newer was taken back
		if err := os.Mkdir(filepath.Join(srv.Root, "web/releases", next), 0o777); err != nil {
			t.Fatal(err)
		}
		st, err := r.Look(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		st.IDs = st.IDs[:2] // before next was sent
		if err := errors.Join(r.Remember(ctx, s, st, next), r.Point(ctx, s, next)); err != nil {
			t.Fatal(err)
		}
		if id, err := r.Back(ctx, s); err != nil || id != older || now() != older {
			t.Fatalf("back from %s: %s, %v: %s", next, id, err, now())
		}
		if removed, err := r.Prune(ctx, s, newer, 1); err != nil || len(removed) != 1 || removed[0] != r.Name(next) {
			t.Errorf("removed %q, %v", removed, err)
		}
		if left, _ := os.ReadDir(filepath.Join(srv.Root, "web/releases")); len(left) != 2 {
			t.Errorf("left: %v", left)
		}
		const before = "20261130T101400" // it was in place before, and newer was taken back
		if err := os.Mkdir(filepath.Join(srv.Root, "web/releases", before), 0o777); err != nil {
			t.Fatal(err)
		}
		if removed, err := r.Prune(ctx, s, before, 1); err != nil || len(removed) != 1 || removed[0] != r.Name(newer) {
			t.Errorf("removed %q, %v", removed, err)
		}
		link := filepath.Join(srv.Root, "web/current")
		for want, put := range map[error]func() error{
			deploy.ErrNotLink: func() error { return os.Mkdir(link, 0o777) },
			deploy.ErrForeign: func() error { return os.Symlink("elsewhere", link) },
			deploy.ErrForm:    func() error { return os.Symlink("releases/"+older, link) },
		} {
			if err := errors.Join(os.Remove(link), put()); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Readlink(link)
			if err := r.Point(ctx, s, older); !errors.Is(err, want) {
				t.Errorf("%v, not %v", err, want)
			}
			if after, _ := os.Readlink(link); after != before {
				t.Errorf("%v: the link leads to %q", want, after)
			}
		}
		if left, _ := os.ReadDir(filepath.Join(srv.Root, "web")); len(left) != 2 {
			t.Errorf("left: %v", left)
		}
		if id := (deploy.Releasing{IDs: []string{older}}).FreeID(time.Date(2026, 11, 30, 10, 14, 3, 0, time.UTC)); id != newer {
			t.Errorf("the free ID is %s", id)
		}
	})
}
