package transfer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

const big = 2 << 20 // more than smallFile

// Whatever breaks in a download, it is resumed where it broke, and whole
// in the end.
func TestBrokenDownloadGoesOn(t *testing.T) {
	data := content(big)
	for _, test := range []struct {
		fault string
		tls   practice.TLSMode
		rest  bool // something was kept
	}{
		{"cut=1000000*2", practice.NoTLS, true},
		{"cut=1000000*2", practice.Explicit, true},
		{"cut-reset=1000000*1", practice.NoTLS, true},
		{"cut-silent=1000000*1", practice.NoTLS, true},
		{"cut-silent=1000000*1", practice.Explicit, true},
		{"cut-notify=1000000*1", practice.Explicit, true},
		{"no-end:RETR*1", practice.NoTLS, true}, // all is there, only the 226 is not: its end is compared
		{"421:RETR*1", practice.NoTLS, false},
		{"drop:RETR*1", practice.NoTLS, false},
		{"refuse:RETR=451 not now*1", practice.NoTLS, false},
		{"hang-up:RETR*1", practice.NoTLS, false},
		{"refuse:EPSV=425 no port*2", practice.NoTLS, false},
		{"stall=1000000*1", practice.NoTLS, true},
		{"no-fin", practice.NoTLS, false},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			srv, s := impatient(t, data, practice.Options{TLS: test.tls}, test.fault)
			local := filepath.Join(t.TempDir(), "data")
			var told []error
			retry := quick
			retry.Tell = func(err error, _ time.Duration) { told = append(told, err) }
			r, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Retry: retry}, nil)
			if err != nil || !bytes.Equal(read(t, local), data) {
				t.Fatalf("%v, %d bytes; on the way: %v", err, len(read(t, local)), told)
			}
			if r.Resumed != 0 || r.Bytes != big {
				t.Errorf("it says that %d bytes were there and %d came", r.Resumed, r.Bytes)
			}
			if sent := strings.Join(srv.Commands(), "\n"); strings.Contains(sent, "REST ") != test.rest {
				t.Errorf("the server heard\n%s", sent)
			}
			nothingLeft(t, local)
			pwd(t, s)
		})
	}
}

// A refusal behind the last byte is one, although the size is right: the last
// bytes are fetched again, until the server says 226.
func TestRefusedBehindTheLastByte(t *testing.T) {
	data := content(big)
	for _, test := range []struct {
		reply string
		times int
		whole bool
	}{{"451 disk trouble", 1, true}, {"426 broken", 2, true}, {"451 disk trouble", 100, false}, {"552 no", 1, false}, {"550 no", 1, false}} {
		t.Run(test.reply, func(t *testing.T) {
			left := test.times
			tap := practice.Tap{Reply: func(_ int, verb, text string) string {
				if verb == "RETR" && strings.HasPrefix(text, "226") && left > 0 {
					left--
					return test.reply + "\r\n"
				}
				return text
			}}
			_, s := server(t, data, practice.Options{Tap: tap})
			local := filepath.Join(t.TempDir(), "data")
			_, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Retry: quick}, nil)
			if test.whole && (err != nil || !bytes.Equal(read(t, local), data)) {
				t.Errorf("%v, %d bytes", err, len(read(t, local)))
			}
			if !test.whole && (!errors.As(err, new(*client.Error)) || read(t, local) != nil || len(read(t, local+PartSuffix)) != big) {
				t.Errorf("%v, %d bytes, %d in the part", err, len(read(t, local)), len(read(t, local+PartSuffix)))
			}
		})
	}
}

// impatient is server with a client that gives up soon.
func impatient(t *testing.T, data []byte, o practice.Options, faults ...string) (*practice.Server, *client.Session) {
	t.Helper()
	srv, s := server(t, data, o, faults...)
	opt := s.Options()
	opt.Stall, opt.Timeout = 500*time.Millisecond, 800*time.Millisecond
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		t.Fatal(err)
	}
	return srv, s
}

func nothingLeft(t *testing.T, local string) {
	t.Helper()
	for _, name := range []string{local + PartSuffix, local + PartSuffix + NoteSuffix} {
		if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", filepath.Base(name), err)
		}
	}
}

func pwd(t *testing.T, s *client.Session) {
	t.Helper()
	if dir, err := s.Getwd(t.Context()); err != nil || dir != "/" {
		t.Errorf("pwd afterwards: %q, %v", dir, err)
	}
}

