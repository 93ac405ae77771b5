package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// show writes tokens in one line: words as text, or text~pattern; operators in
// angle brackets.
func show(toks []Token) string {
	var out []string
	for _, t := range toks {
		s := fmt.Sprintf("%q", t.Text)
		if t.Op != Word {
			s = "<" + t.Op.String() + ">"
		}
		if t.Op == Verbatim || t.Op == Comment {
			s = fmt.Sprintf("%s%q", t.Op, t.Text)
		}
		if t.Pattern != "" {
			s += "~" + t.Pattern
		}
		if t.Quote != 0 {
			s += "…" + string(t.Quote)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestLex(t *testing.T) {
	for _, row := range []struct{ name, line, want string }{
		{"empty", "", ``},
		{"blanks", " \t ", ``},
		{"words", "get a  b\tc", `"get" "a" "b" "c"`},
		{"crlf", "get a\r\npwd\r", `"get" "a" <;> "pwd"`},
		{"carriage return inside", "get a\rb", `"get" "a\rb"`},
		{"single quotes", `get 'my file' 'a"b\c'`, `"get" "my file" "a\"b\\c"`},
		{"double quotes", `get "my file" "a'b\"c\d\\"`, `"get" "my file" "a'b\"c\\d\\"`},
		{"backslash", `get my\ file \a \\`, `"get" "my file" "a" "\\"`},
		{"quotes inside a word", `a'b c'd"e f"`, `"ab cde f"`},
		{"empty words", `get '' ""`, `"get" "" ""`},
		{"escapes", `get $'a\nb\x1b\u202e\'\101\q'`, `"get" "a\nb\x1b\u202e'A\\q"`},
		{"bytes", "get \xff\xfe\x00", `"get" "\xff\xfe\x00"`},

		{"semicolon", "cd /pub; ls", `"cd" "/pub" <;> "ls"`},
		{"semicolon after a name", "ls;pwd", `"ls" <;> "pwd"`},
		{"semicolon before", "ls ;pwd", `"ls" <;> "pwd"`},
		{"semicolon last", "bye;", `"bye" <;>`},
		{"VMS version", "get FOO.TXT;1", `"get" "FOO.TXT;1"`},
		{"VMS versions", "mget FOO.TXT;*", `"mget" "FOO.TXT;*"~FOO.TXT;*`},
		{"URL type", "open ftp://h/f;type=a", `"open" "ftp://h/f;type=a"`},
		{"URL as a command", "ftp://h/f;type=a", `"ftp://h/f;type=a"`},
		{"URL query", "open ftp://h/p?a=1&b=2", `"open" "ftp://h/p?a=1&b=2"~ftp://h/p?a=1&b=2`},
		{"OPTS MLST", "quote OPTS MLST type;size;", `"quote" "OPTS" "MLST" "type;size" <;>`},
		{"and or", "cd x && ls || pwd", `"cd" "x" <&&> "ls" <||> "pwd"`},
		{"and glued to names", "ls&&pwd||bye", `"ls" <&&> "pwd" <||> "bye"`},
		{"password with operators", "user joe a&&b|c;d>e", `"user" "joe" "a&&b|c;d>e"`},
		{"background", "get a &", `"get" "a" <&>`},
		{"background and more", "get a & get b &; pwd", `"get" "a" <&> "get" "b" <&> <;> "pwd"`},
		{"ampersand in a name", "get R&D a& &b", `"get" "R&D" "a&" "&b"`},
		{"ampersand in a command", "R&D", `"R&D"`},
		{"redirect", "ls >a", `"ls" <>> "a"`},
		{"append", "ls >> a", `"ls" <>>> "a"`},
		{"redirect glued to a name", "ls>a", `"ls" <>> "a"`},
		{"redirect glued to text", "quote site a>b", `"quote" "site" "a>b"`},
		{"pipe", "ls -l | grep '; x' | wc -l ; pwd", `"ls" "-l" <|> text"grep '; x' | wc -l" <;> "pwd"`},
		{"pipe as of old", "dir . |more", `"dir" "." <|> text"more"`},
		{"pipe into a file", "ls | sort > out.txt && pwd", `"ls" <|> text"sort > out.txt" <&&> "pwd"`},
		{"pipe in the background", "ls | less &", `"ls" <|> text"less" <&>`},
		{"pipe glued to a name", "ls|less", `"ls" <|> text"less"`},
		{"EPRT", "quote EPRT |1|192.0.2.1|40001|", `"quote" "EPRT" "|1|192.0.2.1|40001|"`},
		{"parentheses", "quote SITE CHMOD 755 (x)", `"quote" "SITE" "CHMOD" "755" "(x)"`},
		{"less than", "quote a < b", `"quote" "a" "<" "b"`},

		{"comment", "ls # all; of it", `"ls" #"# all; of it"`},
		{"comment ends with the line", "# one\nls", `#"# one" <;> "ls"`},
		{"no comment", "get a#b", `"get" "a#b"`},
		{"local shell", "!ls -l; date # x", `"!" text"ls -l; date # x"`},
		{"local shell, interactive", " ! ", `"!"`},
		{"local shell later", "cd x && !ls | wc", `"cd" "x" <&&> "!" text"ls | wc"`},
		{"bang in a word", "get !x a!b", `"get" "!x" "a!b"`},
		{"macro", "$backup a b", `"$" "backup" "a" "b"`},
		{"macro apart", "$ backup", `"$" "backup"`},
		{"variable as a command", "${x} a", `"${x}" "a"`},
		{"ignore", "-rm x; -!false", `<-> "rm" "x" <;> <-> "!" text"false"`},
		{"flag", "ls -l", `"ls" "-l"`},
		{"dollar stays", "user anonymous p@$s!w0rd", `"user" "anonymous" "p@$s!w0rd"`},

		{"pattern", "mget *.txt", `"mget" "*.txt"~*.txt`},
		{"quoted pattern", `mget '*'.txt \?`, `"mget" "*.txt" "?"`},
		{"partly quoted", `mget '['*'{a}'`, `"mget" "[*{a}"~\[*\{a\}`},
		{"class", "mget a[0-9]", `"mget" "a[0-9]"~a[0-9]`},
		{"open bracket", "mget a[0", `"mget" "a[0"`},
		{"braces", "mget {a,b} {a}", `"mget" "{a,b}"~{a,b} "{a}"`},

		{"joined lines", "get a\\\nb \\\n c", `"get" "ab" "c"`},
		{"open single", "get 'my f", `"get" "my f"…'`},
		{"open double", `get "my f`, `"get" "my f"…"`},
		{"open backslash", `get my\`, `"get" "my"…\`},
		{"open escapes", `get $'a\`, `"get" "a\\"…$`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := show(Lex(row.line)); got != row.want {
				t.Errorf("Lex(%q)\n got %s\nwant %s", row.line, got, row.want)
			}
		})
	}
}

func TestLead(t *testing.T) {
	for raw, want := range map[string]byte{
		`-R`: 0, `\-R`: '\\', `'-R'`: '\'', `"-R"`: '"', `$'-R'`: '$', `a'b'`: 0, `''a`: '\'', `""`: '"',
	} {
		if got := Lex("x " + raw)[1].Lead; got != want {
			t.Errorf("Lead of %s: got %q, want %q", raw, got, want)
		}
	}
}

func TestExpand(t *testing.T) {
	vars := Vars{Get: func(name string) (string, bool) {
		v, ok := map[string]string{"dir": "my *dir", "?": "4", "s": "S", "e": ""}[name]
		return v, ok
	}}
	args := Vars{Args: Lex(`'a b' *.txt -l`)}
	for _, row := range []struct {
		name, line string
		vars       Vars
		want       string
	}{
		{"plain", "get $dir/x", vars, `"get" "my *dir/x"`},
		{"braces", "get ${dir}x", vars, `"get" "my *dirx"`},
		{"double quotes", `get "$dir $?"`, vars, `"get" "my *dir 4"`},
		{"single quotes", `get '$dir'`, vars, `"get" "$dir"`},
		{"escaped", `get \$dir "\$dir"`, vars, `"get" "$dir" "$dir"`},
		{"not defined", "get $nope ${nope} $ $/ ${", vars, `"get" "$nope" "${nope}" "$" "$/" "${"`},
		{"empty value", "get a$e", vars, `"get" "a"`},
		{"a value is not a pattern", "mget $dir/*", vars, `"mget" "my *dir/*"~my \*dir/*`},
		{"password", "user joe p@$s!w0rd", vars, `"user" "joe" "p@S!w0rd"`},
		{"bars", "quote EPRT |1|$s|2|", vars, `"quote" "EPRT" "|1|S|2|"`},
		{"nothing defined", `get $1 "$@" $#`, Vars{}, `"get" "$1" "$@" "$#"`},
		{"argument", "ls $1 $2 $3x", args, `"ls" "a b" "*.txt"~*.txt "-lx"`},
		{"quoted argument", `ls "$2"`, args, `"ls" "*.txt"`},
		{"missing argument", `ls $9 "$9"`, args, `"ls" ""`},
		{"all arguments", `ls $@ "$*" $#`, args, `"ls" "a b" "*.txt"~*.txt "-l" "a b *.txt -l" "3"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			list, err := Parse(row.line)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(list[0].Statements[0].Expand(row.vars).Words); got != row.want {
				t.Errorf("%q\n got %s\nwant %s", row.line, got, row.want)
			}
		})
	}
}

// FuzzLex: a line and each prefix of it lex; tokens are in order and say where
// they stand.
func FuzzLex(f *testing.F) {
	for _, s := range []string{`get 'a b' "c\"d" $'\x1b' e\ f; ls|wc &`, "-!x\n$m a || b >> c # d", "|1|2| {a,b}[x] ${y}$?", "a|{|&", "a|b|;c", "eprt |2|::1|5|&", "a\\\r\n&&&|;>\x00\xff"} {
		f.Add(s)
	}
	vars := Vars{Get: func(name string) (string, bool) { return "*" + name, len(name)%2 == 0 }, Args: []Token{{Text: "x"}}}
	f.Fuzz(func(t *testing.T, line string) {
		for n := range min(len(line), 200) {
			Lex(line[:n])
			At(line, n)
		}
		end := 0
		for _, tok := range Lex(line) {
			if tok.Start < end || tok.End <= tok.Start || tok.Raw != line[tok.Start:tok.End] {
				t.Fatalf("%q: token %+v after %d", line, tok, end)
			}
			end = tok.End
			if got := tok.Expand(Vars{}); got != tok {
				t.Fatalf("%q: Expand changes\n%+v to\n%+v", line, tok, got)
			}
			tok.Expand(vars)
		}
		if strings.TrimLeft(line[end:], " \t\r\n\\") != "" {
			t.Fatalf("%q: nothing covers %q", line, line[end:])
		}
		list, err := Parse(line)
		if err == nil && !strings.ContainsAny(line, "\r\n\\") {
			again(t, list)
		}
	})
}

// again checks that the source of a statement says the same as the statement.
func again(t *testing.T, list List) {
	for _, c := range list {
		for _, s := range c.Statements {
			l, err := Parse(s.Source)
			if err != nil || len(l) != 1 || len(l[0].Statements) != 1 || l[0].Statements[0].Name() != s.Name() {
				t.Fatalf("source %q: %v %v", s.Source, l, err)
			}
		}
	}
}
