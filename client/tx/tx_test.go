package tx_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/tx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lay writes a tree on the disk of a server, in place of what is there.
func lay(t testing.TB, srv everystep.Host, files map[string]string) {
	t.Helper()
	root := filepath.Join(srv.Root, "web")
	os.RemoveAll(root)
	os.Mkdir(root, 0o777)
	for name, text := range files {
		full := filepath.Join(root, name)
		os.MkdirAll(filepath.Dir(full), 0o777)
		if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o777)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seen is what others see of the tree.
func seen(t testing.TB, srv everystep.Host) map[string]string {
	all := everystep.Tree(t, filepath.Join(srv.Root, "web"))
	maps.DeleteFunc(all, func(name, _ string) bool { return strings.HasPrefix(name, ".ftpsh-") })
	return all
}

// work is a session with a transaction, and the file of its journal.
type work struct {
	t    testing.TB
	s    *client.Session
	tx   *tx.Tx
	file string
}

func begin(t testing.TB, s *client.Session) *work {
	t.Helper()
	w := &work{t: t, s: s, file: filepath.Join(t.TempDir(), "journal")}
	file, err := os.OpenFile(w.file, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	h := tx.NewHead(s, path.Join(s.Dir(), "web"), time.Date(2026, 11, 30, 10, 14, 3, 0, time.UTC))
	if w.tx, err = tx.Begin(t.Context(), s, h, unsynced{file}); err != nil {
		t.Fatal(err)
	}
	s.Tune(func(o *client.Options) { o.Funnel = w.tx.Hear })
	s.Tune(func(o *client.Options) { o.Stage = w.tx.Stage })
	return w
}

// unsynced is a file that is not to outlive a loss of power.
type unsynced struct{ *os.File }

func (unsynced) Sync() error { return nil }

func (w *work) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// put uploads a text, as put does.
func (w *work) put(name, text string) error {
	_, err := transfer.Run(context.Background(), w.s, transfer.Task{Op: transfer.Upload, Remote: name, In: strings.NewReader(text)}, nil)
	return err
}

// again reads the journal as a program does that begins after a crash.
func (w *work) again() (*tx.Tx, error) {
	file, err := os.OpenFile(w.file, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	w.t.Cleanup(func() { file.Close() })
	return tx.Open(unsynced{file}, "journal")
}

var (
	before = map[string]string{"index": "old", "css/a": "a", "gone": "g", "dir/x": "x", "tree/y": "y", "tree/z/q": "q"}
	isOld  = map[string]string{"./": "", "index": "old", "css/": "", "css/a": "a", "gone": "g", "dir/": "", "dir/x": "x", "tree/": "", "tree/y": "y", "tree/z/": "", "tree/z/q": "q"}
	isNew  = map[string]string{"./": "", "index": "new!", "css/": "", "css/a": "a2", "css/b": "b", "img/": "", "img/p": "p", "moved/": "", "moved/x": "x", "moved/w": "w"}
)

// change makes all kinds of changes.
func (w *work) change() {
	w.t.Helper()
	ctx := context.Background()
	w.ok(w.put("web/css/b", "b"))
	_, err := w.s.Mkdir(ctx, "web/img")
	w.ok(err)
	w.ok(w.put("web/img/p", "p"))
	w.ok(w.put("web/index", "new!"))
	w.ok(w.put("web/css/a", "a2"))
	w.ok(w.s.Remove(ctx, "web/gone"))
	w.ok(w.s.RemoveTree(ctx, "web/tree"))
	w.ok(w.s.Rename(ctx, "web/dir", "web/moved"))
	w.ok(w.put("web/moved/w", "w"))
}

// TestCommitAtEveryStep: wherever the client is killed, the connection is cut, or the server refuses,
// there is the old tree or the new one after a recovery, forward or back, and nothing else is left.
func TestCommitAtEveryStep(t *testing.T) { commitAtEveryStep(t, false, 29) }

// TestCommitNoOldAtEveryStep: the same where nothing is kept of what is replaced, but that from the
// first of these on there is only the new one.
func TestCommitNoOldAtEveryStep(t *testing.T) { commitAtEveryStep(t, true, 61) }

func commitAtEveryStep(t *testing.T, noOld bool, of int) {
	everystep.EachHost(t, of, func(t *testing.T, srv everystep.Host) {
		everystep.Some(t, srv.Steps, func(t *testing.T, trap *everystep.Trap) {
			lay(t, srv, before)
			s := srv.Open(t, trap.Options)
			w := begin(t, s)
			w.change()
			if got := seen(t, srv); !maps.Equal(got, isOld) {
				t.Fatalf("before the commit others see %v", got)
			}
			trap.Arm(s)
			out, err := w.tx.Commit(trap.Context, s, noOld)
			if err == nil {
				err = w.tx.Tidy(trap.Context, s, nil)
			}
			s.Drop()
			committed := err == nil
			if committed && !maps.Equal(seen(t, srv), isNew) {
				t.Errorf("no error at %q, and the tree is %v", trap.Sprung(), seen(t, srv))
			}
			if direct := w.tx.Direct() > 0; committed && direct != noOld && len(out.Notes) == 0 {
				t.Errorf("files were replaced at once: %v", direct)
			}
			told(t, srv, err)
			if !committed {
				recovered(t, srv, w, trap, err)
			}
			if names, _ := filepath.Glob(filepath.Join(srv.Root, "web/.ftpsh-*")); len(names) > 0 {
				t.Errorf("%q (%v): %v is left", trap.Sprung(), err, names)
			}
		})
	})
}

// told compares what an error says of the tree with the tree.
func told(t *testing.T, srv everystep.Host, err error) {
	t.Helper()
	got := seen(t, srv)
	if errors.As(err, new(*tx.RefusedError)) && !maps.Equal(got, isOld) {
		t.Errorf("%v, and the tree is %v", err, got)
	}
	partly := new(tx.PartlyError)
	if !errors.As(err, &partly) {
		return
	}
	if len(partly.Done) == 0 {
		t.Errorf("done %v, left %v", partly.Done, partly.Left)
	}
	for _, name := range []string{"index", "css/a", "css/b", "gone"} {
		full, want := path.Join(srv.Home, "web", name), isOld
		if slices.Contains(partly.Done, full) {
			want = isNew
		} else if !slices.Contains(partly.Left, full) {
			t.Errorf("%v says nothing of %s", partly, name)
		}
		if got[name] != want[name] {
			t.Errorf("%s holds %q: done %v, left %v", name, got[name], partly.Done, partly.Left)
		}
	}
	if waiting, _ := filepath.Glob(filepath.Join(srv.Root, "web/.ftpsh-tx-*/new/n*")); len(waiting)+count(got, isNew) < 5 {
		t.Errorf("an upload is lost: %v wait, the tree is %v", waiting, got)
	}
}

// count is how many of the five uploads are in a tree.
func count(tree, uploaded map[string]string) (n int) {
	for _, name := range []string{"index", "css/a", "css/b", "img/p", "moved/w"} {
		if text, there := tree[name]; there && text == uploaded[name] {
			n++
		}
	}
	return n
}

func recovered(t *testing.T, srv everystep.Host, w *work, trap *everystep.Trap, why error) {
	other, ctx := srv.Open(t, nil), t.Context()
	forward := len(trap.Sprung())%2 == 0 // both are right, wherever it broke
	again, err := w.again()
	if err != nil {
		t.Fatal(err)
	}
	was := again.Phase()
	err = again.Recover(ctx, other, forward)
	if partly := new(tx.PartlyError); !forward && errors.As(err, &partly) {
		told(t, srv, err)
		forward = true
		err = again.Recover(ctx, other, forward)
	} else if !forward && was == tx.Forward && again.Direct() > 0 {
		t.Errorf("broken at %q, and taken back although something is replaced", trap.Sprung())
	}
	if err == nil {
		switch again.Phase() {
		case tx.Tidying:
			err = again.Tidy(ctx, other, nil)
		default:
			err = again.Rollback(ctx, other)
		}
	}
	got := seen(t, srv)
	if err != nil || !maps.Equal(got, isOld) && !maps.Equal(got, isNew) {
		t.Errorf("broken at %q (%v), recovered from %s with %v to %v", trap.Sprung(), why, was, err, got)
	}
	if was == tx.Forward && forward != maps.Equal(got, isNew) {
		t.Errorf("broken at %q, forward is %v, and the tree is %v", trap.Sprung(), forward, got)
	}
}

// TestNoOldKeepsOld: a server that replaces nothing by a rename is found out before anything is
// visible, and its old files move away first; so do links and directories.
func TestNoOldKeepsOld(t *testing.T) {
	for name, fails := range map[string]error{"refuses": os.ErrExist, "says yes": nil} {
		t.Run(name, func(t *testing.T) {
			srv := overDisk(t, func(fs afero.Fs, from, to string) error {
				if _, err := fs.Stat(to); err == nil {
					return fails
				}
				return fs.Rename(from, to)
			})
			lay(t, srv, before)
			s, ctx := srv.Open(t, nil), t.Context()
			w := begin(t, s)
			w.change()
			out, err := w.tx.Commit(ctx, s, true)
			w.ok(err)
			if w.tx.Direct() > 0 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "the server does not replace a file by a rename") {
				t.Errorf("%d replaced at once: %q", w.tx.Direct(), out.Notes)
			}
			w.ok(w.tx.Tidy(ctx, s, nil))
			if got := seen(t, srv); !maps.Equal(got, isNew) {
				t.Errorf("%v", got)
			}
		})
	}
}

// disk is the disk of a server that renames in its own way.
type disk struct {
	afero.Fs
	rename func(fs afero.Fs, from, to string) error
}

func (d disk) Rename(from, to string) error { return d.rename(d.Fs, from, to) }

// overDisk is a server with such a disk.
func overDisk(t *testing.T, rename func(fs afero.Fs, from, to string) error) everystep.Host {
	root := t.TempDir()
	server, err := practice.Start(practice.Options{FS: disk{afero.NewBasePathFs(afero.NewOsFs(), root), rename}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return everystep.Host{Root: root, Home: "/", Options: client.Options{Addr: server.Addr(), Security: client.Off}, Login: client.Login{User: practice.User, Password: practice.Password}}
}

// TestRenameGivesAnotherTime: servers that keep files as objects rename by copying.
func TestRenameGivesAnotherTime(t *testing.T) {
	srv := overDisk(t, func(fs afero.Fs, from, to string) error {
		now := time.Now().Add(time.Hour)
		return errors.Join(fs.Rename(from, to), fs.Chtimes(to, now, now))
	})
	lay(t, srv, before)
	s, ctx := srv.Open(t, nil), t.Context()
	w := begin(t, s)
	w.change()
	_, err := w.tx.Commit(ctx, s, false)
	w.ok(err)
	w.ok(w.tx.Tidy(ctx, s, nil))
	if got := seen(t, srv); !maps.Equal(got, isNew) {
		t.Errorf("%v", got)
	}
}

// TestRenameThatOnlyPassesForDone: nobody else is blamed for it, and recovering does what is left.
func TestRenameThatOnlyPassesForDone(t *testing.T) {
	lies := true
	srv := overDisk(t, func(fs afero.Fs, from, to string) error {
		if lies && path.Base(to) == "index" {
			lies = false
			return nil
		}
		return fs.Rename(from, to)
	})
	lay(t, srv, before)
	s, ctx := srv.Open(t, nil), t.Context()
	w := begin(t, s)
	w.change()
	_, err := w.tx.Commit(ctx, s, false)
	if foreign := new(tx.ForeignError); !errors.As(err, &foreign) || !foreign.Said || path.Base(foreign.Moved[0].Path) != "index" {
		t.Fatal(err)
	}
	w.ok(w.tx.Recover(ctx, s, true))
	w.ok(w.tx.Tidy(ctx, s, nil))
	if got := seen(t, srv); !maps.Equal(got, isNew) {
		t.Errorf("%v", got)
	}
}

// TestOverlay: what a transaction holds already counts for what follows.
func TestOverlay(t *testing.T) {
	srv := everystep.Practice(t)
	ctx := context.Background()
	for _, one := range []struct {
		name string
		do   func(w *work)
		rows int
		want map[string]string
	}{
		{"put twice", func(w *work) { w.ok(w.put("web/a", "1")); w.ok(w.put("web/a", "22")) }, 1, map[string]string{"a": "22", "b": "old b"}},
		{"put and rm", func(w *work) { w.ok(w.put("web/n", "1")); w.ok(w.s.Remove(ctx, "web/n")) }, 0, map[string]string{"a": "old a", "b": "old b"}},
		{"put over and rm", func(w *work) { w.ok(w.put("web/a", "1")); w.ok(w.s.Remove(ctx, "web/a")) }, 1, map[string]string{"b": "old b"}},
		{"rm and put", func(w *work) { w.ok(w.s.Remove(ctx, "web/a")); w.ok(w.put("web/a", "1")) }, 2, map[string]string{"a": "1", "b": "old b"}},
		{"put and mv", func(w *work) { w.ok(w.put("web/n", "1")); w.ok(w.s.Rename(ctx, "web/n", "web/b")) }, 1, map[string]string{"a": "old a", "b": "1"}},
		{"swap", func(w *work) {
			w.ok(w.s.Rename(ctx, "web/a", "web/c"))
			w.ok(w.s.Rename(ctx, "web/b", "web/a"))
			w.ok(w.s.Rename(ctx, "web/c", "web/b"))
		}, 3, map[string]string{"a": "old b", "b": "old a"}},
		{"mv over", func(w *work) { w.ok(w.s.Rename(ctx, "web/a", "web/b")) }, 1, map[string]string{"b": "old a"}},
		{"mkdir and rmdir", func(w *work) {
			_, err := w.s.Mkdir(ctx, "web/d")
			w.ok(err)
			w.ok(w.s.Rmdir(ctx, "web/d"))
		}, 0, map[string]string{"a": "old a", "b": "old b"}},
		{"a made tree goes", func(w *work) {
			_, err := w.s.Mkdir(ctx, "web/d")
			w.ok(err)
			w.ok(w.put("web/d/x", "1"))
			w.ok(w.s.RemoveTree(ctx, "web/d"))
		}, 3, map[string]string{"a": "old a", "b": "old b"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			lay(t, srv, map[string]string{"a": "old a", "b": "old b"})
			s := srv.Open(t, nil)
			w := begin(t, s)
			one.do(w)
			if rows := w.tx.Rows(); len(rows) != one.rows {
				t.Errorf("%d rows: %v", len(rows), rows)
			}
			if again, err := w.again(); err != nil || len(again.Rows()) != one.rows {
				t.Errorf("the journal has other rows: %v", err)
			}
			_, err := w.tx.Commit(ctx, s, false)
			w.ok(err)
			w.ok(w.tx.Tidy(ctx, s, nil))
			got := seen(t, srv)
			delete(got, "./")
			if !maps.Equal(got, one.want) {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestForeignChange: what somebody else has changed since is named, and nothing is changed.
func TestForeignChange(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		lay(t, srv, before)
		s, ctx := srv.Open(t, nil), t.Context()
		w := begin(t, s)
		w.change()
		if err := os.WriteFile(filepath.Join(srv.Root, "web/css/a"), []byte("theirs"), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := w.tx.Commit(ctx, s, false)
		stale := new(tx.StaleError)
		if !errors.As(err, &stale) || len(stale.Moved) != 1 || path.Base(stale.Moved[0].Path) != "a" || seen(t, srv)["index"] != "old" {
			t.Errorf("%v: %v", err, seen(t, srv))
		}
		w.ok(w.tx.Rollback(ctx, s))
		if got := seen(t, srv); got["css/a"] != "theirs" || len(got) != len(isOld) {
			t.Errorf("%v", got)
		}
	})
}

// TestUnfit: what cannot wait is refused before anything of it is sent.
func TestUnfit(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		lay(t, srv, before)
		s, ctx := srv.Open(t, nil), t.Context()
		w := begin(t, s)
		_, appending := s.Append(ctx, "web/index")
		_, storing := s.Store(ctx, "web/index", 0)
		_, quoting := s.Quote(ctx, "DELE web/index")
		_, half := transfer.Run(ctx, s, transfer.Task{Op: transfer.Upload, Remote: "web/index", In: strings.NewReader("x"), Offset: 2}, nil)
		for what, err := range map[string]error{
			"APPE": appending, "STOR": storing, "DELE by hand": quoting, "an offset": half, "elsewhere": w.put("other", "x"), "rename out": s.Rename(ctx, "web/gone", "out"),
		} {
			if !errors.As(err, new(*tx.UnfitError)) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, err := range map[string]error{
			"nothing to delete": s.Remove(ctx, "web/none"), "no directory": w.put("web/none/x", "x"), "a directory": s.Remove(ctx, "web/css"), "over a directory": w.put("web/css", "x"),
		} {
			if err == nil {
				t.Errorf("%s: no error", what)
			}
		}
		if got := seen(t, srv); !maps.Equal(got, isOld) || len(w.tx.Rows()) > 0 {
			t.Errorf("%v, %v", got, w.tx.Rows())
		}
	})
}

// TestLock: only one has it.
func TestLock(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		lay(t, srv, before)
		s, ctx := srv.Open(t, nil), t.Context()
		h := tx.NewHead(s, path.Join(s.Dir(), "web"), time.Now())
		if err := h.LockDir(ctx, s, "me"); err != nil {
			t.Fatal(err)
		}
		other := tx.NewHead(s, path.Join(s.Dir(), "web"), time.Now())
		taken := new(tx.LockedError)
		if err := other.LockDir(ctx, s, "you"); !errors.As(err, &taken) || taken.By != "me" {
			t.Errorf("%v", err)
		}
		if err := tx.Unlock(ctx, s, string(h.Dir)); err != nil {
			t.Fatal(err)
		}
		if err := other.LockDir(ctx, s, "you"); err != nil {
			t.Error(err)
		}
	})
}

// FuzzJournal: whatever is in a journal, it is read as a whole or refused with its name, and none of
// its names leads out of its directory.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"v":1,"kind":"ftpsh-tx","id":"x","begun":"2026-11-30T10:14:03Z","host":"h","port":"21","user":"u","dir":"/web","folder":"/web/.ftpsh-tx-20261130T101403-x"}` + "\n"))
	f.Add([]byte(`{"v":2,"kind":"ftpsh-tx"}` + "\n"))
	f.Add([]byte(`{"v":1,"kind":"ftpsh-tx","dir":"/web","folder":"/etc"}` + "\n" + `{"sum":"","note":{"try":1}}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := tx.Open(&memory{Buffer: bytes.NewBuffer(text)}, "journal")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "journal:") {
				t.Errorf("not named: %v", err)
			}
			return
		}
		for _, r := range read.Rows() {
			for _, name := range []string{string(r.Path), string(r.To)} {
				if name != "" && (path.Clean(name) != name || !strings.HasPrefix(name+"/", strings.TrimSuffix(string(read.Dir), "/")+"/")) {
					t.Errorf("%q is not in %q", name, read.Dir)
				}
			}
		}
	})
}

// memory is a file in memory.
type memory struct{ *bytes.Buffer }

func (memory) Sync() error          { return nil }
func (memory) Truncate(int64) error { return nil }