// An upload that broke goes on as well, and is whole in the end; what only
// looked like its beginning is not kept.
func TestBrokenUploadGoesOn(t *testing.T) {
	data := content(8 << 20)
	for _, test := range []struct {
		fault string
		old   []byte // on the server before
		rest  bool
	}{
		{"cut=5000000*1", nil, true},
		{"cut-reset=5000000*1", []byte("an old file"), true},
		{"421:STOR*1", data[:100_000], false}, // nothing of it was sent yet
		{"421:EPSV*1", bytes.Repeat([]byte("old"), 1000), false},
		{"no-end:STOR*1", nil, true}, // REST is for looking at its end
		{"hang-up:STOR*1", nil, false},
		{"refuse:STOR=452 full*1", nil, false},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			open := server
			if strings.HasPrefix(test.fault, "no-end") {
				open = impatient // all others are told, and a busy machine is no fault
			}
			srv, s := open(t, nil, practice.Options{}, test.fault)
			local := filepath.Join(t.TempDir(), "up")
			if err := os.WriteFile(local, data, 0o644); err != nil {
				t.Fatal(err)
			}
			if test.old != nil {
				if err := afero.WriteFile(srv.FS(), "/up", test.old, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local, Retry: quick}, nil)
			got, _ := afero.ReadFile(srv.FS(), "/up")
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%v, %d bytes on the server", err, len(got))
			}
			if sent := strings.Join(srv.Commands(), "\n"); strings.Contains(sent, "REST ") != test.rest {
				t.Errorf("the server heard\n%s", sent)
			}
			pwd(t, s)
		})
	}
}

// A server that keeps less than it was sent, with 226, is found out, also when
// it hangs up instead of telling the size.
func TestStoredLess(t *testing.T) {
	data := content(300_000)
	for _, faults := range [][]string{{"store-less=100000*1"}, {"store-less=100000*1", "421:SIZE*2"}, {"store-less=100000*1", "drop:SIZE*3"}, {"store-less=100000"}} {
		t.Run(strings.Join(faults, " "), func(t *testing.T) {
			srv, s := server(t, nil, practice.Options{}, faults...)
			local := filepath.Join(t.TempDir(), "up")
			if err := os.WriteFile(local, data, 0o644); err != nil {
				t.Fatal(err)
			}
			for _, retry := range []Retry{{}, quick} {
				_, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local, Retry: retry}, nil)
				got, _ := afero.ReadFile(srv.FS(), "/up")
				if (err == nil) != bytes.Equal(got, data) {
					t.Errorf("%d of %d bytes are stored: %v", len(got), len(data), err)
				}
			}
		})
	}
}

// What the server refuses for good is not tried again, and its words are shown.
func TestRefusalsAreNotTriedAgain(t *testing.T) {
	for _, fault := range []string{"quota=100000", "refuse:STOR=552 full", "refuse:STOR=553 no"} {
		t.Run(fault, func(t *testing.T) {
			srv, s := server(t, nil, practice.Options{}, fault)
			local := filepath.Join(t.TempDir(), "up")
			if err := os.WriteFile(local, content(8<<20), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local, Retry: quick}, nil)
			if !client.IsCode(err, 552, 553) {
				t.Errorf("got %v", err)
			}
			if n := strings.Count(strings.Join(srv.Commands(), "\n"), "STOR"); n != 1 {
				t.Errorf("sent STOR %d times", n)
			}
			pwd(t, s)
		})
	}
}

// A limit of tries is kept.
func TestRetriesEnd(t *testing.T) {
	srv, s := server(t, content(big), practice.Options{}, "cut=0")
	tries := 0
	retry := Retry{Most: 3, Wait: time.Millisecond, Tell: func(error, time.Duration) { tries++ }}
	local := filepath.Join(t.TempDir(), "data")
	if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Retry: retry}, nil); !client.IsCode(err, 426) {
		t.Errorf("got %v", err)
	}
	if sent := strings.Count(strings.Join(srv.Commands(), "\n"), "RETR"); tries != 3 || sent != 4 {
		t.Errorf("%d times again, %d times RETR", tries, sent)
	}
	nothingLeft(t, local)
}

