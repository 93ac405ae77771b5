package search

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// lines are what a search tells, as grep -n prints them.
func lines(t *testing.T, s *Search, text string) string {
	t.Helper()
	var out strings.Builder
	found, err := s.Run(strings.NewReader(text), func(l Line) error {
		if l.Apart {
			out.WriteString("--\n")
		}
		mark := "-"
		if l.Fits {
			mark = ":"
		}
		fmt.Fprintf(&out, "%d%s%s\n", l.Number, mark, l.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found.Binary {
		return "binary\n"
	}
	return out.String()
}

func TestSearch(t *testing.T) {
	const text = "one\ntwo\nthree\nfour\nFive one\nsix"
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Patterns: []string{"o"}}, "1:one\n2:two\n4:four\n5:Five one\n"},
		{Options{Patterns: []string{"o"}, Most: 2}, "1:one\n2:two\n"},
		{Options{Patterns: []string{"o"}, Invert: true}, "3:three\n6:six\n"},
		{Options{Patterns: []string{"five"}, IgnoreCase: true}, "5:Five one\n"},
		{Options{Patterns: []string{"five"}, SmartCase: true}, "5:Five one\n"},
		{Options{Patterns: []string{"FIVE"}, SmartCase: true}, ""},
		{Options{Patterns: []string{"t.o"}, Fixed: true}, ""},
		{Options{Patterns: []string{"on"}, Word: true}, ""},
		{Options{Patterns: []string{"one"}, Word: true}, "1:one\n5:Five one\n"},
		{Options{Patterns: []string{"^s", "^t"}}, "2:two\n3:three\n6:six\n"},
		{Options{Patterns: []string{"^one", "six$"}, Before: 1, After: 1}, "1:one\n2-two\n--\n5-Five one\n6:six\n"},
		{Options{Patterns: []string{"o"}, Most: 1, After: 2}, "1:one\n2-two\n3-three\n"},
	} {
		s, err := New(test.o)
		if err != nil {
			t.Fatal(err)
		}
		if got := lines(t, s, text); got != test.want {
			t.Errorf("%+v: %q, want %q", test.o, got, test.want)
		}
	}
}

func TestBinaryAndLong(t *testing.T) {
	s, _ := New(Options{Patterns: []string{"needle"}})
	if got := lines(t, s, "a\x00b\nneedle\n"); got != "binary\n" {
		t.Error(got)
	}
	if got := lines(t, s, "a\x00b\nnone\n"); got != "" {
		t.Error(got)
	}
	for _, at := range []int{0, LongestLine - 3, LongestLine, LongestLine + 100_000, 3*LongestLine - 10} {
		long := strings.Repeat("x", at) + "needle" + strings.Repeat("y", 4*LongestLine-at)
		found, err := s.Run(strings.NewReader("a\n"+long+"\nb\nneedle\n"), func(Line) error { return nil })
		if err != nil || found.Lines != 2 {
			t.Errorf("at %d: %d lines, %v", at, found.Lines, err)
		}
	}
}

func TestRefusedPatterns(t *testing.T) {
	for _, o := range []Options{
		{Patterns: []string{"("}},
		{Patterns: []string{"a)(?:b"}},
		{Patterns: []string{strings.Repeat("a", LongestPattern+1)}},
		{Patterns: []string{"(((a{1000}){1000}){1000})"}},
		{Before: -1},
		{After: MostContext + 1},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%.40v was taken", o)
		}
	}
}

// TestAsGrep compares with grep(1) on generated files: CRLF, no end of line at the end, bytes that
// are no UTF-8, a line of a mebibyte.
func TestAsGrep(t *testing.T) {
	if _, err := exec.LookPath("grep"); err != nil {
		t.Skip("there is no grep here")
	}
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"alpha", "beta", "\xff\xfe", "", "GET /index.html 404", "\r", "ä", "x", "  ", "error: no"}
	for range 20 {
		var text strings.Builder
		for range random.IntN(200) {
			for range random.IntN(6) {
				text.WriteString(words[random.IntN(len(words))])
			}
			text.WriteString([]string{"\n", "\r\n", "\n\n"}[random.IntN(3)])
		}
		text.WriteString([]string{"", "the end", strings.Repeat("long", 250_000)}[random.IntN(3)])
		for _, args := range [][]string{{"a"}, {"-i", "A"}, {"-v", "e"}, {"^$"}, {"40[0-9]$"}, {"-m2", "a"}, {"-A2", "beta"}, {"-B1", "-A1", "x$"}, {"-F", "."}} {
			cmd := exec.Command("grep", append([]string{"-n", "-a", "-E"}, args...)...)
			if args[0] == "-F" {
				cmd = exec.Command("grep", "-n", "-a", "-F", ".")
			}
			cmd.Env = []string{"LC_ALL=C"}
			cmd.Stdin = strings.NewReader(text.String())
			want, _ := cmd.Output()
			if text.Len() > 0 && !strings.HasSuffix(text.String(), "\n") && len(want) > 0 && !bytes.HasSuffix(want, []byte("\n")) {
				want = append(want, '\n')
			}
			o := Options{Patterns: args[len(args)-1:], Binary: true}
			for _, arg := range args[:len(args)-1] {
				switch arg {
				case "-i":
					o.IgnoreCase = true
				case "-v":
					o.Invert = true
				case "-m2":
					o.Most = 2
				case "-A2":
					o.After = 2
				case "-A1":
					o.After = 1
				case "-B1":
					o.Before = 1
				case "-F":
					o.Fixed = true
				}
			}
			s, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(t, s, text.String()); got != string(want) {
				t.Fatalf("grep %q: %.300q, want %.300q", args, got, want)
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("a|b", "one\ntwo\x00\nb", int64(1), 1, 1, false)
	f.Fuzz(func(t *testing.T, pattern, text string, most int64, before, after int, invert bool) {
		s, err := New(Options{Patterns: []string{pattern}, Most: max(most, 0), Before: before % 5, After: after % 5, Invert: invert})
		if err != nil {
			return
		}
		last := int64(0)
		found, err := s.Run(strings.NewReader(text), func(l Line) error {
			if l.Number <= last || bytes.IndexByte(l.Text, '\n') >= 0 {
				t.Errorf("line %d behind %d", l.Number, last)
			}
			last = l.Number
			return nil
		})
		if err != nil || found.Bytes > int64(len(text)) || most > 0 && found.Lines > most {
			t.Errorf("%+v, %v", found, err)
		}
	})
}
