package client_test

import (
	"errors"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// After CCC commands travel in the clear, data does not, and no password is sent
// until there is a new connection, which has TLS again.
func TestClearControl(t *testing.T) {
	for name, o := range map[string]daemon.Options{
		"pure-ftpd-tls": {},
		"proftpd-tls":   {Conf: []string{"TLSRequired auth+data"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := daemon.Start(t, name, o)
			var lastTLS, dataTLS bool
			s := open(t, srv, func(o *client.Options) {
				o.Trace = &client.Trace{
					Sent: func(i client.SentInfo) { lastTLS = i.TLS },
					Data: func(i client.DataInfo) { dataTLS = i.TLS },
				}
			})
			put(t, s, "f", []byte("before"))
			if err := s.ClearControl(t.Context()); err != nil {
				t.Fatal(err)
			}
			put(t, s, "f", []byte("after"))
			if got := get(t, s, "f"); string(got) != "after" || lastTLS || !dataTLS {
				t.Errorf("%q came; commands in TLS %v, data %v", got, lastTLS, dataTLS)
			}
			if control, data := s.Protected(); control || !data {
				t.Errorf("protected: control %v, data %v", control, data)
			}
			for what, err := range map[string]error{
				"login":      s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}),
				"quote PASS": quoted(t, s, "PASS "+srv.Password),
				"quote ACCT": quoted(t, s, "ACCT x"),
			} {
				if !errors.Is(err, client.ErrCleared) {
					t.Errorf("%s after CCC: %v", what, err)
				}
			}
			s.Conn().Close()
			if err := s.Noop(t.Context()); err != nil || lastTLS {
				t.Errorf("connected again with TLS %v, %v", lastTLS, err)
			}
			put(t, s, "f", []byte("again")) // and PBSZ had come before CCC
		})
	}
}

func quoted(t *testing.T, s *client.Session, line string) error {
	_, err := s.Quote(t.Context(), line)
	return err
}

// A server that knows no CCC says so, and nothing has changed.
func TestClearControlRefused(t *testing.T) {
	srv := daemon.Start(t, "vsftpd-tls", daemon.Options{})
	s := open(t, srv, nil)
	if err := s.ClearControl(t.Context()); !client.IsCode(err, 500) {
		t.Errorf("CCC: %v", err)
	}
	stillWorks(t, s)
}

// TLS can be started on a connection that was opened without.
func TestProtectControl(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		if !srv.TLS || srv.Implicit {
			return
		}
		s, err := client.Open(t.Context(), client.Options{
			Addr: srv.Addr(), Security: client.Off,
			TLS: srv.TLSConfig(),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.ProtectControl(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}); err != nil {
			t.Fatal(err)
		}
		stillWorks(t, s)
		if control, data := s.Protected(); !control || !data {
			t.Errorf("protected: control %v, data %v", control, data)
		}
	})
}