// The waits are 1, 2, 4 and 8 seconds and a little more, 15 seconds at least: a
// server that is restarted is back by then.
func TestRetryWaits(t *testing.T) {
	var sum time.Duration
	for try := range DefaultRetry.Most {
		wait, least := DefaultRetry.Pause(try+1), time.Second<<try
		if wait < least || wait > least*6/5 {
			t.Errorf("wait %d is %v", try+1, wait)
		}
		sum += wait
	}
	if sum < 10*time.Second {
		t.Errorf("only %v are bridged", sum)
	}
	if wait := DefaultRetry.Pause(1 << 20); wait < longestWait || wait > longestWait*6/5 {
		t.Errorf("the longest wait is %v", wait)
	}
}

// An interrupt ends the wait between two tries.
func TestInterruptBetweenTries(t *testing.T) {
	_, s := server(t, content(big), practice.Options{}, "cut=100")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	retry := Retry{Most: 3, Wait: time.Hour, Tell: func(error, time.Duration) { cancel() }}
	if _, err := Run(ctx, s, Task{Remote: "data", Local: filepath.Join(t.TempDir(), "data"), Retry: retry}, nil); err == nil {
		t.Error("a transfer that was cut and interrupted went well")
	}
}

// leavesPart begins a download that breaks: there is a part of the file as it is now.
func leavesPart(t *testing.T, s *client.Session, local string) {
	t.Helper()
	if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local}, nil); err == nil {
		t.Fatal("the data connection was cut and nobody noticed")
	}
	if len(read(t, local+PartSuffix)) == 0 {
		t.Fatal("nothing was kept")
	}
}

// A part of a file that has changed since is no part of the new one: size or
// time tell, or what another client left is compared.
func TestChangedFileIsNeverMixed(t *testing.T) {
	old, changed := content(big), bytes.Repeat([]byte("another "), big/8)
	for _, test := range []struct {
		name   string
		now    []byte
		noNote bool
	}{
		{"another size", changed[:big-5], false},
		{"longer", append(bytes.Clone(changed), "and more"...), false},
		{"shorter than the part", changed[:1000], false},
		{"the same size, another time", changed, false},
		{"no note", changed, true},
		{"no note, shorter than the part", changed[:1000], true},
		{"empty", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, s := server(t, old, practice.Options{}, "cut=1000000*1")
			local := filepath.Join(t.TempDir(), "data")
			leavesPart(t, s, local)
			if test.noNote {
				os.Remove(local + PartSuffix + NoteSuffix)
			}
			if err := afero.WriteFile(srv.FS(), "/data", test.now, 0o644); err != nil {
				t.Fatal(err)
			}
			later := time.Now().Add(time.Hour)
			if err := srv.FS().Chtimes("/data", later, later); err != nil {
				t.Fatal(err)
			}
			r, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Resume: true}, nil)
			if err != nil || !bytes.Equal(read(t, local), test.now) {
				t.Errorf("%v, %d bytes: a mixture", err, len(read(t, local)))
			}
			if r.Resumed != 0 {
				t.Errorf("it says that %d bytes were kept", r.Resumed)
			}
			nothingLeft(t, local)
		})
	}
}

// A server that does not know REST, or ignores it, sends the whole file again.
func TestServersWithoutREST(t *testing.T) {
	zeros := make([]byte, big)
	for _, test := range []struct {
		name  string
		data  []byte
		fault string
		tap   practice.Tap
		note  bool
	}{
		{"unknown", content(big), "refuse:REST=502 what", practice.Tap{}, true},
		{"ignored", content(big), "late:NOOP=0", ignoresREST, true},
		{"ignored, and no note", content(big), "late:NOOP=0", ignoresREST, false},
		{"ignored, nothing but zeros", zeros, "late:NOOP=0", ignoresREST, false},
		{"ignored, and no SIZE", content(big), "refuse:SIZE=502 what", ignoresREST, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := practice.Options{Tap: test.tap}
			faults := []string{"cut=1000000*1", test.fault}
			if strings.Contains(test.name, "no SIZE") {
				faults = append(faults, "no-mlsd", "refuse:MDTM=502 what")
			}
			_, s := server(t, test.data, o, faults...)
			local := filepath.Join(t.TempDir(), "data")
			leavesPart(t, s, local)
			if !test.note {
				os.Remove(local + PartSuffix + NoteSuffix)
			}
			if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Resume: true}, nil); err != nil {
				t.Error(err)
			}
			if got := read(t, local); !bytes.Equal(got, test.data) {
				t.Errorf("%d bytes, not those of the file", len(got))
			}
			pwd(t, s)
		})
	}
}

