package syntax

import (
	"strings"
	"testing"
	"time"
)

// long are inputs of n bytes and more, of which each once took a time that grew
// with the square of n.
var long = []struct {
	name string
	line func(n int) string
}{
	{"name", func(n int) string { return strings.Repeat("x", n) }},
	{"semicolons", func(n int) string { return strings.Repeat(";", n) }},
	{"bars", func(n int) string { return "echo " + strings.Repeat("|", n) }},
	{"bars apart", func(n int) string { return "if a; " + strings.Repeat("|a;", n/3) + "end" }},
	{"operators in a name", func(n int) string { return strings.Repeat("x", n) + "." + strings.Repeat(">x", n/2) }},
	{"statements", func(n int) string { return strings.Repeat("echo a ; ", n/9) }},
	{"glued statements in a block", func(n int) string { return "if a;" + strings.Repeat("b;", n/2) + "end" }},
	{"lines", func(n int) string { return strings.Repeat("echo a\n", n/7) }},
	{"joined lines", func(n int) string { return "echo a" + strings.Repeat("\\\n", n/2) + "b" }},
	{"blanks", func(n int) string { return "echo a" + strings.Repeat(" ", n) }},
	{"braces", func(n int) string { return "echo " + strings.Repeat("{", n) }},
	{"braces closed", func(n int) string { return "echo " + strings.Repeat("{", n/2) + strings.Repeat("}", n/2) }},
	{"brackets", func(n int) string { return "echo " + strings.Repeat("[", n) }},
	{"brackets in braces", func(n int) string { return "echo " + strings.Repeat("{[", n/2) }},
	{"variables that are open", func(n int) string { return "echo " + strings.Repeat("${", n/2) }},
	{"variables that are odd", func(n int) string { return "echo " + strings.Repeat("${{", n/3) + "}" }},
	{"quotes", func(n int) string { return "echo " + strings.Repeat(`'a'"b"`, n/6) }},
	{"blocks", func(n int) string { return strings.Repeat("if a\n", n/8) + strings.Repeat("end\n", n/8) }},
}

// lineByLine are inputs that arrive in lines, none complete before the last.
var lineByLine = []struct {
	name, first, line, last string
}{
	{"quote", "get 'x", "x", "'"},
	{"double quote", `get "x`, "x", `"`},
	{"joined", `get \`, `x \`, "x"},
	{"words with quotes", "get 'x", "a' b 'c", "'"},
	{"and", "ls &&", "echo a &&", "echo b"},
	{"block", "if a", "echo a", "end"},
}

// TestTimeIsLinear: eight times the input takes about eight times as long, and
// not 64 times. What else a machine does can only make a run slower, so the best
// of some runs counts.
func TestTimeIsLinear(t *testing.T) {
	const small = 8 << 10
	grows := func(t *testing.T, run func(n int)) {
		best := func(n int) time.Duration {
			least := time.Duration(1 << 62)
			for range 3 {
				from := time.Now()
				run(n)
				least = min(least, time.Since(from))
			}
			return least
		}
		var ratio float64
		for range 5 {
			ratio = float64(best(8*small)) / float64(max(best(small), 50*time.Microsecond))
			if ratio < 28 {
				return
			}
		}
		t.Errorf("eight times the input takes %.0f times as long", ratio)
	}
	for _, row := range long {
		t.Run(row.name, func(t *testing.T) {
			grows(t, func(n int) {
				line := row.line(n)
				_, _ = Parse(line)
				At(line, len(line))
				Compile(line)
			})
		})
	}
	for _, row := range lineByLine {
		t.Run(row.name+", line by line", func(t *testing.T) {
			grows(t, func(n int) {
				var l Lines
				open := l.Open(row.first)
				for range n / 8 {
					open = open && l.Open(row.line)
				}
				if !open || l.Open(row.last) {
					t.Fatal("the input is complete at another place")
				}
			})
		})
	}
}

func BenchmarkParseLong(b *testing.B) {
	for _, row := range long {
		b.Run(row.name, func(b *testing.B) {
			line := row.line(256 << 10)
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				_, _ = Parse(line)
			}
		})
	}
}
