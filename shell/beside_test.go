package shell

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/jobs"
	"github.com/ftpsh/ftpsh/shell/prompt"
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
	sh, _ := batchShell(t, command.Options{StateDir: t.TempDir(), Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"})
	for _, line := range []string{"open ftp://" + practice.User + "@" + server.Addr(), "mkdir data", "cd data"} {
		if err := sh.Do(command.Line{Text: line}); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	sh.Place = prompt.PlaceOf(sh.Session)
	sh.Session.Conn().Close()
	completed := make(chan struct{})
	go func() {
		defer close(completed)
		prompt.CompleteLine(t.Context(), sh, "get x", len("get x"))
	}()
	for over := false; !over; {
		select {
		case <-completed:
			over = true
		default:
		}
		if prompt := prompt.At(sh, "{user} {dir} {state}", false, 0); prompt != practice.User+" /data PLAIN" {
			t.Errorf("the prompt is %q", prompt)
		}
		prompt.HighlightLine(sh, "get x")
		prompt.Warning(sh, "rm *")
	}
	if sh.Session.Conn().Err() != nil {
		t.Error("nothing was completed")
	}
}

// A job may end while the user says how he wants to be called.
func TestNoticeWhileItIsSet(t *testing.T) {
	sh, _ := batchShell(t, command.Options{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		sh.Notify(time.Hour, "done: get big.iso")
	}()
	if err := sh.Set("notify", "bell"); err != nil {
		t.Error(err)
	}
	<-ended
}

// A job has nothing of what the user arranged by hand, and step does not ask about
// it: neither is for its connection.
func TestJobHasItsOwnHands(t *testing.T) {
	sh, _ := batchShell(t, command.Options{})
	sh.Manual = &command.Manual{}
	sh.Stepper.On = true
	f := sh.Apart()
	defer f.End(nil)
	if f.Manual != nil || command.SessionGate(f) != nil {
		t.Errorf("the job has %v, and is asked about by %v", f.Manual, command.SessionGate(f) != nil)
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
	sh, said := batchShell(t, command.Options{StateDir: t.TempDir(), Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"})
	if err := sh.Do(command.Line{Text: "open ftp://" + practice.User + "@" + server.Addr()}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"set parallel 1; mget a b c", "get a; get b x; cat c > y", "mirror tree", "lmkdir z; lcd z; get a; lpwd > pwd", "put a up; !cp a z/copy",
	} {
		os.Chdir(began)
		f := sh.Apart()
		if err := f.Do(command.Line{Text: line}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		f.Disconnect()
		f.End(nil)
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
	sh, _ := batchShell(t, command.Options{})
	j := jobs.NewJob("get x", sh.Apart(), func() error { return failure.ErrNotConnected })
	jobs.NumberJob(sh, j)
	j.Sh.Console.Away.Store(false)
	jobs.StartJob(sh, j)
	<-j.Done
	if jobs.SendAway(sh, j) {
		t.Error("it goes on")
	}
	if err := jobs.TakeOver(sh, j); !errors.Is(err, failure.ErrNotConnected) {
		t.Errorf("it ended with %v", err)
	}
}
