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
		{"letters narrow it", "get r\t\t1", "> get report-1▏\nreport-1.txt 12 kB"},
		{"and wide again", "get r\t\t1\x7f", "> get report-▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"what fits no more goes", "get r\t\t7", "> get report-7▏"},
		{"a blank ends it", "get r\t\t1 ", "> get report-1 ▏"},
		{"Tab after letters", "get r\t\t1\t", "> get report-1.txt ▏"},
		{"Tab again chooses", "get r\t\t\t", "> get report-1.txt▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"and the next", "get r\t\t\t\t", "> get report-2.txt▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"and the first again", "get r\t\t\t\t\t", "> get report-1.txt▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"Shift-Tab goes back", "get r\t\t\x1b[Z", "> get report-2.txt▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"arrows", "get r\t\t\x1b[B\x1b[C", "> get report-2.txt▏\nreport-1.txt 12 kB  report-2.txt 3 MB"},
		{"Enter takes it", "get r\t\t\x1b[B\r", "> get report-1.txt ▏"},
		{"a letter takes it and follows", "get r\t\t\tx", "> get report-1.txtx▏"},
		{"Escape gives back what was typed", "get r\t\t\t\x07", "> get report-▏"},
		{"undo, too", "get r\t\t\t\r\x1f", "> get report-▏"},
		{"never half a character", "get g\t", "> get größ▏"},
		{"never half an escape", "get a\t", "> get a▏\n" + `a\ b  a\ c  a\\x`},
		{"blank that already exists", "get m b\x1b[D\x1b[D\t", "> get 'my file' ▏b"},
		{"nothing", "get zzz\t", "> get zzz▏"},
		{"undo", "get m\t\x1f", "> get m▏"},
		{"control characters are shown", "get evi\t", "> get evi▏\nevil^[[2J  evim"},
		{"Enter right after Tab", "get m\t\r", "> get 'my file'\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
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

func TestLongMenuScrolls(t *testing.T) {
	var names []Candidate
	for i := range 300 {
		names = append(names, Candidate{Text: fmt.Sprintf("f%03d", i)})
	}
	s := start(t, 60, 10, Options{Complete: completes(names...)})
	s.reads(t.Context(), "> ")
	s.typed("get f\t")
	s.cursor("> get f▏\n" + rowsOf(0, 8) + "rows 1 to 8 of 30")
	s.typed("\x1b[6~\x1b[6~") // PageDown
	s.cursor("> get f015▏\n" + rowsOf(8, 8) + "rows 9 to 16 of 30")
	s.typed("\x1b[Z\x1b[Z\x1b[Z\x1b[Z\x1b[Z\x1b[Z\x1b[Z\x1b[Z")
	s.cursor("> get f007▏\n" + rowsOf(7, 8) + "rows 8 to 15 of 30")
	s.typed("\x03")
	s.cursor("> get f▏")
	s.typed("\t29")
	s.cursor("> get f29▏\nf290  f291  f292  f293  f294  f295  f296  f297  f298  f299")
	s.typed("9\t\r")
	s.answered("get f299 ", nil)
}

// rowsOf are rows of the menu of 300 names on 60 columns.
func rowsOf(first, n int) (rows string) {
	for row := first; row < first+n; row++ {
		var names []string
		for i := row; i < 300; i += 30 {
			names = append(names, fmt.Sprintf("f%03d", i))
		}
		rows += strings.Join(names, "  ") + "\n"
	}
	return rows
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

// What a completion uses is free for the reader of the line.
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
			if got := textOf((&menu{found: found, chosen: -1}).rows(row.width, 10)); got != row.want {
				t.Errorf("got\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

// TestMenuShowsNotesOfTheChosen: where there is no room for all notes, the last row has that of the chosen one.
func TestMenuShowsNotesOfTheChosen(t *testing.T) {
	var names []Candidate
	for i := range 40 {
		names = append(names, Candidate{Text: fmt.Sprintf("--option-%02d", i), Note: fmt.Sprintf("what the long option %d is good for", i)})
	}
	s := start(t, 60, 14, Options{Complete: completes(names...)})
	s.reads(t.Context(), "> ")
	s.typed("ls --\t\t\x1b[B\x1b[B")
	s.until("the note", func(v *vt) bool { return strings.HasSuffix(v.text(), "\nwhat the long option 1 is good for") })
}

// TestMenuFollowsTheScreen: after a resize the menu has the columns of the new width.
func TestMenuFollowsTheScreen(t *testing.T) {
	m := &menu{found: Completion{Candidates: []Candidate{{Text: "aaaa"}, {Text: "bbbb"}, {Text: "cccc"}}}, chosen: 1}
	for _, row := range []struct {
		columns int
		want    string
	}{{20, "aaaa  bbbb  cccc"}, {12, "aaaa  cccc\nbbbb"}, {6, "aaaa\nbbbb\ncccc"}, {40, "aaaa  bbbb  cccc"}} {
		if got := textOf(m.rows(row.columns, 10)); got != row.want {
			t.Errorf("%d columns:\n%s\nwant\n%s", row.columns, got, row.want)
		}
	}
}

// TestAsides: what leaves the line for a while finds it again.
func TestAsides(t *testing.T) {
	var c *Console
	explained := make(chan string, 1)
	s := start(t, 60, 10, Options{
		Help: func(line string, pos int) {
			explained <- fmt.Sprint(line, " ", pos)
			fmt.Fprintln(c.Out(), "this is help")
		},
		Edit: func(line string) string { return line + " more" },
	})
	c = s.c
	s.reads(t.Context(), "> ")
	for i, key := range []string{"\x1bOP", "\x1b[11~", "\x1bh", "\x1b[[A"} {
		s.typed("\x05\x15get x\x02" + key)
		if got := <-explained; got != "get x 4" {
			t.Errorf("explained %q", got)
		}
		s.until("help above the line", func(v *vt) bool {
			return withCursor(v) == strings.Repeat("this is help\n", i+1)+"> get ▏x"
		})
	}
	s.typed("\x18\x05")
	s.until("the edited line", func(v *vt) bool { return strings.HasSuffix(withCursor(v), "\n> get x more▏") })
	s.typed("\x1f")
	s.until("the line before it", func(v *vt) bool { return strings.HasSuffix(withCursor(v), "\n> get ▏x") })
	s.typed("\r")
	s.answered("get x", nil)
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
		(&menu{found: found, chosen: -1}).rows(80, 24)
	}
}

func manyFiles(n int) Completion {
	var found Completion
	for i := range n {
		found.Candidates = append(found.Candidates, Candidate{Text: fmt.Sprintf("%06d-some-file-name.csv", i)})
	}
	return found
}
