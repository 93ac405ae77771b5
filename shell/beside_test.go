package shell

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// These are about what goes on beside the prompt; they need the race detector.

// While a line is typed a completion may connect again; what is shown of the
// session meanwhile is what it was.
func TestPromptBesideACompletion(t *testing.T) {
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	sh, _ := batchShell(t, Options{StateDir: t.TempDir(), Password: practice.Password, HasPassword: true})
	for _, line := range []string{"open ftp://" + practice.User + "@" + server.Addr(), "mkdir data", "cd data"} {
		if err := sh.Do(Line{Text: line}); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	sh.place = placeOf(sh.session)
	sh.session.Conn().Close()
	completed := make(chan struct{})
	go func() {
		defer close(completed)
		completeLine(t.Context(), sh, "get x", len("get x"))
	}()
	for over := false; !over; {
		select {
		case <-completed:
			over = true
		default:
		}
		if prompt := promptAt(sh, "{user} {dir} {state}", false, 0); prompt != practice.User+" /data PLAIN" {
			t.Errorf("the prompt is %q", prompt)
		}
		highlightLine(sh, "get x")
		warning(sh, "rm *")
	}
	if sh.session.Conn().Err() != nil {
		t.Error("nothing was completed")
	}
}

// A job may end while the user says how he wants to be called.
func TestNoticeWhileItIsSet(t *testing.T) {
	sh, _ := batchShell(t, Options{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		sh.notify(time.Hour, "done: get big.iso")
	}()
	if err := sh.Set("notify", "bell"); err != nil {
		t.Error(err)
	}
	<-ended
}

// A job has nothing of what the user arranged by hand, and step does not ask about
// it: neither is for its connection.
func TestJobHasItsOwnHands(t *testing.T) {
	sh, _ := batchShell(t, Options{})
	sh.manual = &manual{}
	sh.stepper.on = true
	f := sh.apart()
	defer f.end(nil)
	if f.manual != nil || sessionGate(f) != nil {
		t.Errorf("the job has %v, and is asked about by %v", f.manual, sessionGate(f) != nil)
	}
}

// A job stays in its local directory, whenever lcd goes elsewhere, and what it does
// with lcd is its own business.
func TestJobStaysInItsDirectory(t *testing.T) {
	began, elsewhere := t.TempDir(), t.TempDir()
	t.Chdir(began)
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS, Tap: practice.Tap{
		Command: func(_ int, line string) (string, string) {
			if strings.HasPrefix(line, "RETR") || strings.HasPrefix(line, "STOR") {
				os.Chdir(elsewhere)
			}
			return line, ""
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	for _, name := range []string{"/a", "/b", "/c", "/tree/d"} {
		if err := afero.WriteFile(server.FS(), name, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sh, said := batchShell(t, Options{StateDir: t.TempDir(), Password: practice.Password, HasPassword: true})
	if err := sh.Do(Line{Text: "open ftp://" + practice.User + "@" + server.Addr()}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"set parallel 1; mget a b c", "get a; get b x; cat c > y", "mirror tree", "lmkdir z; lcd z; get a; lpwd > pwd", "put a up; !cp a z/copy",
	} {
		os.Chdir(began)
		f := sh.apart()
		if err := f.Do(Line{Text: line}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		f.disconnect()
		f.end(nil)
	}
	os.Chdir(began)
	for _, name := range []string{"a", "b", "c", "x", "y", "tree/d", "z/a", "z/pwd", "z/copy"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
	if stray, _ := os.ReadDir(elsewhere); len(stray) > 0 {
		t.Errorf("it went to the other directory: %v", stray)
	}
	if t.Failed() {
		t.Log(said)
	}
}

// A job that ends in the moment of Ctrl-Z is not said to go on: fg returns how it
// ended.
func TestSentAwayTooLate(t *testing.T) {
	sh, _ := batchShell(t, Options{})
	j := newJob("get x", sh.apart(), func() error { return failure.ErrNotConnected })
	numberJob(sh, j)
	j.sh.con.away.Store(false)
	startJob(sh, j)
	<-j.done
	if sendAway(sh, j) {
		t.Error("it goes on")
	}
	if err := takeOver(sh, j); !errors.Is(err, failure.ErrNotConnected) {
		t.Errorf("it ended with %v", err)
	}
}
