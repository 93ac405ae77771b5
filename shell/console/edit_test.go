//go:build unix

package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each row types keys after the prompt "> " and says what is on the screen then, ▏ being the cursor, and what the
// line is after Enter.
func TestEditing(t *testing.T) {
	const (
		home, end, left, right, del = "\x1b[1~", "\x1b[4~", "\x1b[D", "\x1b[C", "\x1b[3~"
		undo                        = "\x1f"
	)
	history := lines("open ftp.example.org", "get a.txt", "put 'my file'", "get b.txt", "ls -l /pub")
	for _, row := range []struct{ name, keys, screen, line string }{
		{"typing", "ls -l", "> ls -l▏", "ls -l"},
		{"in the middle", "gt a" + home + right + "e", "> ge▏t a", "get a"},
		{"Home and Delete", "xls" + home + del, "> ▏ls", "ls"},
		{"Delete on an empty line", del, "> ▏", ""},
		{"Ctrl-Space does nothing", "a\x00b", "> ab▏", "ab"},
		{"End", "ls" + home + end + "x", "> lsx▏", "lsx"},
		{"Ctrl-Left and Alt-d", "get größe.txt b\x1b[1;5D\x1b[1;5D\x1b[1;5D\x1bd", "> get ▏.txt b", "get .txt b"},
		{"Alt-b and Alt-f", "get abc def\x1bb\x1bb\x1bf!", "> get abc!▏ def", "get abc! def"},
		{"Escape, then b", "get abc\x1b\x1b[D!", "> get !▏abc", "get !abc"},
		{"Ctrl-W stops at blanks, Alt-Backspace at signs", "get a/b.c d/e.f\x17\x1b\x7f", "> get a/b.▏", "get a/b."},
		{"cuts in a row are one", "one two three\x17\x17\x19", "> one two three▏", "one two three"},
		{"Ctrl-U, Ctrl-Y", "abc\x15x\x19", "> xabc▏", "xabc"},
		{"Ctrl-K", "abc def" + home + "\x1bf\x0b", "> abc▏", "abc"},
		{"Alt-y", "aa\x15bb\x15\x19\x1by", "> aa▏", "aa"},
		{"Ctrl-T", "sl\x14", "> ls▏", "ls"},
		{"Alt-u", "get abc\x1bb\x1bu", "> get ABC▏", "get ABC"},
		{"undo a word", "get abc" + undo, "> get ▏", "get "},
		{"undo a cut", "get abc\x15" + undo, "> get abc▏", "get abc"},
		{"undo twice, then type", "a b" + undo + undo + "c", "> ac▏", "ac"},
		{"Ctrl-V inserts a tab", "a\x16\tb", "> a⇥b▏", "a\tb"},
		{"wide characters", "中文" + left + "x", "> 中x▏文", "中x文"},
		{"emoji of several code points", "a👩‍👩‍👧b" + left + left + "x", "> ax▏👩‍👩‍👧b", "ax👩‍👩‍👧b"},
		{"Backspace takes the whole emoji", "a👩‍👩‍👧\x7f", "> a▏", "a"},
		{"combining accent", "e\u0301x" + left + left + "y", "> y▏e\u0301x", "ye\u0301x"},
		{"paste of three lines", "\x1b[200~ls\npwd\r\nget a\n\x1b[201~", "> ls⏎pwd⏎get a▏", "ls\npwd\nget a"},
		{"Up", "\x1b[A", "> ls -l /pub▏", "ls -l /pub"},
		{"Up finds what starts the same", "get\x1b[A\x1b[A", "> get a.txt▏", "get a.txt"},
		{"Down comes back", "get\x1b[A\x1b[A\x1b[B\x1b[B", "> get▏", "get"},
		{"Alt-<", "\x1b<", "> open ftp.example.org▏", "open ftp.example.org"},
		{"Alt-.", "cat \x1b.", "> cat /pub▏", "cat /pub"},
		{"Alt-. again", "cat \x1b.\x1b.\x1b.", "> cat 'my file'▏", "cat 'my file'"},
		{"unknown sequences", "a\x1b[15~\x1b[99;5ub\x1b]11;rgb:0/0/0\x07", "> ab▏", "ab"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, 40, 10, Options{History: history})
			s.reads(t.Context(), "> ")
			s.typed(row.keys)
			s.cursor(row.screen)
			s.typed("\r")
			s.answered(row.line, nil)
		})
	}
}

