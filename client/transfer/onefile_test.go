package transfer_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// TestCopyOntoItself: whatever leads to the original, no copy on its own server harms it, on any
// server; and a move deletes no content.
func TestCopyOntoItself(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, h everystep.Host) {
		data := strings.Repeat("the only copy\n", 50_000)
		path := func(name string) string { return filepath.Join(h.Root, "one", name) }
		lay := func() {
			os.RemoveAll(path(""))
			err := errors.Join(os.MkdirAll(path("d"), 0o777), os.WriteFile(path("x"), []byte(data), 0o666),
				os.Link(path("x"), path("hard")), os.Symlink("x", path("soft")), os.Symlink("../x", path("d/x")), os.Symlink(".", path("same")))
			os.Chmod(path(""), 0o777)
			os.Chmod(path("x"), 0o666)
			os.Chmod(path("d"), 0o777)
			if err != nil {
				t.Fatal(err)
			}
		}
		lay()
		a, b := h.Open(t, nil), h.Open(t, nil)
		for _, row := range []struct {
			from, to        string
			way             transfer.Way
			removes, append bool
			says            string // of each server
		}{
			{from: "x", to: "x", says: "same file"},
			{from: "x", to: "x", way: transfer.Here, says: "same file"},
			{from: "x", to: "d/../x", way: transfer.Here, says: "same file"},
			{from: "x", to: "hard", way: transfer.Here},
			{from: "x", to: "soft", way: transfer.Here},
			{from: "soft", to: "x", way: transfer.Here},
			{from: "x", to: "d/x", way: transfer.Here},
			{from: "x", to: "same/x", way: transfer.Here},
			{from: "x", to: "x", removes: true, says: "same file"},
			{from: "x", to: "same/x", way: transfer.Here, removes: true, says: "same file"},
			{from: "x", to: "hard", way: transfer.Here, removes: true},
			{from: "x", to: "soft", way: transfer.Here, removes: true},
			{from: "soft", to: "x", way: transfer.Here, removes: true},
			{from: "x", to: "x", append: true, says: "same file"},
			{from: "x", to: "same/x", append: true, way: transfer.Here, says: "same file"},
		} {
			lay()
			task := transfer.Task{
				Op: transfer.BetweenServers, Remote: "one/" + row.from, Target: b, Local: "one/" + row.to,
				Route: &transfer.Route{Way: row.way}, RemoveSource: row.removes, Append: row.append,
			}
			_, err := transfer.Run(t.Context(), a, task, nil)
			if row.says != "" && (err == nil || !strings.Contains(err.Error(), row.says)) {
				t.Errorf("%+v: %v", row, err)
			}
			for _, name := range []string{"x", "hard", "soft", row.to} {
				got, missing := os.ReadFile(path(name))
				led := name == row.from || name == "soft" // a link leads nowhere when what it led to has moved
				if missing != nil && (err != nil || !row.removes || !led) || missing == nil && string(got) != data {
					t.Errorf("%+v: %v; then %s has %d bytes, %v", row, err, name, len(got), missing)
				}
			}
			if left, _ := filepath.Glob(path("*part*")); len(left) > 0 {
				t.Errorf("%+v: left %q", row, left)
			}
		}
	})
}

// TestMoveOntoItselfElsewhere: a server that has two addresses is one server.
func TestMoveOntoItselfElsewhere(t *testing.T) {
	h := everystep.Practice(t)
	if err := os.WriteFile(filepath.Join(h.Root, "x"), []byte("the only copy"), 0o666); err != nil {
		t.Fatal(err)
	}
	a := h.Open(t, nil)
	b := h.Open(t, func(o client.Options) client.Options { o.Addr = alsoAt(t, o.Addr); return o })
	task := transfer.Task{Op: transfer.BetweenServers, Remote: "x", Target: b, Local: "x", Route: &transfer.Route{Way: transfer.Here}, RemoveSource: true}
	if _, err := transfer.Run(t.Context(), a, task, nil); !errors.As(err, new(*transfer.SameFileError)) {
		t.Error(err)
	}
	if all := everystep.Tree(t, h.Root); len(all) != 2 || all["x"] != "the only copy" {
		t.Errorf("there are %q", all)
	}
}

// alsoAt is another address of a server.
func alsoAt(t *testing.T, addr string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", addr)
			if err != nil {
				near.Close()
				return
			}
			pass := func(to, from net.Conn) {
				io.Copy(to, from)
				to.Close()
			}
			open.Go(func() { pass(near, far) })
			open.Go(func() { pass(far, near) })
		}
	})
	t.Cleanup(open.Wait)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// TestMirrorOntoItself: a tree is not copied into itself, nor made like what is above it.
func TestMirrorOntoItself(t *testing.T) {
	h := everystep.Practice(t)
	for _, dir := range []string{"a/b", "c"} {
		os.MkdirAll(filepath.Join(h.Root, dir), 0o777)
		os.WriteFile(filepath.Join(h.Root, dir, "x"), []byte(dir), 0o666)
	}
	before := namesBelow(t, h.Root)
	a, b := h.Open(t, nil), h.Open(t, nil)
	elsewhere := h.Open(t, func(o client.Options) client.Options { o.Addr = alsoAt(t, o.Addr); return o })
	for _, row := range []struct {
		from, to         string
		on               *client.Session
		deletes, removes bool
		says             string
	}{
		{"a", "a", b, false, false, "is the same directory as a"},
		{"a", "a", elsewhere, false, true, "is the same directory as a"},
		{"a", "a/b", b, false, false, "contains a/b"},
		{"a/b", "a", b, true, false, "is in a"},
		{".", "new", b, false, false, "contains new"},
	} {
		m := &transfer.Mirror{Remote: row.from, Target: row.on, CopyName: row.to, Route: &transfer.Route{Way: transfer.Here}, Delete: row.deletes, RemoveSource: row.removes}
		if err := m.Run(t.Context(), &transfer.Engine{Session: a, Parallel: 1}); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s to %s: %v", row.from, row.to, err)
		}
	}
	if after := namesBelow(t, h.Root); !slices.Equal(after, before) {
		t.Errorf("there are %q, before %q", after, before)
	}
}

func namesBelow(t *testing.T, root string) (names []string) {
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
