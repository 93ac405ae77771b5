package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// quick is as patient as DefaultRetry, but not as long.
var quick = Retry{Most: DefaultRetry.Most, Wait: time.Millisecond}

// run carries out tasks and returns what failed.
func run(t testing.TB, e *Engine, tasks iter.Seq[Task]) (done int, failed []error) {
	t.Helper()
	e.Retry = quick
	e.Done = func(task Task, r Result, err error) {
		done++
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", task.Remote, err))
		}
	}
	if err := e.Run(t.Context(), tasks); err != nil {
		t.Errorf("the engine stopped: %v", err)
	}
	e.Wait()
	return done, failed
}

// login opens a session with a real server.
func login(t testing.TB, srv *daemon.Server) *client.Session {
	t.Helper()
	opt := client.Options{Addr: srv.Addr(), Security: client.Off}
	if srv.TLS {
		opt.Security, opt.TLS = client.Require, srv.TLSConfig()
	}
	if srv.Implicit {
		opt.Security = client.Implicit
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}); err != nil {
		t.Fatal(err)
	}
	return s
}

// downloads are tasks for n files that a server has.
func downloads(n int, dir string) iter.Seq[Task] {
	return func(yield func(Task) bool) {
		for i := range n {
			name := fmt.Sprintf("f%03d", i)
			if !yield(Task{Remote: name, Local: filepath.Join(dir, name), Size: int64(sizeOf(i)), Known: true}) {
				return
			}
		}
	}
}

// uploads are tasks for the same files the other way.
func uploads(n int, dir string) iter.Seq[Task] {
	return func(yield func(Task) bool) {
		for i := range n {
			name := fmt.Sprintf("f%03d", i)
			if !yield(Task{Op: Upload, Remote: name, Local: filepath.Join(dir, name)}) {
				return
			}
		}
	}
}

// sizeOf is the size of a file: some are empty, one is large.
func sizeOf(i int) int {
	if i == 7 {
		return 3 << 20
	}
	return i % 5 * 700
}

func body(i int) []byte { return append([]byte(nil), content(sizeOf(i) + i)[i:]...) }

func writeFiles(t testing.TB, dir string, n int) {
	t.Helper()
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%03d", i)), body(i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Files go up and come down whole, in the right order or not, on every server.
func TestManyFilesOnServers(t *testing.T) {
	const n = 40
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		for _, parallel := range []int{1, 3} {
			s := login(t, srv)
			up, down := t.TempDir(), t.TempDir()
			writeFiles(t, up, n)
			done, failed := run(t, &Engine{Session: s, Parallel: parallel}, uploads(n, up))
			if done != n || failed != nil {
				t.Errorf("%d sessions: %d of %d files went up: %v", parallel, done-len(failed), n, failed)
			}
			done, failed = run(t, &Engine{Session: s, Parallel: parallel}, downloads(n, down))
			if done != n || failed != nil {
				t.Errorf("%d sessions: %d of %d files came down: %v", parallel, done-len(failed), n, failed)
			}
			for i := range n {
				name := fmt.Sprintf("f%03d", i)
				if got := read(t, filepath.Join(down, name)); !bytes.Equal(got, body(i)) {
					t.Errorf("%s has %d bytes, not %d, or others", name, len(got), sizeOf(i))
				}
			}
			if _, err := s.Getwd(t.Context()); err != nil || s.Pipeline().Desynced() {
				t.Errorf("pwd afterwards: %v; out of step: %v", err, s.Pipeline().Desynced())
			}
		}
	})
}

// A refusal in the middle of a burst concerns one file only.
func TestRefusalsInABurst(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := login(t, srv)
		down := t.TempDir()
		for i := range 30 {
			if i%3 != 1 {
				srv.Put(fmt.Sprintf("f%03d", i), body(i))
			}
		}
		done, failed := run(t, &Engine{Session: s, Parallel: 1}, downloads(30, down))
		if done != 30 || len(failed) != 10 {
			t.Errorf("%d done, %d failed: %v", done, len(failed), failed)
		}
		for _, err := range failed {
			if !client.IsCode(err, 550, 553, 450) {
				t.Errorf("refused with %v", err)
			}
		}
	})
}

// An upload that is refused late, at its end, is told of under its own name.
func TestUploadsRefusedInABurst(t *testing.T) {
	for _, name := range []string{"vsftpd", "vsftpd-tls", "proftpd", "proftpd-tls", "pure-ftpd-tls"} {
		t.Run(name, func(t *testing.T) {
			srv := daemon.Start(t, name, daemon.Options{})
			s := login(t, srv)
			up := t.TempDir()
			writeFiles(t, up, 12)
			tasks := func(yield func(Task) bool) {
				for task := range uploads(12, up) {
					if strings.HasSuffix(task.Remote, "4") {
						task.Remote = "missing/" + task.Remote
					}
					if !yield(task) {
						return
					}
				}
			}
			done, failed := run(t, &Engine{Session: s, Parallel: 1}, tasks)
			if done != 12 || len(failed) != 1 || !client.IsCode(failed[0], 550, 553) || !strings.Contains(failed[0].Error(), "f004") {
				t.Errorf("%d done, failed: %v", done, failed)
			}
		})
	}
}

