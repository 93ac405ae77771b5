package syntax

import (
	"slices"
	"testing"
)

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"":                    `''`,
		"plain.txt":           `plain.txt`,
		"my file":             `my\ file`,
		"a b c":               `'a b c'`,
		"it's":                `it\'s`,
		"it's a file":         `"it's a file"`,
		"-R":                  `\-R`,
		"a-b":                 `a-b`,
		"~user":               `\~user`,
		"a~":                  `a~`,
		"!x":                  `\!x`,
		"#x":                  `\#x`,
		"$x":                  `\$x`,
		"*":                   `\*`,
		"a[1].txt":            `a\[1].txt`,
		"R&D":                 `R&D`,
		"FOO.TXT;1":           `FOO.TXT;1`,
		"|touch pwned":        `'|touch pwned'`,
		"|it's a":             `\|it\'s\ a`,
		"a;":                  `a\;`,
		"日本 語":                `日本\ 語`,
		"a　b":                 `a　b`,
		"👨‍👩‍👧.jpg":           `👨‍👩‍👧.jpg`,
		"a\u200db":            `$'a\u200db'`,
		"a\nb":                `$'a\nb'`,
		"\x1b]0;it's\a":       `$'\x1b]0;it\'s\x07'`,
		"abc\u202etxt.exe":    `$'abc\u202etxt.exe'`,
		"latin \xe9":          `$'latin \xe9'`,
		"\xc2\x9b":            `$'\u009b'`,
		"\U000e0041":          `$'\U000e0041'`,
		`C:\dir`:              `C:\\dir`,
		"a\u00a0b":            `$'a\u00a0b'`,
		"tab\there":           `$'tab\there'`,
		"{a,b}":               `\{a,b}`,
		"\ufffd":              "\ufffd",
		"100% & more; or | x": `'100% & more; or | x'`,
	} {
		if got := Quote(name); got != want {
			t.Errorf("Quote(%q): got %s, want %s", name, got, want)
		}
	}
}

func TestQuoteIn(t *testing.T) {
	for _, row := range []struct {
		name      string
		quote     byte
		text, end string
	}{
		{"my dir/", 0, `my\ dir/`, ""},
		{"my dir/", '\'', `'my dir/`, "'"},
		{"it's", '\'', `'it'\''s`, "'"},
		{"my dir/", '"', `"my dir/`, `"`},
		{`a"$b\`, '"', `"a\"\$b\\`, `"`},
		{"a\nb", '"', `$'a\nb`, "'"},
		{"a b", '$', `$'a b`, "'"},
		{"a b", '\\', `a\ b`, ""},
	} {
		if text, end := QuoteIn(row.name, row.quote); text != row.text || end != row.end {
			t.Errorf("QuoteIn(%q, %q): got %s %s, want %s %s", row.name, row.quote, text, end, row.text, row.end)
		}
	}
}

func TestQuoteHome(t *testing.T) {
	for name, want := range map[string]string{
		"~": "~", "~joe/": "~joe/", "~/my dir/x": `~/my\ dir/x`, "~/a\x1bb": `~/$'a\x1bb'`,
	} {
		got := QuoteHome(name)
		if w := Lex("get " + got)[1]; got != want || w.Text != name || w.Lead != 0 {
			t.Errorf("QuoteHome(%q): got %s (%+v), want %s", name, got, w, want)
		}
	}
}

// FuzzQuote: each way to quote any bytes lexes back to one plain word, also
// while the quote is open, among other words, and with every variable defined.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a b", "-x", "it's", "$?{}", "\x00\xff\u202e", "|a|b|", "a;&|>", "&&", "#\\\n", "$'", "👨‍👩"} {
		f.Add(s)
	}
	vars := Vars{Get: func(string) (string, bool) { return "VALUE", true }, Args: []Token{{Text: "ARG"}}}
	f.Fuzz(func(t *testing.T, name string) {
		check := func(text string, quote byte) {
			t.Helper()
			toks := Lex("get " + text)
			if len(toks) != 2 {
				t.Fatalf("%q: %s is %s", name, text, show(toks))
			}
			w := toks[1].Expand(vars)
			if w.Op != Word || w.Text != name || w.Pattern != "" || w.Quote != quote {
				t.Fatalf("%q: %s is %+v", name, text, w)
			}
			if name != "" && w.Lead == 0 && slices.Contains([]byte("-~!#$|"), name[0]) {
				t.Fatalf("%q: %s begins bare", name, text)
			}
		}
		check(Quote(name), 0)
		for _, quote := range []byte{0, '\'', '"', '$'} {
			text, end := QuoteIn(name, quote)
			check(text+end, 0)
			if end != "" {
				check(text, Lex(text)[0].Quote)
			}
		}
		toks := Lex("get " + Quote(name) + " " + Quote(name) + ";" + " ls")
		if len(toks) != 5 || toks[2].Text != name {
			t.Fatalf("%q among others: %s", name, show(toks))
		}
		if !Match(Escape(name), name) {
			t.Fatalf("Escape(%q) = %q does not match", name, Escape(name))
		}
	})
}
