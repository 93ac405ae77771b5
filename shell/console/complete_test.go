//go:build unix

package console

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// completes replaces the word before the cursor by one of names.
func completes(names ...Candidate) func(context.Context, string, int) Completion {
	return func(_ context.Context, line string, pos int) Completion {
		start := strings.LastIndexByte(line[:pos], ' ') + 1
		found := Completion{Start: start, End: pos}
		for _, c := range names {
			if strings.HasPrefix(strings.Trim(c.Text, "'"), line[start:pos]) {
				found.Candidates = append(found.Candidates, c)
			}
		}
		return found
	}
}

func TestCompletion(t *testing.T) {
	names := []Candidate{
		{Text: "'my file'", Shown: "my file"},
		{Text: "pub/", Open: true},
		{Text: "report-1.txt", Note: "12 kB"},
		{Text: "report-2.txt", Note: "3 MB"},
		{Text: "größe.txt"},
		{Text: "größt.txt"},
		{Text: `a\ b`},
		{Text: `a\ c`},
		{Text: `a\\x`},
		{Text: "evil\x1b[2J"},
		{Text: "evim"},
	}
	for _, row := range []struct{ name, keys, screen string }{
		{"replaces what was typed", "get m\t", "> get 'my file' ▏"},
		{"directory stays open", "ls p\t", "> ls pub/▏"},
		{"common part first", "get r\t", "> get report-▏"},
		{"then the list, with notes", "get r\t\t", "> get report-▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"list goes with the next key", "get r\t\t1", "> get report-1▏"},
		{"never half a character", "get g\t", "> get größ▏"},
		{"never half an escape", "get a\t\x01\x05", "> get a▏\n" + `a\ b  a\ c  a\\x`},
		{"blank that is there already", "get m b\x1b[D\x1b[D\t", "> get 'my file' ▏b"},
		{"nothing", "get zzz\t", "> get zzz▏"},
		{"undo", "get m\t\x1f", "> get m▏"},
		{"control characters are shown", "get evi\t", "> get evi▏\nevil^[[2J  evim"},
		{"Enter right after Tab", "get m\t\r", "> get 'my file'\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.name == "never half an escape" {
				row.keys = "get a\t" // the list is still there
			}
			s := start(t, 60, 10, Options{Complete: completes(names...)})
			s.reads(t.Context(), "> ")
			s.typed(row.keys)
			if line, entered := strings.CutSuffix(row.screen, "\n"); entered {
				s.answered("get 'my file' ", nil)
				s.shows(line)
				return
			}
			s.cursor(row.screen)
		})
	}
}

func TestLongListIsAskedFor(t *testing.T) {
	var names []Candidate
	for i := range 300 {
		names = append(names, Candidate{Text: fmt.Sprintf("f%03d", i)})
	}
	s := start(t, 60, 10, Options{Complete: completes(names...)})
	s.reads(t.Context(), "> ")
	s.typed("get f\t")
	s.cursor("> get f▏\nlist all 300? (y/n)")
	s.typed("n")
	s.cursor("> get f▏")
	s.typed("\t")
	s.cursor("> get f▏\nlist all 300? (y/n)")
	s.typed("0")
	s.cursor("> get f0▏")
	s.typed("\x7f\ty")
	s.until("the end of the list", func(v *vt) bool { return strings.HasSuffix(withCursor(v), "f299\n> get f▏") })
	s.typed("001\r")
	s.answered("get f001", nil)
}

func TestWhatIsSharedWithNamesLeftOut(t *testing.T) {
	s := start(t, 60, 10, Options{Complete: func(_ context.Context, _ string, pos int) Completion {
		return Completion{End: pos, Candidates: []Candidate{{Text: "file-1"}, {Text: "file-2"}}, Common: "file", More: 100_000}
	}})
	s.reads(t.Context(), "> ")
	s.typed("f\t")
	s.cursor("> file▏")
	s.typed("\r")
	s.answered("file", nil)
}

func TestListSaysWhatIsMissing(t *testing.T) {
	s := start(t, 60, 10, Options{Complete: func(_ context.Context, _ string, pos int) Completion {
		return Completion{End: pos, Candidates: []Candidate{{Text: "aa"}, {Text: "ab"}}, More: 7}
	}})
	s.reads(t.Context(), "> ")
	s.typed("\t")
	s.cursor("> ▏\naa  ab\n… and 7 more")
}

