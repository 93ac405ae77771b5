package client_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// The features of classic FTP work on every server, over IPv4 and IPv6, by each
// way to a data connection, in the clear and in TLS.
func TestClassicFeatures(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		for _, network := range []struct {
			name, addr string
			ways       []client.DataMode
		}{
			{"IPv4", srv.Addr(), []client.DataMode{client.EPSV, client.PASV, client.EPRT, client.PORT}},
			{"IPv6", srv.Addr6(), []client.DataMode{client.EPSV, client.EPRT}},
		} {
			for _, way := range network.ways {
				if network.addr == "" {
					continue
				}
				t.Run(network.name+" "+way.String(), func(t *testing.T) {
					s := open(t, srv, func(o *client.Options) { o.Addr, o.Ways = network.addr, []client.DataMode{way} })
					if control, data := s.Protected(); control != srv.TLS || data != srv.TLS {
						t.Fatalf("protected: control %v, data %v", control, data)
					}
					for _, feature := range classicFeatures {
						t.Run(feature.name, func(t *testing.T) { feature.test(t, srv, s) })
					}
				})
			}
		}
	})
}

var classicFeatures = []struct {
	name string
	test func(*testing.T, *daemon.Server, *client.Session)
}{
	{"make, enter, leave and remove a directory", directories},
	{"upload and download", upAndDown},
	{"empty file", emptyFile},
	{"text", text},
	{"append", appended},
	{"resume a download", resumedDownload},
	{"resume an upload", resumedUpload},
	{"list", listed},
	{"bare names", bareNames},
	{"size and time", sizeAndTime},
	{"rename", renamed},
	{"delete", deleted},
	{"what is not there", missing},
	{"interrupt", interrupted},
	{"ask the server", asked},
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func directories(t *testing.T, srv *daemon.Server, s *client.Session) {
	home := s.Dir()
	_, err := s.Mkdir(t.Context(), "a folder")
	must(t, err)
	must(t, s.Chdir(t.Context(), "a folder"))
	if want := strings.TrimSuffix(home, "/") + "/a folder"; s.Dir() != want {
		t.Errorf("in %q, want %q", s.Dir(), want)
	}
	must(t, s.Chdir(t.Context(), ".."))
	if s.Dir() != home {
		t.Errorf("in %q, want %q", s.Dir(), home)
	}
	must(t, s.Rmdir(t.Context(), "a folder"))
	if s.Chdir(t.Context(), "a folder") == nil {
		t.Error("it is still there")
	}
}

func upAndDown(t *testing.T, srv *daemon.Server, s *client.Session) {
	want := daemon.Content(200_000, 7)
	put(t, s, "file", want)
	if !bytes.Equal(srv.Read("file"), want) {
		t.Error("the server has something else")
	}
	if !bytes.Equal(get(t, s, "file"), want) {
		t.Error("something else came back")
	}
}

func emptyFile(t *testing.T, srv *daemon.Server, s *client.Session) {
	put(t, s, "empty", nil)
	if got := srv.Read("empty"); len(got) != 0 {
		t.Errorf("the server has %d bytes", len(got))
	}
	if got := get(t, s, "empty"); len(got) != 0 {
		t.Errorf("%d bytes came", len(got))
	}
}

func text(t *testing.T, srv *daemon.Server, s *client.Session) {
	s.SetType(client.ASCII)
	defer s.SetType(client.Binary)
	d, err := s.Store(t.Context(), "text", 0)
	must(t, err)
	_, err = client.SendText(d, strings.NewReader("one\ntwo\n"))
	must(t, err)
	must(t, d.Close())
	d, err = s.Retrieve(t.Context(), "text", 0)
	must(t, err)
	var got strings.Builder
	_, err = client.CopyText(&got, d)
	must(t, err)
	must(t, d.Close())
	if got := strings.ReplaceAll(got.String(), "\r", ""); got != "one\ntwo\n" {
		t.Errorf("%q came", got)
	}
}

func appended(t *testing.T, srv *daemon.Server, s *client.Session) {
	put(t, s, "log", []byte("one "))
	d, err := s.Append(t.Context(), "log")
	must(t, err)
	_, err = d.Write([]byte("two"))
	must(t, err)
	must(t, d.Close())
	if got := string(srv.Read("log")); got != "one two" {
		t.Errorf("the server has %q", got)
	}
}

func resumedDownload(t *testing.T, srv *daemon.Server, s *client.Session) {
	srv.Put("digits", []byte("0123456789"))
	d, err := s.Retrieve(t.Context(), "digits", 4)
	must(t, err)
	var got bytes.Buffer
	_, err = got.ReadFrom(d)
	must(t, err)
	must(t, d.Close())
	if got.String() != "456789" {
		t.Errorf("%q came", &got)
	}
}

func resumedUpload(t *testing.T, srv *daemon.Server, s *client.Session) {
	put(t, s, "half", []byte("01234"))
	d, err := s.Store(t.Context(), "half", 5)
	must(t, err)
	_, err = d.Write([]byte("56789"))
	must(t, err)
	must(t, d.Close())
	if got := string(srv.Read("half")); got != "0123456789" {
		t.Errorf("the server has %q", got)
	}
}

func listed(t *testing.T, srv *daemon.Server, s *client.Session) {
	srv.Put("listed/one file", []byte("12345"))
	srv.Folder("listed/folder")
	srv.Folder("nothing")
	for _, plain := range []bool{false, true} {
		got := map[string]listing.Entry{}
		for e, err := range s.List(t.Context(), "listed", client.ListOptions{Plain: plain}) {
			must(t, err)
			got[e.Name] = e
		}
		if f := got["one file"]; len(got) != 2 || f.Size != 5 || f.Type != listing.File || got["folder"].Type != listing.Dir {
			t.Errorf("plain %v: %+v", plain, got)
		}
		for e, err := range s.List(t.Context(), "nothing", client.ListOptions{Plain: plain}) {
			t.Errorf("plain %v, in an empty folder: %+v, %v", plain, e, err)
		}
	}
}

func bareNames(t *testing.T, srv *daemon.Server, s *client.Session) {
	srv.Put("names/x", nil)
	srv.Put("names/y", nil)
	must(t, s.Chdir(t.Context(), "names"))
	names, err := s.Names(t.Context(), "")
	must(t, err)
	must(t, s.Chdir(t.Context(), ".."))
	if got := strings.Join(names, " "); !strings.Contains(got, "x") || !strings.Contains(got, "y") {
		t.Errorf("names are %q", got)
	}
}

func sizeAndTime(t *testing.T, srv *daemon.Server, s *client.Session) {
	srv.Put("dated", []byte("123"))
	size, err := s.Size(t.Context(), "dated")
	must(t, err)
	when, err := s.ModTime(t.Context(), "dated")
	must(t, err)
	if size != 3 || !when.Equal(daemon.Modified) {
		t.Errorf("%d bytes, of %v", size, when)
	}
}

func renamed(t *testing.T, srv *daemon.Server, s *client.Session) {
	put(t, s, "old name", []byte("x"))
	must(t, s.Rename(t.Context(), "old name", "new name"))
	if got := string(srv.Read("new name")); got != "x" {
		t.Errorf("the server has %q", got)
	}
	if err := s.Rename(t.Context(), "old name", "b"); !client.IsCode(err, 550) {
		t.Errorf("renaming what is gone: %v", err)
	}
}

func deleted(t *testing.T, srv *daemon.Server, s *client.Session) {
	put(t, s, "short-lived", nil)
	must(t, s.Remove(t.Context(), "short-lived"))
	if err := s.Remove(t.Context(), "short-lived"); !client.IsCode(err, 550) {
		t.Errorf("deleting what is gone: %v", err)
	}
}

func missing(t *testing.T, srv *daemon.Server, s *client.Session) {
	if _, err := s.Retrieve(t.Context(), "no such file", 0); !client.IsCode(err, 550) {
		t.Errorf("get: %v", err)
	}
	for _, err := range s.List(t.Context(), "no such folder", client.ListOptions{}) {
		if err == nil {
			t.Error("something is listed")
		}
	}
	stillWorks(t, s)
}

func interrupted(t *testing.T, srv *daemon.Server, s *client.Session) {
	srv.PutLarge("big", 1<<30)
	interrupt(t, s, "download")
	interrupt(t, s, "upload")
	stillWorks(t, s)
}

func asked(t *testing.T, srv *daemon.Server, s *client.Session) {
	system, err := s.Server().System(t.Context())
	must(t, err)
	if !strings.HasPrefix(system, "UNIX") {
		t.Errorf("the system is %q", system)
	}
	must(t, s.Noop(t.Context()))
	_, err = s.Server().Status(t.Context(), "")
	must(t, err)
	_, err = s.Server().Help(t.Context())
	must(t, err)
}

// A second login is as good as the first: servers keep their first user, and some
// say 230 to any password then.
func TestLoginAgain(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := open(t, srv, nil)
		if err := s.Login(t.Context(), client.Login{User: srv.User, Password: "wrong"}); !client.IsCode(err, 530) {
			t.Errorf("a wrong password: %v", err)
		}
		must(t, s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}))
		must(t, s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}))
		must(t, s.Chdir(t.Context(), srv.Home))
		stillWorks(t, s)
	})
}