// What breaks on the way is made whole.
func TestFaultsInABurst(t *testing.T) {
	const n = 20
	for _, fault := range []string{
		"cut=100*2", "cut-reset=1000*2", "cut-silent=1000*1", "421:RETR*1", "421:STOR*1", "refuse:RETR=425 not now*1", "refuse:EPSV=421 bye*1",
	} {
		t.Run(fault, func(t *testing.T) {
			srv, s := server(t, nil, practice.Options{}, fault)
			up, down := t.TempDir(), t.TempDir()
			writeFiles(t, up, n)
			if done, failed := run(t, &Engine{Session: s, Parallel: 2}, uploads(n, up)); done != n || failed != nil {
				t.Errorf("%d of %d went up: %v", done, n, failed)
			}
			if done, failed := run(t, &Engine{Session: s, Parallel: 2}, downloads(n, down)); done != n || failed != nil {
				t.Errorf("%d of %d came down: %v", done, n, failed)
			}
			for i := range n {
				name := fmt.Sprintf("f%03d", i)
				if got := read(t, filepath.Join(down, name)); !bytes.Equal(got, body(i)) {
					t.Errorf("%s came as %d bytes", name, len(got))
				}
				if got, err := afero.ReadFile(srv.FS(), "/"+name); err != nil || !bytes.Equal(got, body(i)) {
					t.Errorf("%s was stored as %d bytes, %v", name, len(got), err)
				}
			}
		})
	}
}

// The server's limit of sessions is found, and the work is done all the same.
func TestSessionLimit(t *testing.T) {
	for _, name := range []string{"vsftpd", "proftpd", "pure-ftpd"} {
		t.Run(name, func(t *testing.T) {
			srv := daemon.Start(t, name, daemon.Options{MaxClients: 2})
			s := login(t, srv)
			for i := range 300 {
				srv.Put(fmt.Sprintf("f%03d", i), body(i))
			}
			e := &Engine{Session: s, Parallel: 5}
			if done, failed := run(t, e, downloads(300, t.TempDir())); done != 300 || failed != nil {
				t.Errorf("%d done, failed: %v", done, failed)
			}
			if e.Limit() < 1 || e.Limit() > 2 {
				t.Errorf("limit %d", e.Limit())
			}
		})
	}
}

// Two large files are moved by two sessions: the second does not wait for the
// first.
func TestTwoLargeFiles(t *testing.T) {
	srv, s := server(t, content(minBytes/2+1), practice.Options{})
	srv.WaitCommand(t.Context(), "USER")
	var second sync.Once
	e := &Engine{Session: s, Parallel: 2, Watch: func(Task, *Meter) func() {
		second.Do(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := srv.WaitCommand(ctx, "USER"); err != nil {
				t.Error("the other file waits for the first: ", err)
			}
		})
		return func() {}
	}}
	dir := t.TempDir()
	var tasks []Task
	for _, name := range []string{"a", "b"} {
		tasks = append(tasks, Task{Remote: "data", Local: filepath.Join(dir, name), Size: minBytes/2 + 1, Known: true})
	}
	if done, failed := run(t, e, slices.Values(tasks)); done != 2 || failed != nil {
		t.Errorf("%d done, failed: %v", done, failed)
	}
}

// The end of the context ends everything, and the first session goes on.
func TestInterruptedEngine(t *testing.T) {
	_, s := server(t, nil, practice.Options{})
	up := t.TempDir()
	writeFiles(t, up, 30)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	e := &Engine{Session: s, Parallel: 3, Done: func(Task, Result, error) {
		if n++; n == 5 {
			cancel()
		}
	}}
	if err := e.Run(ctx, uploads(30, up)); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	e.Wait()
	if _, err := s.Getwd(t.Context()); err != nil {
		t.Errorf("pwd afterwards: %v", err)
	}
}

// The next data connection is asked for behind the transfer, and the size of an
// upload in front of the next.
func TestOrderOnTheWire(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	up := t.TempDir()
	writeFiles(t, up, 4)
	run(t, &Engine{Session: s, Parallel: 1}, uploads(4, up))
	var verbs []string
	for _, line := range srv.Commands() {
		verb, _, _ := strings.Cut(line, " ")
		verbs = append(verbs, verb)
	}
	i := slices.Index(verbs, "TYPE")
	got := strings.Join(verbs[max(i, 0):], " ")
	if want := "TYPE EPSV STOR SIZE EPSV STOR EPSV SIZE STOR EPSV SIZE STOR SIZE"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
