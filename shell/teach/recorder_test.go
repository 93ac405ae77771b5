package teach

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// What happens on the wire with every real server is recorded as the schema
// says, each event under the command that caused it.
func TestRecorderOnRealServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		srv.Put("hello.txt", []byte("hello\n"))
		w := &wire{t: t, rec: NewRecorder("ftpsh", "test")}
		err := w.op("open", func(ctx context.Context) (err error) {
			opt := client.Options{Addr: srv.Addr(), Security: client.Opportunistic}
			opt.Trace = w.rec.Trace()
			if srv.TLS {
				opt.TLS = srv.TLSConfig()
			}
			if srv.Implicit {
				opt.Security = client.Implicit
			}
			if w.s, err = client.Open(ctx, opt); err != nil {
				return err
			}
			t.Cleanup(func() { w.s.Close() })
			if err = w.s.Login(ctx, client.Login{User: srv.User, Password: srv.Password}); err != nil {
				return err
			}
			return w.s.Chdir(ctx, srv.Home)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.list(""); err != nil {
			t.Fatal(err)
		}
		w.get("hello.txt")
		events := w.rec.All()
		mustBeValid(t, events)
		operations := Operations(events)
		if len(operations) != 3 {
			t.Fatalf("%d operations, want 3", len(operations))
		}
		end := operations[2].Find(func(e *Event) bool { return e.Ev == DataEnd })
		if end == nil || end.Bytes != 6 || end.Dir != "<" || end.Type != "file" || end.Enc != srv.TLS {
			t.Errorf("the end of the data is %+v", end)
		}
		for _, o := range operations {
			mustFit(t, Ladder(o, events, Style{Width: 80}, false), 24, 80)
		}
		mustHide(t, events, srv.Password)
	})
}

// mustHide fails when a secret is anywhere in what is recorded or shown.
func mustHide(t *testing.T, events []*Event, secret string) {
	t.Helper()
	var text strings.Builder
	for _, f := range formats {
		if err := f.write(&text, events, Style{Width: 200}); err != nil {
			t.Fatal(err)
		}
	}
	p := Printer{Style: Style{Width: 200}, Level: 3}
	for _, e := range events {
		text.WriteString(strings.Join(p.Lines(e), "\n"))
	}
	if strings.Contains(text.String(), secret) {
		t.Errorf("%q is in what was recorded", secret)
	}
}

// No password is recorded, however it was sent and whatever the server says.
func TestSecrets(t *testing.T) {
	echo := "S: 220 hello\nC: USER alice\nS: 331 welcome\nC: PASS hunter22\nS: 530-hunter22 is wrong\nS: 530 no\n" +
		"C: USER alice\nS: 331 your last one was hunter22\nC: PASS swordfish\nS: 230 swordfish it is\nC: FEAT\nS: 502 no\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 swordfish OS\n" +
		"C: PASS opensesame\nS: 230 opensesame\nC: FEAT\nS: 502 no\nC: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 x\nC: STAT\nS: 211-opensesame\nS: 211 user opensesame logged in\nC: NOOP opensesame\nS: 500 NOOP opensesame?\nC: NOOP\nS: opensesame is no reply\n"
	played, err := practice.Script(echo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { played.Close() })
	w := &wire{t: t, rec: NewRecorder("ftpsh", "test")}
	opt := client.Options{Addr: played.Addr(), Security: client.Off}
	opt.Trace, opt.Depth = w.rec.Trace(), 1
	ctx := t.Context()
	s, err := client.Open(ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Conn().Close()
	if err := s.Login(ctx, client.Login{User: "alice", Password: "hunter22"}); err == nil {
		t.Error("the wrong password was right")
	}
	if err := s.Login(ctx, client.Login{User: "alice", Password: "swordfish"}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"pass opensesame", "STAT", "NOOP opensesame"} {
		if _, err := s.Quote(ctx, line); err != nil {
			t.Errorf("%s: %s", line, err)
		}
	}
	if _, err := s.Conn().Cmd(ctx, 2, "NOOP"); err == nil {
		t.Error("what is no reply was taken for one")
	}
	if err := played.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter22", "swordfish", "opensesame"} {
		mustHide(t, w.rec.All(), secret)
	}
}

// A command that was typed through quote is told from one that a command of the
// shell sent.
func TestTyped(t *testing.T) {
	w := serve(t, practice.Options{})
	w.mustOpen(nil)
	w.op("quote noop", func(ctx context.Context) error {
		w.rec.Typed("noop")
		_, err := w.s.Quote(ctx, "noop")
		return err
	})
	w.op("noop", func(ctx context.Context) error { return w.s.Noop(ctx) })
	var sources []string
	for _, e := range w.rec.Events(0) {
		if e.Verb == "NOOP" && e.Ev == Sent {
			sources = append(sources, e.Src)
		}
	}
	if got := strings.Join(sources, " "); got != "user auto" {
		t.Errorf("sources %q, want user and auto", got)
	}
}

