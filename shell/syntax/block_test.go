package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// nestedOutline writes a list with its blocks in braces.
func nestedOutline(list List) string {
	var parts []string
	for _, chain := range list {
		text := ""
		for _, st := range chain.Statements {
			if st.After == And || st.After == Or {
				text += " " + st.After.String() + " "
			}
			var words []string
			for _, w := range st.Words {
				words = append(words, w.Text)
			}
			text += strings.Join(words, " ")
			if st.Body != nil || st.Else != nil {
				text += " {" + nestedOutline(st.Body) + "}"
			}
			if st.Else != nil {
				text += " else {" + nestedOutline(st.Else) + "}"
			}
			if st.File != nil {
				text += " > " + st.File.Text
			}
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func TestBlocks(t *testing.T) {
	for _, row := range []struct{ name, line, want string }{
		{"no blanks", "foreach f in *.txt;get $f;end;pwd", "foreach f in *.txt {get $f}; pwd"},
		{"local command", "foreach f in *; get $f && !echo 'a;b' \"c;d\" e\\;f;end; pwd", "foreach f in * {get $f && ! echo 'a;b' \"c;d\" e\\;f}; pwd"},
		{"local command before else", "if exists a;!echo yes;else !echo no;end", "if exists a {! echo yes} else {! echo no}"},
		{"local command outside", "!echo a; echo b", "! echo a; echo b"},
		{"version and type", "if exists a; get FOO.TXT;1; get B;-1;2 ftp://h/f;type=a;end", "if exists a {get FOO.TXT;1; get B;-1;2 ftp://h/f;type=a}"},
		{"one line", "if exists a; get a; end", "if exists a {get a}"},
		{"lines", "if exists a\n  get a\n  ls\nelse\n  put a\nend\npwd", "if exists a {get a; ls} else {put a}; pwd"},
		{"a command behind else", "if exists a; get a; else put a; end", "if exists a {get a} else {put a}"},
		{"loop", "foreach f in a b; get $f; end", "foreach f in a b {get $f}"},
		{"nested", "foreach f in a\nif exists b\nget b\nend\nls\nend", "foreach f in a {if exists b {get b}; ls}"},
		{"if behind else", "if a; b; else if c; d; end; end", "if a {b} else {if c {d}}"},
		{"joined", "if a; b; end && ls", "if a {b} && ls"},
		{"behind another", "ls && if a; b; end || c", "ls && if a {b} || c"},
		{"output", "foreach f in a; cat $f; end > out", "foreach f in a {cat $f} > out"},
		{"empty", "if a; end; ls", "if a; ls"},
		{"comment", "if a # why\nb # what\nend # of it", "if a {b}"},
		{"words of blocks as arguments", "get end; get else if", "get end; get else if"},
		{"quoted", "'if' a", "if a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			list, err := Parse(row.line)
			if err != nil {
				t.Fatal(err)
			}
			if got := nestedOutline(list); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestBlockErrors(t *testing.T) {
	for _, row := range []struct {
		line, want string
		open       bool
	}{
		{"if a", "if has no end", true},
		{"if a; b; else; c", "if has no end", true},
		{"foreach f in a; if b; end", "foreach has no end", true},
		{"end", "end without if or foreach", false},
		{"if exists a; echo b; elif exists c; end", "elif is not known here: write else, and an if with an end of its own", false},
		{"if exists a; then echo b; fi", "then is not known here: write ; or a new line", false},
		{"foreach f in a; echo $f\ndone", "done is not known here: write end", false},
		{"else", "else without if or foreach", false},
		{"if a; b; else; c; else; d; end", "else does not belong to this if", false},
		{"foreach f in a; else; end", "else does not belong to this foreach", false},
		{"if a; end b", "end takes no words", false},
		{"if a && b; end", "if … needs a ; or a new line after it, not &&", false},
		{"if a > f; end", "the output of if is sent elsewhere after its end", false},
		{"if a; b && end", "no command after &&", false},
	} {
		_, err := Parse(row.line)
		var bad *Error
		if !errors.As(err, &bad) || bad.Text != row.want || bad.Open != row.open {
			t.Errorf("%s: got %v (%+v), want %s", row.line, err, bad, row.want)
		}
	}
}

func TestStatementLines(t *testing.T) {
	list, err := Parse("if a\nb\n\nforeach f in x; c\nend\nend")
	if err != nil {
		t.Fatal(err)
	}
	body := list[0].Statements[0].Body
	loop := body[1].Statements[0]
	got := fmt.Sprint(list[0].Statements[0].Line, body[0].Statements[0].Line, loop.Line, loop.Body[0].Statements[0].Line)
	if got != "0 1 3 3" {
		t.Errorf("got %s, want 0 1 3 3", got)
	}
}

func TestLines(t *testing.T) {
	for _, row := range []struct{ name, text string }{
		{"plain", "ls"},
		{"quote", "get 'a\nb'"},
		{"block", "if a\n b 'x\ny'\nelse\n c && \n d\nend"},
		{"nested", "foreach f in a\nif b\nc\nend\nend > x"},
		{"wrong inside", "if a\nls |"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var l Lines
			lines := strings.Split(row.text, "\n")
			for i, line := range lines {
				_, err := Parse(strings.Join(lines[:i+1], "\n"))
				var bad *Error
				want := errors.As(err, &bad) && bad.Open
				if got := l.Open(line); got != want {
					t.Fatalf("line %d: open is %v, Parse says %v", i+1, got, want)
				}
			}
		})
	}
}

func FuzzLines(f *testing.F) {
	f.Add("if a\n b 'x\ny'\nelse\n c && \n d\nend\nls")
	f.Add("foreach f in a; if b\nend; end | cat")
	f.Fuzz(func(t *testing.T, text string) {
		var l Lines
		sofar := ""
		for line := range strings.SplitSeq(text, "\n") {
			sofar += line
			_, err := Parse(sofar)
			var bad *Error
			errors.As(err, &bad)
			open := l.Open(line)
			if err == nil && open {
				t.Fatalf("%q is complete", sofar)
			}
			if bad != nil && bad.Open && !open {
				t.Fatalf("%q is not complete: %v", sofar, err)
			}
			if !open {
				sofar = ""
				continue
			}
			sofar += "\n"
		}
	})
}