func TestViKeys(t *testing.T) {
	for _, row := range []struct{ name, keys, line string }{
		{"insert", "ls", "ls"},
		{"Escape, I", "ls\x1bI\x16 x", " xls"},
		{"x", "lsx\x1bx", "ls"},
		{"2b dw", "get one two three\x1b2bdw", "get one three"},
		{"cw", "get one two\x1bbbcwall", "get all two"},
		{"dd", "abc\x1bddils", "ls"},
		{"D", "ls -l /pub\x1b0wD", "ls "},
		{"f and ;", "a.b.c.d\x1b0f.;x", "a.bc.d"},
		{"dt", "get one.txt\x1b0dt.", ".txt"},
		{"undo", "get one\x1bdbu", "get one"},
		{"p", "one two\x1bbdwp", "one two"},
		{"~", "abc\x1b0~~", "ABc"},
		{"r", "abc\x1brX", "abX"},
		{"k", "\x1bk", "ls -l"},
		{"arrow keys in normal mode", "abc\x1b\x1b[D\x1b[Dx", "bc"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, 40, 10, Options{Vi: true, History: lines("ls -l")})
			s.reads(t.Context(), "> ")
			// Escape is a key of its own only when nothing follows at once.
			for i, part := range strings.SplitAfter(row.keys, "\x1b") {
				if i > 0 && !strings.HasPrefix(part, "[") {
					s.until("normal mode", func(v *vt) bool { return v.shape == "2 " })
				}
				s.typed(part)
			}
			s.typed("\r")
			s.answered(row.line, nil)
		})
	}
}

func TestLongLineWrapsAndKeepsTheCursor(t *testing.T) {
	s := start(t, 20, 10, Options{})
	s.reads(t.Context(), "> ")
	s.typed(strings.Repeat("0123456789", 5))
	s.cursor("> 012345678901234567\n89012345678901234567\n890123456789▏")
	s.typed("\x01")
	s.cursor("> ▏012345678901234567\n89012345678901234567\n890123456789")
	s.typed("x")
	s.cursor("> x▏01234567890123456\n78901234567890123456\n7890123456789")
	s.typed("\x05\r")
	s.answered("x"+strings.Repeat("0123456789", 5), nil)
	s.shows("> x01234567890123456\n78901234567890123456\n7890123456789")
}

func TestLineThatFillsTheRow(t *testing.T) {
	s := start(t, 10, 5, Options{})
	s.reads(t.Context(), "> ")
	s.typed("12345678")
	s.cursor("> 12345678\n▏")
	s.typed("9\x7f\x7f")
	s.cursor("> 1234567▏")
	s.typed("中")
	s.cursor("> 1234567\n中▏")
	s.typed("\r")
	s.answered("1234567中", nil)
}

func TestLineLongerThanTheScreen(t *testing.T) {
	s := start(t, 10, 3, Options{})
	s.reads(t.Context(), "> ")
	long := strings.Repeat("abcdefghij", 6)
	s.typed(long)
	s.until("the end", func(v *vt) bool { return strings.HasSuffix(v.text(), "ij") && v.row == 2 })
	s.typed("\x01")
	s.until("the start", func(v *vt) bool { return strings.HasPrefix(v.text(), "> abcdefgh") && v.row == 0 })
	s.typed("\x05\r")
	s.answered(long, nil)
}

