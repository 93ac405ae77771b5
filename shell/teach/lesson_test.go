package teach

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	askedPasv = &Event{Seq: 2, Op: 1, Ev: Sent, Conn: "C", Line: "PASV", Verb: "PASV", Src: "user"}
	gotPasv   = &Event{Seq: 3, Op: 1, Ev: Replied, Conn: "C", Verb: "PASV", Code: "227", Lines: []string{"227 Entering (127,0,0,1,201,33)."}, Final: true, To: 2}
	connected = &Event{Seq: 4, Op: 2, Ev: TCPConnect, Conn: "D1", Local: "127.0.0.1:40000", Remote: "127.0.0.1:51489"}
	ended     = &Event{Seq: 5, Op: 2, Ev: DataEnd, Conn: "D1", Dir: "<", Bytes: 387, EOF: "close", Type: "listing"}
)

func TestChecks(t *testing.T) {
	events := []*Event{askedPasv, gotPasv, connected, ended}
	five := int64(5)
	file := func(name string) ([]byte, error) {
		if name == "there" {
			return []byte("hello"), nil
		}
		return nil, errors.New("not there")
	}
	for _, row := range []struct {
		name   string
		check  Check
		answer string
		want   bool
	}{
		{"a field", Check{Seen: Pattern{"ev": "cmd", "src": "user"}}, "", true},
		{"another value", Check{Seen: Pattern{"ev": "cmd", "src": "auto"}}, "", false},
		{"a beginning", Check{Seen: Pattern{"conn": "D*"}}, "", true},
		{"a middle, in the first line", Check{Seen: Pattern{"lines": "*201,33*"}}, "", true},
		{"more than", Check{Seen: Pattern{"bytes": ">386"}}, "", true},
		{"not more than", Check{Seen: Pattern{"bytes": ">387"}}, "", false},
		{"less than", Check{Seen: Pattern{"bytes": "<388"}}, "", true},
		{"a number", Check{Seen: Pattern{"bytes": 387.0}}, "", true},
		{"alternatives", Check{Seen: Pattern{"code": []any{"229", "227"}}}, "", true},
		{"a field that is missing is false", Check{Seen: Pattern{"ev": "data.end", "enc": false}}, "", true},
		{"in order", Check{InOrder: []Pattern{{"verb": "PASV"}, {"conn": "D1"}}}, "", true},
		{"in another order", Check{InOrder: []Pattern{{"conn": "D1"}, {"verb": "PASV"}}}, "", false},
		{"one event is not two", Check{InOrder: []Pattern{{"ev": "cmd"}, {"ev": "cmd"}}}, "", false},
		{"in one command", Check{SameOp: []Pattern{{"conn": "D1"}, {"ev": "data.end"}}}, "", true},
		{"not in one command", Check{SameOp: []Pattern{{"verb": "PASV"}, {"ev": "data.end"}}}, "", false},
		{"all", Check{All: []Check{{Seen: Pattern{"ev": "cmd"}}, {Seen: Pattern{"ev": "dns"}}}}, "", false},
		{"any", Check{Any: []Check{{Seen: Pattern{"ev": "cmd"}}, {Seen: Pattern{"ev": "dns"}}}}, "", true},
		{"not", Check{Not: &Check{Seen: Pattern{"ev": "dns"}}}, "", true},
		{"a computed answer", Check{Answer: &Answer{Value: "passive.port", Of: Pattern{"code": "227"}}}, " 51489. ", true},
		{"a wrong one", Check{Answer: &Answer{Value: "passive.port", Of: Pattern{"code": "227"}}}, "51490", false},
		{"no answer yet", Check{Answer: &Answer{Value: "passive.port", Of: Pattern{"code": "227"}}}, "", false},
		{"nothing to compute from", Check{Answer: &Answer{Value: "passive.port", Of: Pattern{"code": "229"}}}, "0", false},
		{"a count", Check{Answer: &Answer{Value: "count", Of: Pattern{"conn": "D*"}}}, "2", true},
		{"a difference", Check{Answer: &Answer{Value: "bytes", Of: Pattern{"ev": "data.end"}, Minus: &Answer{Value: "code", Of: Pattern{"ev": "reply"}}}}, "160", true},
		{"words", Check{Answer: &Answer{Is: []string{"the server"}}}, "It is THE server!", true},
		{"a part of a word", Check{Answer: &Answer{Is: []string{"serve"}}}, "server", false},
		{"a file", Check{File: &FileIs{Where: "local", Name: "there", Size: &five}}, "", true},
		{"a file by its hash", Check{File: &FileIs{Where: "server", Name: "there", SHA256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}}, "", true},
		{"another hash", Check{File: &FileIs{Where: "local", Name: "there", SHA256: strings.Repeat("0", 64)}}, "", false},
		{"no file", Check{File: &FileIs{Where: "local", Name: "gone"}}, "", false},
		{"no file, as wanted", Check{File: &FileIs{Where: "local", Name: "gone", Absent: true}}, "", true},
		{"nothing at all", Check{}, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := &Attempt{Events: events, Answer: row.answer, Local: file, Server: file}
			if got := row.check.Passes(a); got != row.want {
				t.Errorf("got %v", got)
			}
			if row.check.wantsAnswer() || row.check.looksAtFiles() {
				return
			}
			see, passes := row.check.follow(&Attempt{})
			for n := range len(events) + 1 {
				if got, want := passes(), row.check.Passes(&Attempt{Events: events[:n]}); got != want {
					t.Errorf("followed through %d events: %v, want %v", n, got, want)
				}
				if n < len(events) {
					see(events[n])
				}
			}
		})
	}
}

