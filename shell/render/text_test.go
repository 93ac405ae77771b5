package render

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"plain", "notes.txt", "notes.txt"},
		{"umlauts, CJK, Arabic", "größe 日本語 مرحبا", "größe 日本語 مرحبا"},
		{"emoji", "👨‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽", "👨‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽"},
		{"combining", "e\u0301", "e\u0301"},
		{"window title", "\x1b]0;pwned\a", `\x1b]0;pwned\x07`},
		{"line break, tab", "a\nb\tc\r", `a\nb\tc\r`},
		{"NUL, DEL, backspace", "\x00\x7f\b", `\x00\x7f\x08`},
		{"C1 as UTF-8", "\u009b31m", `\u009b31m`},
		{"C1 as a raw byte", "\x9b31m", `\x9b31m`},
		{"Latin-1", "gr\xfc\xdfe", `gr\xfc\xdfe`},
		{"bidi override", "abc\u202egpj.exe", `abc\u202egpj.exe`},
		{"bidi isolate", "\u2066x\u2069", `\u2066x\u2069`},
		{"zero width", "a\u200bb\ufeffc\u00add", `a\u200bb\ufeffc\u00add`},
		{"joiner between letters", "a\u200db", `a\u200db`},
		{"lonely variation selector", "\ufe0fa", `\ufe0fa`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"tag character", "\U000e0041", `\U000e0041`},
		{"blank filler", "\u3164", `\u3164`},
		{"replacement character", "\ufffd", "\ufffd"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Safe(row.in); got != row.want {
				t.Errorf("Safe(%q): got %q, want %q", row.in, got, row.want)
			}
		})
	}
}

func TestSafeLines(t *testing.T) {
	if got, want := SafeLines("230-Hi\r\n\tx\x1b[2J\n230 ok"), "230-Hi\n        x\\x1b[2J\n230 ok"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\x1b\u202e\x9b👨‍👩\ufe0f")
	f.Add("\ufe0f\u200d👏")
	f.Fuzz(func(t *testing.T, s string) {
		got := Safe(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Safe(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b {
				t.Fatalf("Safe(%q) = %q", s, got)
			}
		}
		if Safe(got) != got {
			t.Fatalf("Safe(%q) changes when repeated", s)
		}
		if cut := Fit(got, 10); Width(cut) > 10 {
			t.Fatalf("Fit(%q, 10) = %q", got, cut)
		}
		if cut := FitMiddle(got, 10); Width(cut) > 10 || Width(got) <= 10 && cut != got {
			t.Fatalf("FitMiddle(%q, 10) = %q", got, cut)
		}
	})
}

func TestWidthFitPad(t *testing.T) {
	for _, row := range []struct {
		text  string
		width int
		fit   string // into 5
		left  string // padded to 8
	}{
		{"abc", 3, "abc", "abc     "},
		{"abcdefg", 7, "abcd…", "abcdefg "},
		{"日本語", 6, "日本…", "日本語  "},
		{"👨‍👩‍👧", 2, "👨‍👩‍👧", "👨‍👩‍👧      "},
		{"e\u0301a", 2, "e\u0301a", "e\u0301a      "},
		{"\x1b[31mab\x1b[0m", 2, "\x1b[31mab\x1b[0m", "\x1b[31mab\x1b[0m      "},
		{"", 0, "", "        "},
	} {
		if got := Width(row.text); got != row.width {
			t.Errorf("Width(%q): got %d, want %d", row.text, got, row.width)
		}
		if got := Fit(row.text, 5); got != row.fit {
			t.Errorf("Fit(%q): got %q, want %q", row.text, got, row.fit)
		}
		if got := Pad(row.text, 8, false); got != row.left {
			t.Errorf("Pad(%q): got %q, want %q", row.text, got, row.left)
		}
	}
	if got := Pad("日", 4, true); got != "  日" {
		t.Errorf("got %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"fits", "short line", "short line"},
		{"breaks", "one two three four", "one two|three four"},
		{"keeps breaks and indent", "a\n\n  one two three", "a||  one two|  three"},
		{"long word", "a extraordinarily b", "a|extraordinarily|b"},
		{"wide", "日本 日本 日本", "日本 日本|日本"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := strings.Join(Wrap(row.text, 10), "|"); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
