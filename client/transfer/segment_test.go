package transfer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// inFour is the task of fetching the file "data" in four parts.
func inFour(dir string, size int) Task {
	return Task{Remote: "data", Local: filepath.Join(dir, "data"), Size: int64(size), Segments: 4}
}

// A file that several sessions fetch is the same as one that a single one
// fetches, on all kinds of servers.
func TestSegmentsOnServers(t *testing.T) {
	data := daemon.Content(8<<20+12345, 1)
	for _, name := range []string{"pyftpdlib", "proftpd-tls", "vsftpd", "vsftpd-tls", "pure-ftpd", "inetutils-ftpd"} {
		srv := daemon.Start(t, name, daemon.Options{})
		srv.Put("data", data)
		dir := t.TempDir()
		e := &Engine{Session: login(t, srv), Parallel: 4}
		if done, failed := run(t, e, slices.Values([]Task{inFour(dir, len(data))})); done != 1 || failed != nil {
			t.Errorf("%s: %d done: %v", name, done, failed)
		}
		if got := read(t, filepath.Join(dir, "data")); !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes came, or others", name, len(got))
		}
		if (Folder{}).HasSegments(filepath.Join(dir, "data")) {
			t.Error("the parts are still there")
		}
	}
}

// What breaks in one of the parts is fetched again, and no more than that.
func TestSegmentsWithFaults(t *testing.T) {
	data := content(9 << 20)
	for _, fault := range []string{"cut=100000*3", "cut-reset=3000000*2", "421:RETR*2", "refuse:RETR=425 not now*2", "refuse:PASS=530 too many*3"} {
		t.Run(fault, func(t *testing.T) {
			_, s := server(t, data, practice.Options{})
			dir := t.TempDir()
			e := &Engine{Session: s, Parallel: 4}
			if done, failed := run(t, e, slices.Values([]Task{inFour(dir, len(data))})); done != 1 || failed != nil {
				t.Errorf("%d done: %v", done, failed)
			}
			if got := read(t, filepath.Join(dir, "data")); !bytes.Equal(got, data) {
				t.Errorf("%d bytes came, or others", len(got))
			}
		})
	}
}

// What a failed transfer has brought is not fetched again: neither its parts,
// nor the beginning that an ordinary one left.
func TestSegmentsGoOn(t *testing.T) {
	data := content(16 << 20)
	task := inFour(t.TempDir(), len(data))
	transfer := func(task Task, faults ...string) (r Result) {
		_, s := server(t, data, practice.Options{}, faults...)
		e := &Engine{Session: s, Parallel: 4, Retry: quick, Done: func(_ Task, of Result, err error) {
			if r = of; (err != nil) != (len(faults) > 0) {
				t.Errorf("with %q: %v", faults, err)
			}
		}}
		if err := e.Run(t.Context(), slices.Values([]Task{task})); err != nil {
			t.Error(err)
		}
		e.Wait()
		return r
	}
	first := transfer(task, "cut=500000")
	if _, err := os.Stat(task.Local); err == nil || !task.Here.HasSegments(task.Local) || first.Bytes == 0 {
		t.Fatalf("%v, %d bytes came", err, first.Bytes)
	}
	task.Resume, task.Segments = true, 0
	second := transfer(task)
	if second.Resumed != first.Bytes || second.Bytes+second.Resumed != int64(len(data)) {
		t.Errorf("%d and %d bytes came, and %d were there", first.Bytes, second.Bytes, second.Resumed)
	}
	if got := read(t, task.Local); !bytes.Equal(got, data) {
		t.Error("the file is not the same")
	}

	task = inFour(t.TempDir(), len(data))
	task.Resume = true
	os.WriteFile(task.Local+PartSuffix, data[:5<<20], 0o600)
	os.WriteFile(task.Local+PartSuffix+NoteSuffix, []byte(noteOf(task)), 0o600)
	if r := transfer(task); r.Resumed != 5<<20 {
		t.Errorf("%d bytes were there", r.Resumed)
	}
	if got := read(t, task.Local); !bytes.Equal(got, data) {
		t.Error("the file that was begun is not the same")
	}
}

// Parts of another file are not resumed, and a file that changes meanwhile
// does not become a mixture.
func TestSegmentsOfAnotherFile(t *testing.T) {
	data := content(8 << 20)
	srv, s := server(t, data, practice.Options{})
	task := inFour(t.TempDir(), len(data))
	task.Resume = true
	os.WriteFile(task.Local+SegmentSuffix, append(bytes.Repeat([]byte("x"), len(data)), "ftpsh: parts of 3 bytes"...), 0o600)
	if done, failed := run(t, &Engine{Session: s, Parallel: 4}, slices.Values([]Task{task})); done != 1 || failed != nil {
		t.Errorf("%d done: %v", done, failed)
	}
	if got := read(t, task.Local); !bytes.Equal(got, data) {
		t.Error("the file is not the same")
	}

	task.Known, task.ModTime = true, time.Now().Add(-time.Hour)
	srv.FS().Chtimes("/data", time.Now(), time.Now())
	if done, failed := run(t, &Engine{Session: s, Parallel: 4}, slices.Values([]Task{task})); done != 1 || failed != nil || task.Here.HasSegments(task.Local) {
		t.Errorf("changed: %v", failed)
	}
	if sent := strings.Join(srv.Commands(), "\n"); !strings.HasSuffix(sent[:strings.LastIndex(sent, "RETR")], "EPSV\n") {
		t.Errorf("it was not fetched once more in one:\n%s", sent)
	}
}

// A watcher may ask how far a file is at any moment, also while it begins
// and ends.
func TestSegmentsWatched(t *testing.T) {
	data := content(9 << 20)
	_, s := server(t, data, practice.Options{})
	var first, last int64
	e := &Engine{Session: s, Parallel: 4, Watch: func(_ Task, m *Meter) func() {
		first = m.Done()
		return func() { last = m.Done() }
	}}
	if done, failed := run(t, e, slices.Values([]Task{inFour(t.TempDir(), len(data))})); done != 1 || failed != nil {
		t.Errorf("%d done: %v", done, failed)
	}
	if first != 0 || last != int64(len(data)) {
		t.Errorf("%d bytes at the beginning, %d at the end", first, last)
	}
}

// A file that came in parts and stays on the server against the user's will is
// a failure, and it is here.
func TestSegmentsWhoseSourceStays(t *testing.T) {
	data := content(9 << 20)
	_, s := server(t, data, practice.Options{}, "refuse:DELE=550 stays")
	task := inFour(t.TempDir(), len(data))
	task.RemoveSource = true
	_, failed := run(t, &Engine{Session: s, Parallel: 4}, slices.Values([]Task{task}))
	if len(failed) != 1 || !strings.Contains(failed[0].Error(), "550 stays") {
		t.Errorf("the failures are %v", failed)
	}
	if got := read(t, task.Local); !bytes.Equal(got, data) {
		t.Error("the file is not here")
	}
}