// A wrong password is a refusal, and the right one works after it.
func TestWrongPassword(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		opt := client.Options{Addr: srv.Addr(), Security: client.Off, TLS: srv.TLSConfig()}
		if srv.TLS {
			opt.Security = client.Require
		}
		if srv.Implicit {
			opt.Security = client.Implicit
		}
		s, err := client.Open(t.Context(), opt)
		must(t, err)
		defer s.Close()
		if err := s.Login(t.Context(), client.Login{User: srv.User, Password: "wrong"}); !client.IsCode(err, 530) {
			t.Errorf("the wrong password: %v", err)
		}
		must(t, s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}))
	})
}

// Each thing that can be wrong with a certificate is said in its own words, and
// before a user is named. A chain that is sent whole is not wrong.
func TestCertificateFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct{ cert, says string }{
		{"expired", "expired on "},
		{"wrongname", "is for wrong.example.test, not for ftp.example.test"},
		{"selfsigned", "self-signed"},
		{"chain", ""},
	} {
		t.Run(fault.cert, func(t *testing.T) {
			daemon.EachWith(t, daemon.Options{Cert: fault.cert}, func(t *testing.T, srv *daemon.Server) {
				err := handshakeWith(t, srv, func(o *client.Options) { o.TLS.ServerName = "ftp.example.test" })
				var bad *client.CertificateError
				switch {
				case fault.says == "" && err != nil:
					t.Error(err)
				case fault.says != "" && !(errors.As(err, &bad) && strings.Contains(bad.Reason(), fault.says)):
					t.Errorf("the error is %v; it should say %q", err, fault.says)
				}
			})
		})
	}
}

