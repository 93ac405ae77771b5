package client_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// Each method sends the commands that it should, and understands the answer.
func TestCommands(t *testing.T) {
	for _, test := range []struct {
		name, features, text string
		do                   func(context.Context, *client.Session) (any, error)
		want                 any
	}{
		{
			"Chmod", "", "C: SITE CHMOD 640 f\nS: 200 fine",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.Chmod(ctx, 0o640, "f") }, nil,
		},
		{
			"Chmod by MFF", "MFF modify;UNIX.mode;", "C: SITE CHMOD 640 f\nS: 500 what\nC: MFF UNIX.mode=0640; f\nS: 213 fine",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.Chmod(ctx, 0o640, "f") }, nil,
		},
		{
			"Symlink", "", "C: SITE SYMLINK target the link\nS: 200 fine",
			func(ctx context.Context, s *client.Session) (any, error) {
				return nil, s.Symlink(ctx, "target", "the link")
			}, nil,
		},
		{
			"Copy", "", "C: SITE CPFR a b\nS: 350 to\nC: SITE CPTO c\nS: 250 fine",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.Copy(ctx, "a b", "c") }, nil,
		},
		{
			"MkdirAll by SITE", "SITE MKDIR", "C: SITE MKDIR a/b\nS: 200 fine",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.MkdirAll(ctx, "a/b") }, nil,
		},
		{
			"MkdirAll where another client makes one too", "SITE MKDIR", "C: SITE MKDIR a/b\nS: 550 a: File exists\nC: MKD a\nS: 550 exists\nC: MKD a/b\nS: 257 \"/a/b\" made",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.MkdirAll(ctx, "a/b") }, nil,
		},
		{
			"MkdirAll", "", "C: MKD a\nS: 550 exists\nC: MKD a/b\nS: 257 \"/a/b\" made",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.MkdirAll(ctx, "a/b") }, nil,
		},
		{
			"MkdirAll of what stands", "", "C: MKD /a\nS: 550 exists\nC: CWD /a\nC: PWD\nS: 250 fine\nS: 257 \"/a\"\nC: CWD /\nS: 250 fine\nC: DELE b\nS: 250 fine",
			func(ctx context.Context, s *client.Session) (any, error) {
				return nil, errors.Join(s.MkdirAll(ctx, "/a"), s.Remove(ctx, "b"))
			}, nil,
		},
		{
			"RemoveTree", "", "C: SITE RMDIR a\nS: 200 fine",
			func(ctx context.Context, s *client.Session) (any, error) { return nil, s.RemoveTree(ctx, "a") }, nil,
		},
		{
			"Available", "", "C: AVBL /\nS: 213 123456789 bytes",
			func(ctx context.Context, s *client.Session) (any, error) { return s.Server().Available(ctx, "/") }, int64(123456789),
		},
		{
			"DirSize", "", "C: DSIZ pub\nS: 213 524288",
			func(ctx context.Context, s *client.Session) (any, error) { return s.Server().DirSize(ctx, "pub") }, int64(524288),
		},
		{
			"Status of a name like an option", "", "C: STAT ./-x\nS: 213 status",
			func(ctx context.Context, s *client.Session) (any, error) {
				r, err := s.Server().Status(ctx, "-x")
				return r.Code, err
			}, 213,
		},
		{
			"Help", "", "C: HELP SITE\nS: 214 none",
			func(ctx context.Context, s *client.Session) (any, error) {
				r, err := s.Server().Help(ctx, "SITE")
				return r.Text(), err
			}, "none",
		},
		{
			"Reset", "", "C: REIN\nS: 220 who now",
			func(ctx context.Context, s *client.Session) (any, error) {
				err := s.Reset(ctx)
				_, in := s.LoggedIn()
				return in, err
			}, false,
		},
		{
			"Reset where REIN is unknown", "", "C: REIN\nS: 502 what\nC: QUIT\nS: 221 bye\naccept\nS: 220 again",
			func(ctx context.Context, s *client.Session) (any, error) {
				err := s.Reset(ctx)
				_, in := s.LoggedIn()
				return in, err
			}, false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			talkTo(t, test.features, test.text, client.Options{}, func(s *client.Session) {
				got, err := test.do(t.Context(), s)
				if err != nil || !reflect.DeepEqual(got, test.want) {
					t.Errorf("got %v, %v", got, err)
				}
			})
		})
	}
}

// HOST comes before USER, when it is asked for.
func TestHost(t *testing.T) {
	const login = "C: USER alice\nS: 230 in\nC: FEAT\nS: 211 none\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX"
	for _, test := range []struct{ name, host, text string }{
		{"asked for", "ftp.example.test", "S: 220 ready\nC: HOST ftp.example.test\nS: 220 welcome there\n" + login},
		{"an IPv6 address", "::1", "S: 220 ready\nC: HOST [::1]\nS: 220 welcome there\n" + login},
		{"not asked for", "", "S: 220 ready\n" + login},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.text, client.Options{VirtualHost: test.host}, func(s *client.Session) {
				if err := s.Login(t.Context(), client.Login{User: "alice"}); err != nil {
					t.Error(err)
				}
			})
		})
	}
	talk(t, "S: 220 ready\nC: HOST x.test\nS: 504 unknown host", client.Options{VirtualHost: "x.test"}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice"}); !client.IsCode(err, 504) {
			t.Errorf("an unknown host: %v", err)
		}
	})
}

