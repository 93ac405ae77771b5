package client_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

var someTime = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)

// Where a server has any command that sets a time, it is found.
func TestSetModTimeOnServers(t *testing.T) {
	t.Parallel()
	cannot := map[string]bool{"inetutils": true}
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		s := open(t, srv, nil)
		for _, name := range []string{"f", "with space"} {
			srv.Put(name, []byte("x"))
			err := s.SetModTime(t.Context(), name, someTime)
			info, _ := os.Stat(filepath.Join(srv.Root, name))
			switch {
			case cannot[s.Server().Quirks().Server]:
				if err == nil {
					t.Errorf("%s: set, they say", name)
				}
			case err != nil || !info.ModTime().Equal(someTime):
				t.Errorf("%s: %v, %v", name, info.ModTime(), err)
			}
		}
		if err := s.SetModTime(t.Context(), "missing", someTime); err == nil {
			t.Error("the time of a missing file is set, they say")
		}
	})
}

func TestSetModTimeCommands(t *testing.T) {
	const stamp = "20200102030405"
	for _, test := range []struct{ name, features, text string }{
		{"MFMT", "MFMT", `
			C: MFMT ` + stamp + ` f
			S: 213 Modify=` + stamp + `; f
			C: MFMT ` + stamp + ` f
			S: 213 fine`},
		{"MFF", "MFF modify;UNIX.mode;", `
			C: MFF Modify=` + stamp + `; f
			S: 213 fine
			C: MFF Modify=` + stamp + `; f
			S: 213 fine`},
		{"SITE UTIME", "SITE UTIME", `
			C: SITE UTIME f ` + stamp + ` ` + stamp + ` ` + stamp + ` UTC
			S: 200 fine
			C: SITE UTIME f ` + stamp + ` ` + stamp + ` ` + stamp + ` UTC
			S: 200 fine`},
		{"MDTM as Serv-U announces it", "MDTM YYYYMMDDHHMMSS[+-TZ];filename", `
			C: MDTM ` + stamp + ` f
			S: 253 fine
			C: MDTM ` + stamp + ` f
			S: 253 fine`},
		{"what works is found once", "SIZE", `
			C: MFMT ` + stamp + ` f
			S: 500 what
			C: MFF Modify=` + stamp + `; f
			S: 500 what
			C: SITE UTIME f ` + stamp + ` ` + stamp + ` ` + stamp + ` UTC
			S: 501 syntax
			C: SITE UTIME ` + stamp + ` f
			S: 200 fine
			C: SITE UTIME ` + stamp + ` f
			S: 200 fine`},
	} {
		t.Run(test.name, func(t *testing.T) {
			talkTo(t, test.features, test.text, client.Options{}, func(s *client.Session) {
				for range 2 {
					if err := s.SetModTime(t.Context(), "f", someTime); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

func TestNothingSetsTheTime(t *testing.T) {
	text := repeat("C: *\nS: 500 what", 4) + "C: MDTM 20200102030405 f\nS: 550 no such file\n"
	talk(t, text, client.Options{}, func(s *client.Session) {
		if err := s.SetModTime(t.Context(), "f", someTime); !client.IsCode(err, 500) {
			t.Errorf("first: %v", err)
		}
		if err := s.SetModTime(t.Context(), "f", someTime); !errors.Is(err, client.ErrNoSetTime) {
			t.Errorf("then: %v", err)
		}
	})
}