// slow is a completer whose answer waits for the test, or for its context.
type slow struct {
	asked, ended chan struct{}
	answer       chan Completion
}

func newSlow() *slow {
	return &slow{make(chan struct{}, 9), make(chan struct{}, 9), make(chan Completion)}
}

func (s *slow) complete(ctx context.Context, _ string, _ int) Completion {
	s.asked <- struct{}{}
	select {
	case c := <-s.answer:
		return c
	case <-ctx.Done():
		s.ended <- struct{}{}
		return Completion{}
	}
}

func TestSlowCompletion(t *testing.T) {
	slow := newSlow()
	s := start(t, 60, 10, Options{Complete: slow.complete})
	s.reads(t.Context(), "> ")
	s.typed("get m\t")
	<-slow.asked
	s.until("spinner", func(v *vt) bool { return strings.Contains(v.text(), "completing, Ctrl-C stops") })
	slow.answer <- Completion{Start: 4, End: 5, Candidates: []Candidate{{Text: "'my file'"}}}
	s.cursor("> get 'my file' ▏")

	s.typed("\t")
	<-slow.asked
	s.typed("\x03") // stops the completion, not the line
	<-slow.ended
	s.cursor("> get 'my file' ▏")

	s.typed("\t")
	<-slow.asked
	s.typed("x") // typing goes on; the answer would be about another line
	<-slow.ended
	s.cursor("> get 'my file' x▏")

	s.typed("\t")
	<-slow.asked
	s.typed("\r")
	<-slow.ended
	s.answered("get 'my file' x", nil)
}

// What a completion uses is free for whoever gets the line.
func TestLineWaitsForItsCompletions(t *testing.T) {
	asked, stopped, free := make(chan struct{}), make(chan struct{}), make(chan struct{})
	ended := false
	s := start(t, 60, 10, Options{Complete: func(ctx context.Context, _ string, _ int) Completion {
		close(asked)
		<-ctx.Done()
		close(stopped)
		<-free
		ended = true
		return Completion{}
	}})
	s.reads(t.Context(), "> ")
	s.typed("get m\t")
	<-asked
	s.typed("\r")
	<-stopped
	s.cursor("> get m\n▏")
	select {
	case <-s.answers:
		t.Error("the line was given back while a completion went on")
	default:
	}
	close(free)
	s.answered("get m", nil)
	if !ended {
		t.Error("the completion goes on")
	}
}

func TestCloseWhileCompleting(t *testing.T) {
	slow := newSlow()
	s := start(t, 60, 10, Options{Complete: slow.complete})
	s.reads(t.Context(), "> ")
	s.typed("get m\t")
	<-slow.asked
	s.c.Close()
	<-slow.ended
}

func TestColumns(t *testing.T) {
	for _, row := range []struct {
		name  string
		names string
		width int
		want  string
	}{
		{"downwards", "a b c d e", 12, "a  c  e\nb  d"},
		{"one too wide for two", "aaaaaaaaaa bb", 12, "aaaaaaaaaa\nbb"},
		{"wide characters", "中文 b 日本語 d", 16, "中文  日本語\nb     d"},
		{"wider than the screen", "aaaaaaaaaaaaaaaa b", 10, "aaaaaaaa…\nb"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var found Completion
			for name := range strings.FieldsSeq(row.names) {
				found.Candidates = append(found.Candidates, Candidate{Text: name})
			}
			if got := textOf(menu(found, row.width, 10)); got != row.want {
				t.Errorf("got\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

// BenchmarkTab100000 is what Tab does with that many candidates, and BenchmarkList what y does after it.
func BenchmarkTab100000(b *testing.B) {
	found := manyFiles(100_000)
	for b.Loop() {
		e := &editor{}
		e.apply(found)
	}
}

func BenchmarkList(b *testing.B) {
	found := manyFiles(listedAtMost)
	for b.Loop() {
		menu(found, 80, 24)
	}
}

func manyFiles(n int) Completion {
	var found Completion
	for i := range n {
		found.Candidates = append(found.Candidates, Candidate{Text: fmt.Sprintf("%06d-some-file-name.csv", i)})
	}
	return found
}
