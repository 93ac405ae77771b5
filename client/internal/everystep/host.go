package everystep

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// Host is a server whose files are on a disk: that of this project, where every step is broken, or
// a daemon, where one of many is.
type Host struct {
	Root    string // of its files, on the disk
	Home    string // the directory of the login, as the server calls it
	Options client.Options
	Login   client.Login
	Steps   int // one of so many is broken
}

// EachHost runs a test with the practice server and with each daemon, where one of so many steps is
// broken, and half as many with TLS, where a login takes most of the time: all of them would take
// minutes.
func EachHost(t *testing.T, steps int, test func(t *testing.T, h Host)) {
	t.Run("practice", func(t *testing.T) {
		t.Parallel()
		test(t, Practice(t))
	})
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		h := Daemon(srv)
		if h.Steps = steps; srv.TLS {
			h.Steps *= 2
		}
		test(t, h)
	})
}

// Daemon is a daemon as a Host.
func Daemon(srv *daemon.Server) Host {
	opt := client.Options{Addr: srv.Addr(), Security: client.Off}
	if srv.TLS {
		opt.Security, opt.TLS = client.Require, srv.TLSConfig()
	}
	if srv.Implicit {
		opt.Security = client.Implicit
	}
	return Host{srv.Root, srv.Home, opt, client.Login{User: srv.User, Password: srv.Password}, 1}
}

// Practice is the practice server, with its files in a folder of the test.
func Practice(t testing.TB, faults ...practice.Fault) Host {
	t.Helper()
	root := t.TempDir()
	server, err := practice.Start(practice.Options{FS: afero.NewBasePathFs(afero.NewOsFs(), root), Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return Host{root, "/", client.Options{Addr: server.Addr(), Security: client.Off}, client.Login{User: practice.User, Password: practice.Password}, 1}
}

// Open logs in, in the home directory and with type I. The options can be changed before; nil
// leaves them.
func (h Host) Open(t testing.TB, change func(client.Options) client.Options) *client.Session {
	t.Helper()
	opt := h.Options
	if change != nil {
		opt = change(opt)
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), h.Login); err != nil {
		t.Fatal(err)
	}
	if err := s.Chdir(t.Context(), h.Home); err != nil {
		t.Fatal(err)
	}
	s.SetType(client.Binary)
	return s
}

// Tree is what is below a directory of the disk: files with what they hold, directories with a slash
// behind their names.
func Tree(t testing.TB, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		if err != nil || d.IsDir() {
			all[rel+"/"] = ""
			return err
		}
		text, err := os.ReadFile(name)
		all[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
