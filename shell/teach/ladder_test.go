package teach

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/render"
)

var (
	update = flag.Bool("update", false, "write what the views of testdata look like now")
	record = flag.Bool("record", false, "record the sessions of testdata again")
)

// sessions are what a learner does first, each way a data connection can be
// made, and what goes wrong most. They are recorded in testdata, and run in the
// tests besides.
var sessions = []struct {
	name   string
	server practice.Options
	active bool
	run    func(*wire)
	shows  []string // in the ladder of the last operation
}{
	{"passive-clear", practice.Options{}, false, everyday, []string{"-- STOR new.bin --", "TCP connect", "200.0 KiB file", "x-----", "226 "}},
	{"passive-tls", practice.Options{TLS: practice.Explicit}, false, everyday, []string{"== STOR new.bin ==", "TCP connect", "TLS 1.3", "reused", "226 "}},
	{"active-clear", practice.Options{}, true, everyday, []string{"listening (active mode)", "-- EPRT ", "TCP connect by server", "226 "}},
	{"active-tls", practice.Options{TLS: practice.Explicit}, true, everyday, []string{"== EPRT ", "TCP connect by server", "TLS 1.3"}},
	{"no-epsv-nat-pasv", faults("no-epsv", "nat-pasv", "pasv-closed"), false, listOnly, []string{"! 50", "server offers ", "refused"}},
	{"pasv-closed", faults("pasv-closed"), false, listOnly, []string{"onnection refused", "x 127.0.0.1:"}},
	{"cut", faults("cut"), false, getOnly, []string{"! 426"}},
	{"no-such-file", practice.Options{}, false, getMissing, []string{"! 550"}},
	{"require-tls", faults("require-tls"), false, func(*wire) {}, []string{"! 5"}},
	{"expired-cert", faults("expired-cert"), false, func(*wire) {}, []string{"TLS failed: expired on"}},
}

func faults(names ...string) practice.Options {
	var o practice.Options
	for _, name := range names {
		o.Faults = append(o.Faults, practice.Fault{Name: name})
	}
	if names[0] == "expired-cert" {
		o.TLS = practice.Explicit
	}
	return o
}

func everyday(w *wire) {
	for _, err := range []error{w.list("pub"), w.get("data.bin"), w.put("new.bin", 200<<10)} {
		if err != nil {
			w.t.Error(err)
		}
	}
}

// These fail on purpose; what is recorded of them is what matters.
func listOnly(w *wire)   { w.list("") }
func getOnly(w *wire)    { w.get("data.bin") }
func getMissing(w *wire) { w.get("nothing.bin") }

// play runs one of the sessions.
func play(t *testing.T, i int) *wire {
	row := sessions[i]
	w := serve(t, row.server)
	err := w.open(func(o *client.Options) {
		if row.name == "require-tls" {
			o.Security = client.Off
		}
		if o.Ways = []client.DataMode{client.EPSV, client.PASV}; row.active {
			o.Ways = []client.DataMode{client.EPRT, client.PORT}
		}
	})
	if err == nil {
		row.run(w)
	}
	return w
}

// The ladder of every operation fits on a screen, and shows what matters.
func TestLadder(t *testing.T) {
	for i, row := range sessions {
		t.Run(row.name, func(t *testing.T) {
			w := play(t, i)
			last, events := w.last()
			mustBeValid(t, events)
			if *record {
				var text bytes.Buffer
				Write(&text, events)
				if err := os.WriteFile(filepath.Join("testdata", row.name+".jsonl"), text.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, o := range Operations(events) {
				mustFit(t, Ladder(o, events, Style{Width: 80}, false), 24, 80)
				mustFit(t, Ladder(o, events, Style{Width: 80, Unicode: true}, false), 24, 80)
				wide := Ladder(o, events, Style{Width: 120}, false)
				mustFit(t, wide, 24, 120)
				if n := render.Width(wide[2]); n != 120-rightRim+2 {
					t.Errorf("in 120 columns the lifelines end at column %d", n)
				}
			}
			for _, width := range []int{40, 60, 80} {
				for _, o := range Operations(events) {
					painted := Ladder(o, events, Style{Width: width, Unicode: true, Color: true}, false)
					plain := Ladder(o, events, Style{Width: width, Unicode: true}, false)
					mustFit(t, plain, 24, width)
					if got := unpaint(painted); got != strings.Join(plain, "\n") || !strings.Contains(strings.Join(painted, ""), "\x1b[34m") {
						t.Errorf("with colours, in %d columns:\n%s", width, got)
					}
				}
			}
			picture := strings.Join(Ladder(last, events, Style{Width: 80}, false), "\n")
			for _, want := range row.shows {
				if !strings.Contains(picture, want) {
					t.Errorf("no %q in\n%s", want, picture)
				}
			}
			local, remote := Ends(events, "C", last.Events[len(last.Events)-1].Seq)
			if local == "" || !strings.Contains(picture, "ftpsh "+local) || !strings.Contains(picture, "server "+remote) {
				t.Errorf("the ends of the control connection are missing in\n%s", picture)
			}
		})
	}
}

// unpaint takes the colours out.
func unpaint(lines []string) string {
	return regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(strings.Join(lines, "\n"), "")
}

func mustFit(t *testing.T, lines []string, height, width int) {
	t.Helper()
	if len(lines) > height {
		t.Errorf("%d lines are more than %d:\n%s", len(lines), height, strings.Join(lines, "\n"))
	}
	for _, line := range lines {
		if render.Width(line) > width {
			t.Errorf("%d columns: %q", render.Width(line), line)
		}
	}
}

// The views of recorded sessions look as they should, to the last character.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) < len(sessions) {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			events := readFile(t, file)
			mustBeValid(t, events)
			var text strings.Builder
			for _, s := range []Style{{Width: 80}, {Width: 80, Unicode: true}} {
				for _, o := range Operations(events) {
					text.WriteString(strings.Join(Ladder(o, events, s, false), "\n") + "\n\n")
				}
			}
			for _, level := range []int{1, 2, 3} {
				p := Printer{Style: Style{Width: 80, Unicode: level == 3}, Level: level}
				for _, e := range events {
					for _, line := range p.Lines(e) {
						text.WriteString(line + "\n")
					}
				}
				text.WriteByte('\n')
			}
			golden(t, strings.TrimSuffix(file, ".jsonl")+".txt", text.String())
		})
	}
}

func readFile(t testing.TB, name string) []*Event {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	events, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what it was; go test -update writes it again. Now:\n%s", name, got)
	}
}

// A long operation is drawn with its beginning and its end; all of it on demand.
func TestLadderOfManyFiles(t *testing.T) {
	w := serve(t, practice.Options{})
	w.mustOpen(nil)
	w.op("mget *", func(ctx context.Context) error {
		for range 20 {
			if err := w.s.Noop(ctx); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	o, events := w.last()
	short, long := Ladder(o, events, Style{Width: 80}, false), Ladder(o, events, Style{Width: 80}, true)
	mustFit(t, short, 24, 80)
	if len(long) != 40+5 || !strings.Contains(strings.Join(short, "\n"), "22 more, `ladder --all`") {
		t.Errorf("%d lines, and in short\n%s", len(long), strings.Join(short, "\n"))
	}
}
