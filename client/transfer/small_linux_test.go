package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A file that is held in memory arrives with the mode and the time that it should have, and so does
// one that takes the place of an older one, whose mode it keeps. An old part goes.
func TestSmallFilesArriveWhole(t *testing.T) {
	for _, row := range []struct {
		name  string
		chmod fs.FileMode
		plant string
		old   fs.FileMode
		want  fs.FileMode
	}{
		{name: "new", want: 0o666 &^ umask()},
		{name: "with its mode", chmod: 0o751, want: 0o751 &^ umask()},
		{name: "an older one is there", plant: "data", old: 0o640, want: 0o640},
		{name: "an old part is there", plant: "data.part", old: 0o600, want: 0o666 &^ umask()},
	} {
		t.Run(row.name, func(t *testing.T) {
			body := content(2000)
			srv, s := server(t, body, practice.Options{})
			dir, at := t.TempDir(), time.Unix(1e9, 0)
			if row.plant != "" {
				if err := os.WriteFile(filepath.Join(dir, row.plant), []byte("old"), row.old); err != nil {
					t.Fatal(err)
				}
			}
			task := Task{Remote: "data", Local: filepath.Join(dir, "data"), Within: dir, Size: 2000, ModTime: at, Known: true, Preserve: true, Mode: row.chmod}
			if done, failed := run(t, &Engine{Session: s, Parallel: 1}, slices.Values([]Task{task})); done != 1 || failed != nil {
				t.Fatalf("%d done, %v", done, failed)
			}
			info, err := os.Stat(task.Local)
			if err != nil || info.Mode() != row.want || !info.ModTime().Equal(at) || !bytes.Equal(read(t, task.Local), body) {
				t.Errorf("%v, %v", info, err)
			}
			if names, _ := os.ReadDir(dir); len(names) != 1 {
				t.Errorf("left: %v", names)
			}
			if n := strings.Count(strings.Join(srv.Commands(), "\n"), "RETR"); n != 1 {
				t.Errorf("fetched %d times", n)
			}
		})
	}
}

// A file that does not come whole leaves nothing under its name, and one that another than the
// listed one has become is judged as any other.
func TestSmallFilesThatAreNotWhole(t *testing.T) {
	_, s := server(t, content(2000), practice.Options{}, "cut=500")
	_, sound := server(t, content(2000), practice.Options{})
	dir := t.TempDir()
	task := func(size int64) Task {
		return Task{Remote: "data", Local: filepath.Join(dir, "data"), Within: dir, Size: size, Known: true}
	}
	var seen []error
	e := &Engine{Session: s, Parallel: 1, Done: func(_ Task, _ Result, err error) { seen = append(seen, err) }}
	if err := e.Run(t.Context(), slices.Values([]Task{task(2000)})); err != nil {
		t.Fatal(err)
	}
	e.Wait()
	if names, _ := os.ReadDir(dir); len(seen) != 1 || seen[0] == nil || len(names) != 0 {
		t.Errorf("cut: %v, left %v", seen, names)
	}
	if _, failed := run(t, &Engine{Session: sound, Parallel: 1}, slices.Values([]Task{task(1000)})); failed != nil || len(read(t, task(0).Local)) != 2000 {
		t.Errorf("it has grown since it was listed: %v", failed)
	}
}

// A directory that is removed, made again, or replaced by a link while files come into it is looked
// at again.
func TestSmallFilesAndTheirDirectory(t *testing.T) {
	_, s := server(t, content(2000), practice.Options{})
	dir, outside := t.TempDir(), t.TempDir()
	sub := filepath.Join(dir, "sub")
	change := []func() error{
		func() error { return os.Mkdir(sub, 0o755) },
		func() error { return errors.Join(os.RemoveAll(sub), os.Mkdir(sub, 0o755)) },
		func() error { return errors.Join(os.RemoveAll(sub), os.Symlink(outside, sub)) },
	}
	tasks := func(yield func(Task) bool) {
		for i := range change {
			if !yield(Task{Remote: "data", Local: filepath.Join(sub, fmt.Sprint(i)), Within: dir, Size: 2000, Known: true}) {
				return
			}
		}
	}
	e := &Engine{Session: s, Parallel: 1}
	e.Watch = func(Task, *Meter) func() {
		if err := change[0](); err != nil {
			t.Error(err)
		}
		change = change[1:]
		return func() {}
	}
	done, failed := run(t, e, func(yield func(Task) bool) { tasks(yield) })
	if done != 3 || len(failed) != 1 || !strings.Contains(failed[0].Error(), "sub/2") {
		t.Errorf("%d done, %v", done, failed)
	}
	if names, _ := os.ReadDir(outside); len(names) != 0 {
		t.Errorf("outside: %v", names)
	}
}

// What is to be uploaded and is not what it was when it was listed is read the usual way.
func TestSmallUploads(t *testing.T) {
	dir := t.TempDir()
	srv, s := server(t, nil, practice.Options{})
	for name, size := range map[string]int{"plain": 2000, "grown": 3000, "shrunk": 1000} {
		if err := os.WriteFile(filepath.Join(dir, name), content(size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tasks := func(yield func(Task) bool) {
		for _, name := range []string{"plain", "grown", "shrunk", "missing"} {
			if !yield(Task{Op: Upload, Remote: name, Local: filepath.Join(dir, name), Size: 2000, Known: true}) {
				return
			}
		}
	}
	_, failed := run(t, &Engine{Session: s, Parallel: 1}, tasks)
	if len(failed) != 1 || !errors.Is(failed[0], fs.ErrNotExist) {
		t.Errorf("got %v", failed)
	}
	for name, size := range map[string]int{"plain": 2000, "grown": 3000, "shrunk": 1000} {
		if got, err := afero.ReadFile(srv.FS(), "/"+name); err != nil || !bytes.Equal(got, content(size)) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}
