package client_test

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
)

// TestDirectoryMadeAgain: the directory that a session is in is deleted and made again by somebody else;
// what is uploaded then is in the new one.
func TestDirectoryMadeAgain(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		s := srv.Open(t, nil)
		dir := filepath.Join(srv.Root, "again")
		renew := func() {
			os.RemoveAll(dir)
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			os.Chmod(dir, 0o777)
		}
		renew()
		if err := s.Chdir(t.Context(), path.Join(s.Dir(), "again")); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"one", "two", "three"} {
			if _, err := s.Put(t.Context(), name, strings.NewReader(name)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != name {
				t.Errorf("%q, %v", text, err)
			}
			renew()
			if _, err := s.Mkdir(t.Context(), "sub"); err != nil {
				t.Errorf("mkdir: %v", err)
			}
			if info, err := os.Stat(filepath.Join(dir, "sub")); err != nil || !info.IsDir() {
				t.Errorf("the directory is not in the new one: %v", err)
			}
			renew()
			if _, err := s.Getwd(t.Context()); err != nil && client.Refusal(err) == nil {
				t.Fatal(err)
			}
		}
	})
}

// TestDirectoryNoMore: where no directory of the name is there the error says so, and what the server said.
func TestDirectoryNoMore(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		s := srv.Open(t, nil)
		dir := filepath.Join(srv.Root, "gone")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		os.Chmod(dir, 0o777)
		if err := s.Chdir(t.Context(), path.Join(s.Dir(), "gone")); err != nil {
			t.Fatal(err)
		}
		os.RemoveAll(dir)
		_, put := s.Put(t.Context(), "x", strings.NewReader("x"))
		_, made := s.Mkdir(t.Context(), "x")
		for _, err := range []error{put, made} {
			if no := client.Refusal(err); no == nil || no.Verb != "CWD" || !strings.Contains(err.Error(), "cannot get back to "+s.Dir()+": 550") {
				t.Errorf("%v", err)
			}
		}
	})
}

// TestMissing: each server has its own words for a name that is not there, and 550 for much else.
func TestMissing(t *testing.T) {
	for text, want := range map[string]bool{
		"x: No such file or directory":                     true,  // proftpd, pure-ftpd
		"The system cannot find the file specified.":       true,  // IIS
		"File not found":                                   true,  // FileZilla Server
		"Permission denied":                                false, // all
		"Filename not allowed: it can exist in one folder": false,
	} {
		no := &client.Error{Verb: "STOR", Reply: client.Reply{Code: 550, Lines: []string{text}}}
		if got := no.Missing(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
