package shell

import (
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
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
	t.Setenv("FTPSH_PASSWORD", practice.Password)
	sh, _ := batchShell(t, Options{StateDir: t.TempDir()})
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
		sh.complete(t.Context(), "get x", len("get x"))
	}()
	for over := false; !over; {
		select {
		case <-completed:
			over = true
		default:
		}
		if prompt := sh.fill("{user} {dir} {state}", false, 0); prompt != practice.User+" /data PLAIN" {
			t.Errorf("the prompt is %q", prompt)
		}
		sh.highlight("get x")
		sh.caution("rm *")
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
	sh.hand = &byHand{}
	sh.stepper.on = true
	f := sh.apart()
	defer f.end(nil)
	if f.hand != nil || f.gate() != nil {
		t.Errorf("the job has %v, and is asked about by %v", f.hand, f.gate() != nil)
	}
}
