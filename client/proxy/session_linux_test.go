package proxy

import (
	"bytes"
	"crypto/tls"
	"io"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// A whole session goes through: login, directory, files both ways, in the clear and
// with TLS whose data connections must resume the session of the control
// connection.
func TestSessionThroughPrograms(t *testing.T) {
	for _, way := range []struct {
		name    string
		program program
		url     string
	}{
		{"microsocks", microsocks, "socks5://bob:sesame@"},
		{"danted", danted, "socks5h://"},
		{"tinyproxy", tinyproxy, "http://bob:sesame@"},
	} {
		for _, mode := range []practice.TLSMode{practice.NoTLS, practice.RequireExplicit} {
			name := way.name + map[practice.TLSMode]string{practice.RequireExplicit: ", TLS"}[mode]
			t.Run(name, func(t *testing.T) {
				srv, err := practice.Start(practice.Options{TLS: mode, RequireReuse: mode != practice.NoTLS})
				if err != nil {
					t.Fatal(err)
				}
				defer srv.Close()
				opt := client.Options{Addr: srv.Addr(), Security: client.Off}
				if mode != practice.NoTLS {
					opt.Security, opt.TLS = client.Require, &tls.Config{RootCAs: srv.RootCAs()}
				}
				opt.Dial = mustDialer(t, way.url+way.program.start(t))
				wholeSession(t, opt, client.Login{User: practice.User, Password: practice.Password})
			})
		}
	}
}

// An FTP proxy logs in to the server for us; it is told how by a Login.
func TestSessionThroughFTPProxy(t *testing.T) {
	for _, name := range []string{"user@host", "proxyuser,user@host", "proxyuser@host,user"} {
		t.Run(name, func(t *testing.T) {
			srv := startServer(t)
			login, err := FindLogin(name)
			if err != nil {
				t.Fatal(err)
			}
			opt := client.Options{Addr: modProxy(name).start(t), Security: client.Off}
			opt.Through = func(who client.Login) ([]string, error) {
				return login.Commands(Accounts{
					Server: srv.Addr(), User: who.User, Password: who.Password,
					ProxyUser: "bob", ProxyPassword: "sesame",
				})
			}
			wholeSession(t, opt, client.Login{User: practice.User, Password: practice.Password})
			if got := strings.Join(srv.Commands(), "\n"); !strings.Contains(got, "USER "+practice.User) {
				t.Errorf("the server behind the proxy was told\n%s", got)
			}
		})
	}
}

func wholeSession(t *testing.T, opt client.Options, who client.Login) {
	t.Helper()
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("through a proxy\n"), 1<<16)
	up, err := s.Store(t.Context(), "file", 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = up.Write(content)
	if closing := up.Close(); err != nil || closing != nil {
		t.Fatal(err, closing)
	}
	down, err := s.Retrieve(t.Context(), "file", 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(down)
	if closing := down.Close(); err != nil || closing != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back, %v, %v", len(got), err, closing)
	}
	names := 0
	for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Name == "file" && e.Size == int64(len(content)) {
			names++
		}
	}
	if names != 1 {
		t.Error("the file is not listed")
	}
}