// A certificate of an authority that nobody told us of.
func TestUnknownAuthority(t *testing.T) {
	daemon.EachWith(t, daemon.Options{Cert: "chain"}, func(t *testing.T, srv *daemon.Server) {
		err := handshakeWith(t, srv, func(o *client.Options) { o.TLS.RootCAs = nil })
		if err == nil || !strings.Contains(err.Error(), "signed by an unknown authority: CN=ftpsh intermediate test authority") {
			t.Error(err)
		}
	})
}

// handshakeWith connects and notes whether anything was sent after a failure.
func handshakeWith(t *testing.T, srv *daemon.Server, change func(*client.Options)) error {
	t.Helper()
	opt := client.Options{Addr: srv.Addr(), Security: client.Require}
	if srv.Implicit {
		opt.Security = client.Implicit
	}
	opt.TLS = srv.TLSConfig()
	opt.Trace = &client.Trace{Sent: func(i client.SentInfo) {
		if i.Verb != "AUTH" && i.Verb != "QUIT" {
			t.Errorf("sent %s", i.Line)
		}
	}}
	change(&opt)
	s, err := client.Open(t.Context(), opt)
	if err == nil {
		s.Close()
	}
	return err
}

// Servers that want to see a certificate get ours; without it they say so, or
// end the connection.
func TestClientCertificate(t *testing.T) {
	daemon.EachWith(t, daemon.Options{ClientCert: true}, func(t *testing.T, srv *daemon.Server) {
		stillWorks(t, open(t, srv, nil))
		without := srv.TLSConfig()
		without.Certificates, without.GetClientCertificate = nil, nil
		opt := client.Options{Addr: srv.Addr(), Security: client.Require, TLS: without}
		if srv.Implicit {
			opt.Security = client.Implicit
		}
		s, err := client.Open(t.Context(), opt)
		if err == nil {
			defer s.Close()
			err = s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password})
		}
		var refused *client.TLSError
		if !errors.As(err, &refused) || !refused.NoCertificate {
			t.Errorf("without one: %v", err)
		}
	})
}