func TestProgramIsIntroduced(t *testing.T) {
	text := welcome("S> 211-Features\\r\\n CLNT\\r\\n UTF8\\r\\n211 End\\r\\n") + "C: OPTS UTF8 ON\nC: CLNT ftpsh/1\nS: 200 fine\nS: 200 hello"
	talk(t, text, client.Options{Program: "ftpsh/1"}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Error(err)
		}
	})
}

// Where there is CSID it takes the place of CLNT, and tells which program the server is.
func TestServerIsIdentified(t *testing.T) {
	text := welcome("S> 211-Features\\r\\n CLNT\\r\\n CSID\\r\\n211 End\\r\\n") + "C: CSID Name=ftpsh;Version=1;\nS: 200 Name=ProFTPD; Version=1.3.8;CaseSensitive=1;odd;"
	talk(t, text, client.Options{Program: "ftpsh/1"}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Error(err)
		}
		if got := s.Server().Identity(); s.Server().Quirks().Server != "proftpd" || got["version"] != "1.3.8" || got["casesensitive"] != "1" || len(got) != 3 {
			t.Errorf("%q, %v", s.Server().Quirks().Server, got)
		}
	})
}

// What FEAT and SYST said after the same greeting may be recalled: the login needs one round trip less. It is corrected, and
// what is kept is not.
func TestFeaturesAreRecalled(t *testing.T) {
	kept := map[string]client.Features{}
	opt := client.Options{
		Correct: func(f client.Features) { delete(f, "MLST") },
		Recall: func(greeting string) (client.Features, string) {
			if f := kept[greeting]; f != nil {
				return f, "UNIX Type: L8"
			}
			return nil, ""
		},
		Retain: func(greeting string, f client.Features, syst string) { kept[greeting+syst[:0]] = f },
	}
	in := func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Error(err)
		}
		if f := s.Features(); !f.Has("UTF8") || f.Has("MLST") || s.Dir() != "/" {
			t.Errorf("%v in %s", f, s.Dir())
		}
	}
	talk(t, welcome("S> 211-Features\\r\\n UTF8\\r\\n MLST type*;\\r\\n211 End\\r\\n")+"C: OPTS UTF8 ON\nS: 200 fine", opt, in)
	if !kept["ready"].Has("MLST") {
		t.Errorf("kept: %v", kept)
	}
	talk(t, `
		S: 220 ready
		C: USER alice
		S: 331 password
		C: PASS secret
		S: 230 in
		C: OPTS UTF8 ON
		C: PWD
		S: 200 fine
		S: 257 "/"
	`, opt, in)
}

// What each server can do beyond the standards is done on its disk.
func TestSiteOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.Put("with space", []byte("content"))
		s := open(t, srv, nil)
		ctx := t.Context()
		if err := s.Chmod(ctx, 0o640, "with space"); err != nil {
			t.Errorf("chmod: %v", err)
		}
		if info, err := os.Stat(filepath.Join(srv.Root, "with space")); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("the mode is %v, %v", info.Mode(), err)
		}
		if s.Server().Quirks().Server == "proftpd" {
			proftpdSite(t, s, srv)
		}
		if err := s.MkdirAll(ctx, "a/b c/d"); err != nil {
			t.Errorf("mkdir -p: %v", err)
		}
		if err := s.MkdirAll(ctx, "a/b c"); err != nil {
			t.Errorf("mkdir -p of what stands: %v", err)
		}
		if _, err := os.Stat(filepath.Join(srv.Root, "a/b c/d")); err != nil {
			t.Error(err)
		}
		if err := s.Reset(ctx); err != nil {
			t.Errorf("reset: %v", err)
		}
		if err := s.Login(ctx, client.Login{User: srv.User, Password: srv.Password}); err != nil {
			t.Errorf("login after a reset: %v", err)
		}
	})
}

func proftpdSite(t *testing.T, s *client.Session, srv *daemon.Server) {
	ctx := t.Context()
	if err := s.Copy(ctx, "with space", "a copy"); err != nil || string(srv.Read("a copy")) != "content" {
		t.Errorf("copy: %v", err)
	}
	if err := s.Symlink(ctx, "a", "the link"); err == nil {
		t.Error("a link to nothing, which proftpd does not make")
	}
	srv.Put("target", nil)
	if err := s.Symlink(ctx, "target", "link"); err != nil {
		t.Errorf("symlink: %v", err)
	}
	srv.Put("tree/a/b", nil)
	if err := s.RemoveTree(ctx, "tree"); err != nil {
		t.Errorf("remove tree: %v", err)
	}
	if _, err := os.Stat(filepath.Join(srv.Root, "tree")); err == nil {
		t.Error("the tree stands")
	}
}