func TestInterruptAndEnd(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.reads(t.Context(), "> ")
	s.typed("half\x03")
	s.answered("", ErrInterrupt)
	s.reads(t.Context(), "2> ")
	s.typed("\x04")
	s.answered("", io.EOF)
	s.reads(t.Context(), "3> ") // Ctrl-D is not the end of the terminal
	s.typed("ls\r")
	s.answered("ls", nil)
	s.shows("> half^C\n2>\n3> ls")
}

func TestCancelledContext(t *testing.T) {
	s := start(t, 40, 10, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	s.reads(ctx, "> ")
	cancel()
	s.answered("", context.Canceled)
	s.reads(t.Context(), "> ")
	s.typed("ls\r")
	s.answered("ls", nil)
}

func TestCloseWhileReading(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.reads(t.Context(), "> ")
	s.typed("half")
	s.shows("> half")
	s.c.Close()
	s.answered("", io.EOF)
	s.until("cooked mode", func(v *vt) bool { return !v.modes["?2004"] })
	if _, err := s.c.ReadLine(t.Context(), "> "); !errors.Is(err, io.EOF) {
		t.Fatalf("after Close: %v", err)
	}
}

func TestTerminalGoesAway(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.reads(t.Context(), "> ")
	s.typed("rm *")
	s.shows("> rm *")
	s.master.Close()
	s.answered("", io.EOF)
}

func TestPromptOfTwoRowsWithColours(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.reads(t.Context(), "\x1b]133;A\x07\x1b[1;32mdemo\x1b[0m /pub\n\x1b[34m>\x1b[m ")
	s.typed("ls\x1b[D")
	s.cursor("demo /pub\n> l▏s")
	s.typed("\r")
	s.answered("ls", nil)
}

func TestRightPrompt(t *testing.T) {
	s := start(t, 20, 10, Options{})
	s.reads(t.Context(), "one\n> \t\x1b[90m2 jobs\x1b[m")
	s.cursor("one\n> ▏           2 jobs")
	s.typed("12345678901")
	s.cursor("one\n> 12345678901▏")
	s.typed("\x7f\x7f")
	s.cursor("one\n> 123456789▏  2 jobs")
	s.typed("\r")
	s.answered("123456789", nil)
	s.shows("one\n> 123456789")
}

func TestTypedAhead(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.reads(t.Context(), "> ")
	s.typed("ls\rpwd\r")
	s.answered("ls", nil)
	s.reads(t.Context(), "> ")
	s.answered("pwd", nil)
}

func TestUnbracketedPasteIsCheap(t *testing.T) {
	s := start(t, 80, 24, Options{})
	s.reads(t.Context(), "> ")
	long := strings.Repeat("0123456789", 100)
	s.typed("\x1b[200~" + long + "\x1b[201~\r")
	s.answered(long, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written > 3*len(long) {
		t.Errorf("%d characters took %d bytes", len(long), s.written)
	}
}

func TestSuggestionIsTakenWithRight(t *testing.T) {
	suggest := func(line string) string {
		if rest, ok := strings.CutPrefix("get report.txt -o x", line); ok {
			return rest
		}
		return ""
	}
	s := start(t, 40, 10, Options{Suggest: suggest})
	s.reads(t.Context(), "> ")
	s.typed("get r")
	s.cursor("> get r▏eport.txt -o x")
	s.typed("\x1bf")
	s.typed("!")
	s.cursor("> get report.txt!▏")
	s.typed("\x7f")
	s.cursor("> get report.txt▏ -o x")
	s.typed("\x1b[C")
	s.cursor("> get report.txt -o x▏")
	s.typed("\r")
	s.answered("get report.txt -o x", nil)
}

func TestSuggestionNotTakenIsErased(t *testing.T) {
	s := start(t, 40, 10, Options{Suggest: func(string) string { return " -l" }, Hint: func(string) string { return "lists" }})
	s.reads(t.Context(), "> ")
	s.typed("ls")
	s.cursor("> ls▏ -l\nlists")
	s.typed("\r")
	s.answered("ls", nil)
	s.shows("> ls")
}

func TestHighlightChangesNoText(t *testing.T) {
	highlight := func(line string) string { return "\x1b[31m" + line + "\x1b[0m" }
	s := start(t, 40, 10, Options{Highlight: highlight})
	s.reads(t.Context(), "> ")
	s.typed("foo bar\x1b[D\x1b[D")
	s.cursor("> foo b▏ar")
	s.typed("\r")
	s.answered("foo bar", nil)
}

func TestSearch(t *testing.T) {
	history := lines("get one.txt", "ls", "get two.txt", "put Three.txt", "ls")
	s := start(t, 40, 10, Options{History: history})
	s.reads(t.Context(), "> ")
	s.typed("half\x12get")
	s.cursor("> get two.txt\nsearch: get▏\n  get one.txt")
	s.typed("\x12")
	s.cursor("> get one.txt\nsearch: get▏")
	s.typed("\x13\x05 -c")
	s.cursor("> get two.txt -c▏")
	s.typed("\x12zzz")
	s.cursor(">\nsearch: zzz▏  nothing found")
	s.typed("\x03")
	s.cursor("> get two.txt -c▏")
	s.typed("\x12three\r")
	s.answered("put Three.txt", nil)
	s.shows("> put Three.txt")
}

func TestOutputAppearsAboveTheLine(t *testing.T) {
	s := start(t, 20, 10, Options{})
	s.reads(t.Context(), "> ")
	s.typed("get a-long-name-that-wraps")
	s.cursor("> get a-long-name-th\nat-wraps▏")
	fmt.Fprint(s.c.Out(), "[1] done")
	fmt.Fprint(s.c.Out(), ": x\n[2] do")
	s.cursor("[1] done: x\n> get a-long-name-th\nat-wraps▏")
	fmt.Fprintln(s.c.Err(), "ne: y")
	s.cursor("[1] done: x\n[2] done: y\n> get a-long-name-th\nat-wraps▏")
	s.typed("!\r")
	s.answered("get a-long-name-that-wraps!", nil)
}

func TestStatus(t *testing.T) {
	s := start(t, 20, 10, Options{})
	s.c.Status("50% of a long name of a file\x1b[2J\n")
	s.shows("50% of a long name…")
	fmt.Fprintln(s.c.Out(), "one")
	s.shows("one\n50% of a long name…")
	s.c.Status("\x1b[32m60%\x1b[m\x07")
	s.shows("one\n60%^G")
	s.reads(t.Context(), "> ")
	s.typed("ls")
	s.cursor("one\n> ls▏\n60%^G")
	s.typed("\r")
	s.answered("ls", nil)
	s.c.Status("")
	s.shows("one\n> ls")
}

func TestPromptAfterHalfALine(t *testing.T) {
	s := start(t, 20, 10, Options{})
	fmt.Fprint(s.c.Out(), "no line end")
	s.reads(t.Context(), "> ")
	s.cursor("no line end\n> ▏")
	s.typed("\r")
	s.answered("", nil)
}

// A job may have a question left when the prompt comes back.
func TestQuestionsTakeTurns(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.asksKey(t.Context(), "replace? ", "yn")
	prompted := make(chan struct{})
	lines := make(chan string, 1)
	go func() {
		close(prompted)
		line, err := s.c.ReadLine(t.Context(), "> ")
		if err != nil {
			t.Error(err)
		}
		lines <- line
	}()
	<-prompted
	s.typed("y\r")
	s.answered("y", nil)
	s.cursor("replace? y\n> ▏")
	s.typed("ls\r")
	select {
	case line := <-lines:
		if line != "ls" {
			t.Errorf("the line is %q", line)
		}
	case <-time.After(patience):
		t.Error("the prompt does not answer")
	}
}

func TestAskKey(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.asksKey(t.Context(), "delete? ", "ynapq?")
	s.typed("x\r")
	s.shows("delete? x\ndelete?")
	s.typed("A\r")
	s.answered("a", nil)
	s.shows("delete? x\ndelete? A")
	s.asksKey(t.Context(), "delete? ", "Yn")
	s.shows("delete? x\ndelete? A\ndelete?")
	s.typed("\r")
	s.answered("y", nil)
	s.asksKey(t.Context(), "delete? ", "yn")
	s.shows("delete? x\ndelete? A\ndelete?\ndelete?")
	s.typed("\x03")
	s.answered("\x00", ErrInterrupt)
}

// TestLongQuestion: a question breaks between its words, and the answer stands behind it.
func TestLongQuestion(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.asksKey(t.Context(), "delete 15 files and 3 directories, and keep 6? [y/n] ", "yn")
	s.cursor("delete 15 files and 3 directories, and\nkeep 6? [y/n] ▏")
	s.typed("n\r")
	s.shows("delete 15 files and 3 directories, and\nkeep 6? [y/n] n")
	s.answered("n", nil)
}

func TestSecretLeavesNoTrace(t *testing.T) {
	s := start(t, 40, 10, Options{History: lines("old")})
	s.asks(func() (string, error) { return s.c.ReadSecret(t.Context(), "Password: ") })
	s.typed("hunter\x7f\x7f")
	s.typed("er2\x1b[A\x17")
	s.cursor("Password: ▏")
	s.typed("\r")
	s.answered("hunter2", nil)
	s.reads(t.Context(), "> ")
	s.typed("\x19\x1f") // neither yank nor undo bring it back
	s.typed("x")
	s.cursor("Password:\n> x▏")
	s.typed("\r")
	s.answered("x", nil)
}

func TestClearScreen(t *testing.T) {
	s := start(t, 40, 10, Options{})
	fmt.Fprintln(s.c.Out(), "old")
	s.reads(t.Context(), "> ")
	s.typed("half\x0c")
	s.cursor("> half▏")
	s.typed("\r")
	s.answered("half", nil)
}

func TestTitleHoldsNoControlCharacters(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.c.Title("demo\x07\x1b]0;evil\x1b\\ /pub\u202e")
	s.until("title", func(v *vt) bool { return v.title == "demo]0;evil\\ /pub" })
}

func TestBell(t *testing.T) {
	s := start(t, 40, 10, Options{})
	s.c.Bell()
	s.until("bell", func(v *vt) bool { return v.bells == 1 })
}

// BenchmarkKeystroke measures from a key to its sight on the screen, while another goroutine moves a status line and
// writes lines.
func BenchmarkKeystroke(b *testing.B) {
	s := start(b, 80, 24, Options{
		Highlight: func(line string) string { return "\x1b[32m" + line + "\x1b[m" },
		Suggest:   func(string) string { return "suggested" },
	})
	s.reads(b.Context(), "> ")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticks := time.NewTicker(10 * time.Millisecond)
		defer ticks.Stop()
		for i := 0; ; i++ {
			select {
			case <-ticks.C:
				s.c.Status(fmt.Sprint("progress ", i))
				fmt.Fprintln(s.c.Out(), "line", i)
			case <-stop:
				return
			}
		}
	}()
	var times []time.Duration
	line := ""
	for b.Loop() {
		if len(line) == 60 {
			s.typed("\x15")
			line = ""
		}
		line += string(rune('a' + len(line)%26))
		began := time.Now()
		s.typed(line[len(line)-1:])
		s.until("key", func(v *vt) bool {
			return strings.Contains(v.text(), "\n> "+line+"sugg") || strings.HasPrefix(v.text(), "> "+line+"sugg")
		})
		times = append(times, time.Since(began))
	}
	close(stop)
	<-stopped
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
}
