package client_test

import (
	"slices"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// What lasts is kept, in its order, the last of each kind; what does not is not.
func TestLasting(t *testing.T) {
	for _, test := range []struct {
		name string
		sent []string
		want []string
	}{
		{"the last umask", []string{"SITE UMASK 022", "OPTS UTF8 OFF", "SITE UMASK 027"}, []string{"OPTS UTF8 OFF", "SITE UMASK 027"}},
		{"a question", []string{"SITE UMASK", "SITE IDLE", "OPTS HASH"}, nil},
		{"what a file is done to", []string{"SITE CHMOD 600 f", "MFMT 20200102030405 f", "ALLO 5", "NOOP", "MKD d"}, nil},
		{"records", []string{"SITE RECFM=FB LRECL=80", "SITE LRECL=90", "SITE RECFM=VB LRECL=70"}, []string{"SITE LRECL=90", "SITE RECFM=VB LRECL=70"}},
		{"a switch, twice", []string{"SITE DIRSTYLE", "SITE DIRSTYLE"}, nil},
		{"a secret", []string{"ACCT s3cret"}, []string{"ACCT ********"}},
		{"each option", []string{"OPTS UTF8 OFF", "OPTS MLST type;", "LANG fr", "STRU R", "LANG en"}, []string{"OPTS UTF8 OFF", "OPTS MLST type;", "STRU R", "LANG en"}},
		{"nobody knows", []string{"SITE FROB", "XFROB 1"}, []string{"SITE FROB", "XFROB 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := ""
			for _, line := range test.sent {
				text += "C: " + line + "\nS: 200 fine\n"
			}
			talk(t, text, client.Options{}, func(s *client.Session) {
				for _, line := range test.sent {
					if _, err := s.Quote(t.Context(), line); err != nil {
						t.Fatal(err)
					}
				}
				if got := s.Clones().Settings(); !slices.Equal(got, test.want) {
					t.Errorf("kept %q, want %q", got, test.want)
				}
				if alone := s.Clones().Alone() != nil; alone != (test.name == "nobody knows") {
					t.Errorf("%v", s.Clones().Alone())
				}
			})
		})
	}
}

// What the server refused does not last.
func TestRefusedDoesNotLast(t *testing.T) {
	talk(t, "C: SITE UMASK 027\nS: 500 what\n", client.Options{}, func(s *client.Session) {
		if _, err := s.Quote(t.Context(), "SITE UMASK 027"); err != nil || s.Clones().Settings() != nil {
			t.Errorf("%q, %v", s.Clones().Settings(), err)
		}
	})
}

// TYPE is told once on each connection before a file, whatever RFC 959 says servers begin with; one
// that was set by hand stays.
func TestTypeIsTold(t *testing.T) {
	const file = "C: EPSV\nS: 229 (|||$PORT|)\nC: RETR f\nS: 150 coming\nD> data\nS: 226 done\n"
	talk(t, "C: TYPE A\nS: 200 text\n"+file+file+"C: TYPE C 1208\nS: 200 yes\n"+file, client.Options{}, func(s *client.Session) {
		s.SetType(client.ASCII)
		get(t, s, "f")
		get(t, s, "f")
		s.Quote(t.Context(), "TYPE C 1208")
		if get(t, s, "f"); s.Type() != "C 1208" || s.Type().Counts() {
			t.Errorf("type %s", s.Type())
		}
	})
}

// MLSD that is announced and not carried out makes room for LIST.
func TestMLSDInVain(t *testing.T) {
	const list = "C: EPSV\nS: 229 (|||$PORT|)\nC: LIST\nS: 150 coming\nD> -rw-r--r-- 1 a b 4 Jan  1  2020 f\\r\\n\nS: 226 done\n"
	talkTo(t, "MLST type*;size*;", "C: TYPE I\nS: 200 fine\nC: EPSV\nS: 229 (|||$PORT|)\nC: MLSD\nS: 501 not here\nC: TYPE A\nS: 200 fine\n"+list+list, client.Options{}, func(s *client.Session) {
		for range 2 {
			for e, err := range s.List(t.Context(), "", client.ListOptions{}) {
				if err != nil || e.Name != "f" {
					t.Errorf("%q, %v", e.Name, err)
				}
			}
		}
	})
}

// A CWD that wants a slash gets one, from the first success on at once.
func TestSlashBehindTheName(t *testing.T) {
	talk(t, `
		C: CWD data
		C: PWD
		S: 550 invalid
		S: 257 "/"
		C: CWD data/
		C: PWD
		S: 250 there
		S: 257 "/data/"
		C: CWD log/
		C: PWD
		S: 250 there
		S: 257 "/data/log/"`, client.Options{}, func(s *client.Session) {
		for _, dir := range []string{"data", "log"} {
			if err := s.Chdir(t.Context(), dir); err != nil {
				t.Error(err)
			}
		}
	})
}

// So does the way back, where PWD leaves the slash out; and what is asked whether it is a directory.
func TestSlashOnTheWayBack(t *testing.T) {
	talk(t, `
		C: CWD data
		C: PWD
		S: 550 invalid
		S: 257 "/"
		C: CWD data/
		C: PWD
		S: 250 there
		S: 257 "/data"
		C: CWD log/
		C: PWD
		S: 250 there
		S: 257 "/data/log"
		C: CWD /data/
		S: 250 back
		C: RMD x
		S: 250 gone`, client.Options{}, func(s *client.Session) {
		if err := s.Chdir(t.Context(), "data"); err != nil {
			t.Error(err)
		}
		if dir, err := s.IsDir(t.Context(), "log"); err != nil || !dir {
			t.Errorf("%v, %v", dir, err)
		}
		if err := s.Rmdir(t.Context(), "x"); err != nil {
			t.Error(err)
		}
	})
}