var ignoresREST = practice.Tap{Command: func(_ int, line string) (string, string) {
	if strings.HasPrefix(line, "REST") {
		return "REST 0", ""
	}
	return line, ""
}}

// Text cannot be resumed: the bytes of both sides are not the same.
func TestTextIsNotResumed(t *testing.T) {
	srv, s := server(t, []byte("one\r\ntwo\r\n"), practice.Options{})
	s.SetType(client.ASCII)
	local := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(local, []byte("one\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, op := range []Op{Download, Upload} {
		if _, err := Run(t.Context(), s, Task{Op: op, Remote: "data", Local: local, Resume: true}, nil); !errors.Is(err, ErrTextResume) {
			t.Errorf("got %v", err)
		}
	}
	if sent := strings.Join(srv.Commands(), "\n"); strings.Contains(sent, "RETR") || strings.Contains(sent, "STOR") {
		t.Errorf("the server heard\n%s", sent)
	}
	if got := read(t, local); string(got) != "one\n" {
		t.Errorf("the local file is %q", got)
	}
}

// In type A no size is compared, and a broken transfer starts over.
func TestBrokenText(t *testing.T) {
	text := strings.Repeat("a line\r\n", 100_000)
	srv, s := server(t, []byte(text), practice.Options{}, "cut=100000*1")
	s.SetType(client.ASCII)
	local := filepath.Join(t.TempDir(), "data")
	if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Retry: quick}, nil); err != nil {
		t.Error(err)
	}
	if got := string(read(t, local)); got != strings.ReplaceAll(text, "\r\n", "\n") {
		t.Errorf("%d bytes", len(got))
	}
	if sent := strings.Join(srv.Commands(), "\n"); strings.Contains(sent, "REST") {
		t.Errorf("the server heard\n%s", sent)
	}
}

// A part that somebody else is writing is left to him.
func TestTwoWriteOnePart(t *testing.T) {
	data := content(big)
	_, s := server(t, data, practice.Options{}, "stall=1000000*1")
	_, other := server(t, data, practice.Options{})
	local := filepath.Join(t.TempDir(), "data")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() {
		_, err := Run(ctx, s, Task{Remote: "data", Local: local}, nil)
		ended <- err
	}()
	for len(read(t, local+PartSuffix)) < 900_000 && t.Context().Err() == nil {
	}
	for _, resume := range []bool{false, true} {
		if _, err := Run(t.Context(), other, Task{Remote: "data", Local: local, Resume: resume}, nil); !errors.Is(err, errBusy) {
			t.Errorf("the second writer: %v", err)
		}
	}
	cancel()
	<-ended
	if _, err := Run(t.Context(), other, Task{Remote: "data", Local: local, Resume: true}, nil); err != nil || !bytes.Equal(read(t, local), data) {
		t.Errorf("afterwards: %v, %d bytes", err, len(read(t, local)))
	}
}

// A server may keep the old file until the new one is whole: what it has then is
// no beginning of the new one.
func TestOldFileIsNoBeginning(t *testing.T) {
	data, old := content(300_000), bytes.Repeat([]byte("old"), 30_000)
	for _, again := range []bool{false, true} {
		srv, s := server(t, nil, practice.Options{})
		local := filepath.Join(t.TempDir(), "up")
		if err := os.WriteFile(local, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := afero.WriteFile(srv.FS(), "/up", old, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local, Resume: true, again: again}, nil)
		got, _ := afero.ReadFile(srv.FS(), "/up")
		if err != nil || r.Resumed != 0 || !bytes.Equal(got, data) {
			t.Errorf("%v, %d bytes kept, %d on the server", err, r.Resumed, len(got))
		}
	}
}

// Where REST is unknown, the rest of an upload is appended.
func TestRestOfAnUploadIsAppended(t *testing.T) {
	data := content(300_000)
	srv, s := server(t, nil, practice.Options{}, "refuse:REST=502 what")
	local := filepath.Join(t.TempDir(), "up")
	if err := os.WriteFile(local, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := afero.WriteFile(srv.FS(), "/up", data[:123_456], 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local, Resume: true}, nil)
	got, _ := afero.ReadFile(srv.FS(), "/up")
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%v, resumed at %d, %d on the server", err, r.Resumed, len(got))
	}
	if !strings.Contains(strings.Join(srv.Commands(), "\n"), "APPE up") {
		t.Error("APPE was not sent")
	}
}
