package client_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// Several names are described in their order, each with its own error.
func TestStatEachOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.Put("one", []byte("1"))
		srv.Put("three", []byte("333"))
		srv.Folder("dir")
		s := open(t, srv, nil)
		s.SetType(client.ASCII) // in which servers refuse SIZE
		i := 0
		for e, err := range s.StatEach(t.Context(), "one", "missing", "dir", "three") {
			switch i {
			case 0, 3:
				want := int64(i)
				if i == 0 {
					want = 1
				}
				if err != nil || e.Size != want || e.Type != listing.File || !e.Time.Equal(daemon.Modified) || e.Precision != listing.Second {
					t.Errorf("file %d: %+v, %v", i, e, err)
				}
			case 1:
				if !client.IsCode(err, 550) {
					t.Errorf("missing: %+v, %v", e, err)
				}
			case 2:
				if err != nil || e.Type != listing.Dir {
					t.Errorf("dir: %+v, %v", e, err)
				}
			}
			i++
		}
		if i != 4 {
			t.Errorf("%d answers", i)
		}
		pwdIs(srv.Home)(t, s)
	})
}

func TestStatCommands(t *testing.T) {
	for _, test := range []struct{ name, features, text string }{
		{"MLST, all at once", "MLST size*;", `
			C: MLST a
			C: MLST b
			S> 250-facts\r\n size=1; /a\r\n250 end\r\n
			S> 250-facts\r\n size=2; b\r\n250 end\r\n`},
		{"SIZE and MDTM, all at once", "SIZE", `
			C: TYPE I
			C: SIZE a
			C: MDTM a
			C: SIZE b
			C: MDTM b
			S: 200 binary
			S: 213 1
			S: 213 20200102030405
			S: 213 2
			S: 213 20200102030405`},
		{"MLST not known after all", "MLST size*;", `
			C: MLST a
			C: MLST b
			S: 500 what
			S: 500 what
			C: TYPE I
			C: SIZE a
			C: MDTM a
			S: 200 binary
			S: 213 1
			S: 213 20200102030405
			C: SIZE b
			C: MDTM b
			S: 213 2
			S: 500 what`},
	} {
		t.Run(test.name, func(t *testing.T) {
			talkTo(t, test.features, test.text, client.Options{}, func(s *client.Session) {
				var want int64
				for e, err := range s.StatEach(t.Context(), "a", "b") {
					if want++; err != nil || e.Size != want {
						t.Errorf("got %+v, %v", e, err)
					}
				}
			})
		})
	}
}

// A server that knows neither SIZE nor MDTM has listings.
func TestStatOnBareServer(t *testing.T) {
	talk(t, `
		C: TYPE I
		C: SIZE f
		C: MDTM f
		S: 200 binary
		S: 500 what
		S: 500 what
		C: CWD f
		C: PWD
		S: 550 no directory
		S: 257 "/"
		C: CWD f/
		C: PWD
		S: 550 no directory
		S: 257 "/"
		C: TYPE A
		C: EPSV
		S: 200 ascii
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D> -rw-r--r-- 1 a b 5 Jan  1  2020 f\r\n
		S: 226 done`, client.Options{}, func(s *client.Session) {
		if e, err := s.Stat(t.Context(), "f"); err != nil || e.Size != 5 {
			t.Errorf("got %+v, %v", e, err)
		}
	})
}

// A listing without the name, on a server that knows neither SIZE nor MDTM, says that it is not there.
func TestStatOnBareServerOfNothing(t *testing.T) {
	talk(t, `
		C: TYPE I
		C: SIZE f
		C: MDTM f
		S: 200 binary
		S: 500 what
		S: 500 what
		C: CWD f
		C: PWD
		S: 550 no such directory
		S: 257 "/"
		C: CWD f/
		C: PWD
		S: 550 no such directory
		S: 257 "/"
		C: TYPE A
		C: EPSV
		S: 200 ascii
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D> -rw-r--r-- 1 a b 5 Jan  1  2020 g\r\n
		S: 226 done`, client.Options{}, func(s *client.Session) {
		if _, err := s.Stat(t.Context(), "f"); !client.IsCode(err, 550) {
			t.Errorf("got %v, and not that it is not there", err)
		}
	})
}

// Where the way back from a directory is not known, because PWD does not say, a listing tells that it is one.
func TestStatOfADirectoryWithoutAWayBack(t *testing.T) {
	login := strings.Replace(welcome("S: 211 none"), `S: 257 "/"`, `S: 257 ""`, 1)
	talk(t, strings.TrimSpace(login)+`
		C: CWD in
		C: PWD
		S: 250 there
		S: 257 ""
		C: TYPE I
		C: SIZE d
		C: MDTM d
		S: 200 binary
		S: 550 no file
		S: 550 no file
		C: TYPE A
		C: EPSV
		S: 200 ascii
		S: 229 (|||$PORT|)
		C: LIST
		S: 150 coming
		D> drwxr-xr-x 1 a b 5 Jan  1  2020 d\r\n
		S: 226 done`, client.Options{}, func(s *client.Session) {
		if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Chdir(t.Context(), "in"); err != nil {
			t.Fatal(err)
		}
		if e, err := s.Stat(t.Context(), "d"); err != nil || e.Type != listing.Dir {
			t.Errorf("got %+v, %v", e, err)
		}
	})
}

// Dates without a year are asked for, with Exact.
func TestExactTimesOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		times := map[string]time.Time{
			"old":    daemon.Modified,
			"recent": time.Now().Add(-100 * time.Hour).Truncate(time.Second),
			"future": time.Now().Add(3000 * time.Hour).Truncate(time.Second),
		}
		for name, when := range times {
			srv.Put("dir/"+name, nil)
			if err := os.Chtimes(filepath.Join(srv.Root, "dir", name), when, when); err != nil {
				t.Fatal(err)
			}
		}
		s := open(t, srv, nil)
		n := 0
		for e, err := range s.List(t.Context(), "dir", client.ListOptions{Plain: true, Exact: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; !e.Time.Equal(times[e.Name]) {
				t.Errorf("%s: %v, want %v", e.Name, e.Time, times[e.Name])
			}
		}
		if n != len(times) {
			t.Errorf("%d entries", n)
		}
	})
}

// A connection that is lost while the time is asked for is no file without a time.
func TestStatLostAtTheTime(t *testing.T) {
	srv := serve(t, practice.Options{Like: "vsftpd"}, "421:MDTM*1")
	s := logInTo(t, srv, inClear)
	if e, err := s.Stat(t.Context(), "f"); err != nil || e.Size != 10000 || e.Precision != listing.Second {
		t.Errorf("got %+v, %v", e, err)
	}
}