// TestPlayedIsLinear: a recording of a long session is looked through once. Looked through again at each command, this one would
// take a day.
func TestPlayedIsLinear(t *testing.T) {
	t.Parallel()
	var events []*Event
	for op := range 10_000 {
		events = append(events, &Event{Op: op + 1, Ev: OpStart})
	}
	events = append(events, &Event{Op: 10_000, Ev: Sent, Verb: "PASV"})
	l := &Lesson{Steps: []Step{
		{Check: Check{SameOp: []Pattern{{"ev": "op.start"}, {"verb": "PASV"}}}},
		{Check: Check{Any: []Check{{Seen: Pattern{"verb": "EPSV"}}, {Not: &Check{InOrder: []Pattern{{"verb": "PASV"}}}}}}},
	}}
	if got := l.Played(events); got != 2 {
		t.Errorf("%d steps of 2", got)
	}
	if got := l.Played(events[:10_000]); got != 0 {
		t.Errorf("%d steps of none", got)
	}
}

func TestLintNames(t *testing.T) {
	l, err := ParseLesson([]byte(`{"id":"x","title":"","objective":"","server":{"tls":"maybe"},"forbid":{"doctor":9},"steps":[
		{"id":"a","text":["` + strings.Repeat("long ", 20) + `"],"check":{"seen":{"ev":"cmd"},"any":[{"seen":{"typo":1}}]},"hints":["one"],
		 "wrong":[{"check":{"answer":{}},"say":""},{"check":{"not":{"seen":{"ev":"cmd"}}},"say":"send one"}],"server":{"faults":["nonsense"]},"solution":[],"negative":["x"]},
		{"id":"a","text":["x"],"check":{"answer":{"value":"colour","of":{}}},"hints":["1","2"],"solution":["x"],"negative":["x"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	problems := strings.Join(l.Lint(), "\n")
	for _, want := range []string{
		"title and an objective", `"maybe" is not one of`, "doctor is allowed from step 9", "this one has 2", `no field "typo"`,
		"two hints", "an answer needs is or value", "needs something to say", "before anything was done: send one", `fault "nonsense" is unknown`, "no solution",
		"too many for a line", "one of its own", `no value "colour"`,
	} {
		if !strings.Contains(problems, want) {
			t.Errorf("lint does not say %q:\n%s", want, problems)
		}
	}
}

func TestDrawnIsTheSameForAClass(t *testing.T) {
	all, err := Lessons("")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(l *Lesson) bool { return l.Draw > 0 })
	if at < 0 {
		t.Fatal("no lesson draws its steps")
	}
	l := all[at]
	ids := func(seed int64) (ids []string) {
		for _, s := range l.Drawn(seed).Steps {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if !slices.Equal(ids(1), ids(1)) || len(ids(1)) != l.Draw {
		t.Errorf("seed 1 draws %v, then %v", ids(1), ids(1))
	}
	if slices.Equal(ids(1), ids(2)) && slices.Equal(ids(2), ids(3)) {
		t.Error("every seed draws the same")
	}
}

func TestProgressIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "lessons.json")
	p, err := OpenProgress(file)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	s := p.Of("hello").Of("greeting", now)
	s.Done, s.Commands, s.Hints, s.Ended = true, 3, 1, now.Add(90*time.Second)
	p.Of("hello").Next = 1
	if err := p.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenProgress(file)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := Lessons("")
	r := again.Report(all)[0]
	if r.State != "begun" || r.Done != 1 || r.Steps[0].Seconds != 90 || r.Steps[0].Hints != 1 || r.Steps[1].State != "open" {
		t.Errorf("%+v", r)
	}
	if info, err := os.Stat(file); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(file, []byte("not json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenProgress(file); err == nil {
		t.Error("a broken file is taken for progress")
	}
}

func TestReportIsInert(t *testing.T) {
	var page bytes.Buffer
	report := []LessonReport{{Title: "<script>alert(1)</script>", State: "done", Steps: []StepReport{{Step: `"><img src=x>`, State: "done"}}}}
	if err := WriteReport(&page, "<b>Eve</b>", time.Now(), report); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "<b>", "http://", "https://"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

func FuzzParseLesson(f *testing.F) {
	f.Add([]byte(`{"id":"a","steps":[{"id":"b","check":{"seen":{"code":"2*","bytes":">1"}}}]}`))
	f.Add([]byte(`{"id":"a","steps":[{"check":{"all":[{"in_order":[{"ev":"cmd"}]},{"not":{"answer":{"value":"code","of":{}}}}]}}]}`))
	f.Add([]byte(`{"id":"a","server":{"faults":["cut=1"],"random":{"x":3}},"steps":[{"check":{"file":{"where":"local"}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ParseLesson(text)
		if err != nil {
			return
		}
		l.Lint()
		for i := range l.Steps {
			l.Steps[i].Check.Passes(&Attempt{Events: []*Event{askedPasv, gotPasv, connected, ended}, Answer: "1"})
		}
	})
}