// Two sessions at once have names of their own; the name is free again after
// the end.
func TestNamesOfConnections(t *testing.T) {
	w := serve(t, practice.Options{})
	w.mustOpen(nil)
	err := w.op("copy", func(ctx context.Context) error {
		other, err := w.s.Clone(ctx)
		if err != nil {
			return err
		}
		return errors.Join(other.Noop(ctx), other.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
	o, _ := w.last()
	if e := o.Find(func(e *Event) bool { return e.Verb == "NOOP" && e.Ev == Sent }); e == nil || e.Conn != "C2" {
		t.Errorf("the second connection is %+v, want C2", e)
	}
	w.list("")
	w.s.Close()
	w.mustOpen(nil)
	if e := w.rec.Events(0)[len(w.rec.Events(0))-1]; e.Op != 4 {
		t.Errorf("the last event is of operation %d, want 4", e.Op)
	}
	w.list("")
	o, _ = w.last()
	if e := o.Find(func(e *Event) bool { return e.IsData() }); e == nil || e.Conn != "D1" {
		t.Errorf("the first data connection of a new session is %+v, want D1", e)
	}
	if o.Events[0].Conn != "C" {
		t.Errorf("the connection after the end of the first is %s, want C", o.Events[0].Conn)
	}
}

// The recording is bounded: by the number of events, and by what they hold.
func TestRecorderForgets(t *testing.T) {
	r := NewRecorder("ftpsh", "test")
	for i := range MaxEvents + 100 {
		r.Note("C", "n", fmt.Sprint(i))
	}
	events := r.All()
	if len(events) != MaxEvents+1 || events[0].Ev != TraceStart || events[1].Text != "100" {
		t.Errorf("%d events, the first two %v and %q", len(events), events[0].Ev, events[1].Text)
	}
	for range 100 {
		r.Note("C", "n", strings.Repeat("x", 1<<20))
	}
	if n := len(r.Events(0)); n > 8 {
		t.Errorf("%d events of a megabyte each are kept", n)
	}
}

// A watcher sees every event, once and in order, while others look back.
func TestWatch(t *testing.T) {
	r := NewRecorder("ftpsh", "test")
	var seen []int
	stop := r.Watch(func(e *Event) { seen = append(seen, e.Seq) })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				r.Note("C", "n", "")
				r.Events(r.Seq() - 1)
			}
		})
	}
	all.Wait()
	stop()
	r.Note("C", "n", "")
	if len(seen) != 400 {
		t.Fatalf("%d events seen, want 400", len(seen))
	}
	for i, seq := range seen {
		if seq != i+2 {
			t.Fatalf("event %d is number %d", i, seq)
		}
	}
}

// operationsOfNotes are the numbers of the operations that notes belong to, by their texts.
func operationsOfNotes(r *Recorder) map[string]int {
	ops := map[string]int{}
	for _, e := range r.Events(0) {
		if e.Ev == Noted {
			ops[e.Text] = e.Op
		}
	}
	return ops
}

// What was sent to the background ends when later commands have begun: they stay
// what runs now.
func TestOverlappingOperations(t *testing.T) {
	r := NewRecorder("ftpsh", "test")
	job := r.Begin("get big")
	r.Note("", "n", "of get")
	next := r.Begin("ls")
	job(nil)
	r.Note("", "n", "of ls")
	next(nil)
	r.Note("", "n", "nowhere")
	got := operationsOfNotes(r)
	if got["of ls"] != 2 || got["nowhere"] != 0 {
		t.Errorf("operations %v", got)
	}
	for i, o := range Operations(r.Events(0)) {
		if want := []string{"get big", "ls"}[i]; o.Cmd != want || !o.OK {
			t.Errorf("operation %d is %+v", i+1, o)
		}
	}
}

// Operations may run each other; what follows belongs to the outer one again.
func TestNestedOperations(t *testing.T) {
	r := NewRecorder("ftpsh", "test")
	outer := r.Begin("outer")
	inner := r.Begin("inner")
	r.Note("", "n", "inside")
	inner(nil)
	r.Note("", "n", "outside")
	outer(errors.New("no"))
	r.Note("", "n", "nowhere")
	got := operationsOfNotes(r)
	if got["inside"] != 2 || got["outside"] != 1 || got["nowhere"] != 0 {
		t.Errorf("operations %v", got)
	}
	if o := Operations(r.Events(0))[0]; o.OK || o.Error != "failed" || o.Cmd != "outer" {
		t.Errorf("the outer operation is %+v", o)
	}
}
