package console

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
)

var pieces = []string{"a", "bc", " ", "中", "👩‍👩‍👧", "e\u0301", "\n", "\x1b[31m", "\x1b[m", "0123456789", "é", "x"}

// Drawing what differs must show the same as drawing all of it, wherever rows wrap.
func TestDrawingADifferenceShowsTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, columns := range []int{2, 3, 7, 10, 20} {
		const height = 30
		incremental := newVT(columns, height)
		s := &screen{w: writes(incremental.write)}
		for step := range 2000 {
			var text strings.Builder
			for range random.IntN(8) {
				text.WriteString(pieces[random.IntN(len(pieces))])
			}
			cells := styled(text.String())
			cursor := random.IntN(len(cells) + 1)
			f := layout(cells, cursor, columns)
			if random.IntN(10) == 0 {
				s.erase()
			}
			s.draw(f)
			whole := newVT(columns, height)
			(&screen{w: writes(whole.write)}).draw(f)
			if got, want := withCursor(incremental), withCursor(whole); got != want {
				t.Fatalf("%d columns, step %d, %q:\n%s\nwant\n%s", columns, step, text.String(), got, want)
			}
		}
	}
}

type writes func([]byte)

func (w writes) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestTypingAtTheEndSendsOneCharacter(t *testing.T) {
	var sent []string
	s := &screen{w: writes(func(p []byte) { sent = append(sent, string(p)) })}
	for _, line := range []string{"> l", "> ls", "> ls ", "> ls -"} {
		cells := styled(line)
		s.draw(layout(cells, len(cells), 40))
	}
	if got := strings.Join(sent, ","); got != "> l,s, ,-" {
		t.Errorf("sent %q", got)
	}
}

func TestWhatReachesTheScreen(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"plain", "a b", "a b"},
		{"escape", "a\x1b[2Jb", "a^[[2Jb"},
		{"colour", "a\x1b[31mb\x1b[m", "ab"},
		{"title", "\x1b]0;x\x07", "^[]0;x^G"},
		{"unfinished", "\x1b[", "^[["},
		{"line end, tab", "a\r\nb\tc\rd", "a⏎b⇥c^Md"},
		{"C1", "a\u009bb\x9bc", "a\uFFFDb\uFFFDc"},
		{"bidi", "a\u202eb", "a\uFFFDb"},
		{"zero width", "a\u200bb", "a◌\u200bb"},
		{"DEL", "\x7f", "^?"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := textOf([][]cell{oneRow(row.text)}); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// No text can move the cursor, and a row is never wider than it says.
func FuzzOneRow(f *testing.F) {
	for _, seed := range []string{"a\x1b[31mb", "\x1b]8;;x\x1b\\y", "中\u200d\u0301", "\x9b2J", "👩‍👩‍👧\u202e"} {
		f.Add(seed, 10)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 1), 200)
		cells := cut(oneRow(text), limit)
		if width(cells) > limit {
			t.Fatalf("%q is %d wide", text, width(cells))
		}
		for _, c := range cells {
			if c.width < 1 || c.width != displaywidth.String(c.text) || strings.ContainsFunc(c.text, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
				t.Fatalf("cell %q of %q is %d wide", c.text, text, c.width)
			}
			for _, part := range strings.SplitAfter(c.style, "m") {
				if part != "" && !isSGR(part) {
					t.Fatalf("style %q of %q", c.style, text)
				}
			}
		}
	})
}

func FuzzPrompt(f *testing.F) {
	f.Add("\x1b[1mdemo\x1b[m /pub\n> ", "ls", "\x1b[31mls\x1b[m")
	f.Fuzz(func(t *testing.T, prompt, line, highlighted string) {
		cells := append(styled(prompt), paint(line, highlighted)...)
		for _, columns := range []int{1, 10, 80} {
			layout(cells, len(cells), columns).crop(5)
		}
	})
}
