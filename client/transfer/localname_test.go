package transfer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

func loggedIn(t *testing.T, srv *practice.Server) *client.Session {
	t.Helper()
	s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), Security: client.Off})
	if err == nil {
		err = s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestShortNames(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"a", strings.Repeat("a", 245), strings.Repeat("a", 255), strings.Repeat("a", 254) + "b", strings.Repeat("ä", 127) + "x", "dir/" + strings.Repeat("z", 255)} {
		got := PartName(name)
		if base := filepath.Base(got) + NoteSuffix; len(base) > 255 || !strings.HasSuffix(got, PartSuffix) || filepath.Dir(got) != filepath.Dir(name) {
			t.Errorf("%.20s…: %q", name, got)
		}
		if strings.ToValidUTF8(got, "") != got {
			t.Errorf("%q is cut within a letter", got)
		}
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q have one part", name, other)
		}
		seen[got] = name
	}
}

// TestNamesKeepTheirBytes: names of 255 bytes, and names that are not UTF-8, arrive as they are, alone
// and in a mirror.
func TestNamesKeepTheirBytes(t *testing.T) {
	names := []string{strings.Repeat("n", 255), strings.Repeat("ä", 127), "caf\xe9", "caf\xe8"}
	if err := os.WriteFile(filepath.Join(t.TempDir(), names[2]), nil, 0o600); err != nil {
		names = names[:2] // a file system of UTF-8
	}
	files := afero.NewMemMapFs()
	for i, name := range names {
		if err := afero.WriteFile(files, "/tree/"+name, []byte(fmt.Sprint("text ", i)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	srv, err := practice.Start(practice.Options{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	s := loggedIn(t, srv)
	one, all := t.TempDir(), t.TempDir()
	for _, name := range names {
		if _, err := Run(context.Background(), s, Task{Remote: "/tree/" + name, Local: name, Within: ".", Here: Folder{Path: one}, Size: -1}, nil); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	m := &Mirror{Remote: "/tree", Local: all, OnStep: func(s Step) {
		if s.Err != nil {
			t.Errorf("%q: %v", s.Path, s.Err)
		}
	}}
	if err := m.Run(context.Background(), &Engine{Session: s}); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{one, all} {
		for i, name := range names {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != fmt.Sprint("text ", i) {
				t.Errorf("%q: %q, %v", name, text, err)
			}
		}
	}
}

// TestMirrorsAtOnce: several mirrors into one place do not get in each other's way.
func TestMirrorsAtOnce(t *testing.T) {
	files := afero.NewMemMapFs()
	for i := range 12 {
		if err := afero.WriteFile(files, fmt.Sprintf("/tree/d%d/e/f", i), []byte(strings.Repeat("x", 1000)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	srv, err := practice.Start(practice.Options{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	dir := t.TempDir()
	ended := make(chan error)
	for range 4 {
		s := loggedIn(t, srv)
		go func() {
			var failed error
			m := &Mirror{Remote: "/tree", Local: dir, Preserve: true, OnStep: func(s Step) {
				if s.Err != nil {
					failed = fmt.Errorf("%s: %w", s.Path, s.Err)
				}
			}}
			if err := m.Run(context.Background(), &Engine{Session: s}); err != nil {
				failed = err
			}
			ended <- failed
		}()
	}
	for range 4 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	for i := range 12 {
		if text, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("d%d/e/f", i))); err != nil || len(text) != 1000 {
			t.Errorf("d%d: %d bytes, %v", i, len(text), err)
		}
	}
}
