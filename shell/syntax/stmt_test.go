package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// outline writes a list with one bracket for each chain.
func outline(l List) string {
	var b strings.Builder
	for _, c := range l {
		b.WriteString("[")
		for i, s := range c.Statements {
			if i > 0 {
				fmt.Fprintf(&b, " %s ", s.After)
			}
			if s.Ignore {
				b.WriteString("-")
			}
			b.WriteString(show(s.Words))
			if s.File != nil {
				fmt.Fprintf(&b, " > %q %v", s.File.Text, s.Append)
			}
			if s.Pipe != "" {
				fmt.Fprintf(&b, " | %q", s.Pipe)
			}
		}
		b.WriteString("]")
		if c.Background {
			b.WriteString("&")
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, row := range []struct{ name, line, want string }{
		{"empty", "  # nothing", ``},
		{"one", "ls -l", `["ls" "-l"]`},
		{"then", "a; b\nc", `["a"]["b"]["c"]`},
		{"empty statements", ";; a ;\n; b;", `["a"]["b"]`},
		{"chain", "a && b || c; d", `["a" && "b" || "c"]["d"]`},
		{"chain over lines", "a &&\n b ||\n\n c", `["a" && "b" || "c"]`},
		{"background", "a && b & c", `["a" && "b"]&["c"]`},
		{"redirect", "ls -l > out -a", `["ls" "-l" "-a" > "out" false]`},
		{"append", "ls >>'my out'", `["ls" > "my out" true]`},
		{"pipe", "ls | wc -l; pwd", `["ls" | "wc -l"]["pwd"]`},
		{"ignore", "-rm x; ls", `[-"rm" "x"]["ls"]`},
		{"ignore in a chain", "a || -b", `["a" || -"b"]`},
		{"local shell", "!date > x && y", `["!" text"date > x && y"]`},
		{"macro", "$m 1", `["$" "m" "1"]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			list, err := Parse(row.line)
			if err != nil {
				t.Fatal(err)
			}
			if got := outline(list); got != row.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", row.line, got, row.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, row := range []struct {
		line, want string
		pos        int
		open       bool
	}{
		{"get 'a", `the quote ' is not closed; type \' for the character itself`, 4, true},
		{`get "a`, `the quote " is not closed; type \" for the character itself`, 4, true},
		{`get $'a`, `the quote $' is not closed`, 4, true},
		{`get a\`, `nothing follows the last \`, 4, true},
		{"&& ls", "no command before &&", 0, false},
		{"ls && ; b", "no command after &&", 6, false},
		{"ls ||", "no command after ||", 5, true},
		{"ls |", "no command after |", 4, true},
		{"ls | ; b", "no command after |", 5, false},
		{"ls >", "no file name after >", 4, false},
		{"ls >> && b", "no file name after >>", 6, false},
		{"> a", "no command before >", 0, false},
		{"ls > a | b", "the output can only go to one place", 7, false},
		{"ls > a > b", "the output can only go to one place", 7, false},
		{"& a", "no command before &", 0, false},
	} {
		_, err := Parse(row.line)
		var e *Error
		if !errors.As(err, &e) || e.Pos != row.pos || e.Text != row.want || e.Open != row.open {
			t.Errorf("Parse(%q): got %#v, want %q at %d, open %v", row.line, err, row.want, row.pos, row.open)
		}
	}
}

func TestSource(t *testing.T) {
	list, err := Parse("  get a b ; -rm 'x y' > z & !date; ls")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range list {
		got = append(got, c.Statements[0].Source)
	}
	want := "[get a b|-rm 'x y' > z|!date; ls]"
	if s := "[" + strings.Join(got, "|") + "]"; s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

func TestCursor(t *testing.T) {
	for _, row := range []struct {
		name, line string // the cursor is at ^
		words      string
		word       string
		op         Op
	}{
		{"nothing", "^", ``, "", Word},
		{"command", "ge^", ``, "ge", Word},
		{"argument", "get a^", `"get"`, "a", Word},
		{"in the middle", "get ab^cd ef", `"get"`, "ab", Word},
		{"new argument", "get a ^", `"get" "a"`, "", Word},
		{"second statement", "cd x; get 'my f^", `"get"`, "my f", Word},
		{"after &&", "cd x && ^", ``, "", Word},
		{"file", "ls -l > ou^", `"ls" "-l"`, "ou", Redirect},
		{"argument after a file", "ls > out -^", `"ls"`, "-", Word},
		{"pipe", "ls | gr^", `"ls"`, "", Verbatim},
		{"local shell", "!gr^", `"!"`, "", Verbatim},
		{"local shell at once", "!^", `"!"`, "", Verbatim},
		{"a bang as an argument", "get !^", `"get"`, "!", Word},
		{"macro", "$ba^", `"$"`, "ba", Word},
		{"ignored", "-r^", ``, "r", Word},
		{"comment", "ls # x^", `"ls"`, "", Comment},
	} {
		t.Run(row.name, func(t *testing.T) {
			line, rest, _ := strings.Cut(row.line, "^")
			got := At(line+rest, len(line))
			if show(got.Words) != row.words || got.Word.Text != row.word || got.Op != row.op {
				t.Errorf("got %s, %q, %s; want %s, %q, %s", show(got.Words), got.Word.Text, got.Op, row.words, row.word, row.op)
			}
		})
	}
}
