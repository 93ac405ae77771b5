package localname

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
)

// TestWindowsNames: on each system, what Windows would make of a name.
func TestWindowsNames(t *testing.T) {
	for name, want := range map[string]string{
		"plain.txt": "plain.txt", "NUL": "%4EUL", "con.txt": "%63on.txt", "CON .x": "%43ON .x", "COM1": "%43OM1", "COM¹": "%43OM¹", "COM10": "COM10",
		"CONIN$": "%43ONIN$", "LPT0.a.b": "%4CPT0.a.b", "CONSOLE": "CONSOLE", "a:stream": "a%3Astream", "C:evil": "C%3Aevil", "NUL:": "%4EUL%3A",
		`..\x`: "..%5Cx", `\\server\share`: "%5C%5Cserver%5Cshare", "trail.": "trail%2E", "trail ": "trail%20", "x. .": "x%2E%20%2E", "...": "%2E%2E%2E",
		"a*b?c|d<e>f\"g": "a%2Ab%3Fc%7Cd%3Ce%3Ef%22g", "tab\there": "tab%09here", "ü": "ü", "\xff": "%FF", "ü\xff": "ü%FF", "．．": "．．", ".hidden": ".hidden",
		"100%": "100%",
	} {
		got, err := Windows.Name(name)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", name, got, err, want)
		}
		if again, err := Windows.Name(got); err != nil || again != got {
			t.Errorf("%q is not a name yet: %q, %v", got, again, err)
		}
		if got, err := Linux.Name(name); err != nil || got != name {
			t.Errorf("Linux: %q became %q, %v", name, got, err)
		}
	}
}

// TestMacNames: what macOS takes, and a disk of FAT on a system that is none of both.
func TestMacNames(t *testing.T) {
	fat := Rules{Forbids: true, Trims: true, UTF8: true, Folds: true}
	for _, row := range []struct{ name, mac, fat string }{
		{"NUL", "NUL", "NUL"},
		{"a:b", "a:b", "a%3Ab"},
		{"x.", "x.", "x%2E"},
		{"caf\xe9", "caf%E9", "caf%E9"},
		{"tab\t", "tab\t", "tab%09"},
		{`a\b`, `a\b`, "a%5Cb"},
		{"e\u0301", "e\u0301", "e\u0301"},
		{"\ufffd", "\ufffd", "\ufffd"},
		{".DS_Store", ".DS_Store", ".DS_Store"},
	} {
		for r, want := range map[Rules]string{MacOS: row.mac, fat: row.fat} {
			if got, err := r.Name(row.name); err != nil || got != want {
				t.Errorf("%+v: %q became %q, %v, want %q", r, row.name, got, err, want)
			}
		}
	}
}

// systems are rules that must hold what all of them promise.
var systems = []Rules{Linux, MacOS, Windows, {Folds: true}, {UTF8: true}, {Forbids: true, Trims: true, UTF8: true, Folds: true}, strictest}

// TestNamesThatLeadElsewhere are none on any system.
func TestNamesThatLeadElsewhere(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "/", "/etc/passwd", "../x", "x\x00y", strings.Repeat("x", 256), strings.Repeat("x", 4000)} {
		for _, r := range systems {
			if got, err := r.Name(name); !errors.As(err, new(*NameError)) {
				t.Errorf("%+v takes %q as %q", r, name, got)
			}
		}
	}
}

// TestLongNames: Linux counts bytes, Windows UTF-16 units, eCryptfs takes fewer.
func TestLongNames(t *testing.T) {
	for _, row := range []struct {
		name           string
		linux, windows bool
	}{
		{strings.Repeat("x", 255), true, true},
		{strings.Repeat("x", 256), false, false},
		{strings.Repeat("漢", 85), true, true},
		{strings.Repeat("漢", 255), false, true},
		{strings.Repeat("漢", 256), false, false},
		{strings.Repeat("😀", 127), false, true},
		{strings.Repeat("😀", 128), false, false},
		{strings.Repeat("x", 254) + ".", true, false}, // it becomes longer when it is escaped
	} {
		for r, want := range map[Rules]bool{Linux: row.linux, Windows: row.windows, {Longest: 143}: false} {
			if _, err := r.Name(row.name); (err == nil) != want {
				t.Errorf("%+v, %d bytes of %.4s: %v", r, len(row.name), row.name, err)
			}
		}
	}
}

// TestOneFile: which names are the same.
func TestOneFile(t *testing.T) {
	for _, row := range []struct {
		a, b                       string
		linux, mac, folds, windows bool
	}{
		{"Foo", "foo", false, true, true, true},
		{"ÄB", "äb", false, true, true, true},
		{"u\u0308", "\u00fc", false, true, true, true},
		{"K", "\u212a", false, true, true, true},
		{"σ", "ς", false, true, true, true},
		{"straße", "STRASSE", false, true, true, true},
		{"ſ", "s", false, true, true, true},
		{"x", "x.", false, false, false, true},
		{"x", "x ", false, false, false, true},
		{"a", "b", false, false, false, false},
		{"foo.part", "FOO.PART", false, true, true, true},
	} {
		for r, want := range map[Rules]bool{Linux: row.linux, MacOS: row.mac, {Folds: true}: row.folds, Windows: row.windows, strictest: row.folds || row.windows} {
			if got := r.Key(row.a) == r.Key(row.b); got != want {
				t.Errorf("%+v: %q and %q: %v", r, row.a, row.b, got)
			}
		}
	}
}

func TestNumbered(t *testing.T) {
	for name, want := range map[string]string{
		"foo": "foo (2)", "a.txt": "a (2).txt", ".x": ".x (2)", strings.Repeat("x", 251) + ".txt": strings.Repeat("x", 247) + " (2).txt",
		strings.Repeat("ä", 127): strings.Repeat("ä", 125) + " (2)",
	} {
		if got := Linux.Numbered(name, 2); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
	if got := Linux.Numbered("x."+strings.Repeat("e", 253), 2); len(got) > 255 {
		t.Errorf("%d bytes", len(got))
	}
}

// TestTaken: the second of two names of one file is refused by name, or gets a number that no other file has. The folder
// is asked only when it matters.
func TestTaken(t *testing.T) {
	for _, row := range []struct {
		what   string
		rules  Rules
		number bool
		listed []string
		local  []string // "!": refused
		asked  int
	}{
		{"plain names", Windows, false, []string{"a", "b.txt", "ü"}, []string{"a", "b.txt", "ü"}, 0},
		{"Linux", Linux, false, []string{"Foo", "foo", "a:b", "x.", "x"}, []string{"Foo", "foo", "a:b", "x.", "x"}, 1},
		{"twice", Linux, true, []string{"foo", "foo"}, []string{"foo", "!"}, 0},
		{"refused", MacOS, false, []string{"Foo", "foo", "FOO", "\u00e9", "e\u0301"}, []string{"Foo", "!", "!", "\u00e9", "!"}, 1},
		{"numbered", MacOS, true, []string{"Foo", "foo", "FOO", "foo (2)"}, []string{"Foo", "foo (2)", "FOO (3)", "foo (2) (2)"}, 1},
		{"Windows", Windows, true, []string{"a:b", "a%3Ab", "x.", "X%2e"}, []string{"a%3Ab", "a%3Ab (2)", "x%2E", "X%2e (2)"}, 1},
		{"bytes", MacOS, false, []string{"\xe9", "%E9", "\xe8"}, []string{"%E9", "!", "%E8"}, 1},
		{"elsewhere", MacOS, true, []string{"..", "a/b", ""}, []string{"!", "!", "!"}, 0},
	} {
		asked := 0
		names := Names{Number: row.number, Ask: func() Rules { asked++; return row.rules }}
		var got []string
		for _, name := range row.listed {
			local, err := names.Take(name)
			if err != nil {
				local = "!"
			}
			got = append(got, local)
		}
		if !slices.Equal(got, row.local) || asked != row.asked {
			t.Errorf("%s: %q, asked %d times", row.what, got, asked)
		}
	}
}

// TestAsk: a folder of this system keeps what was said about it, and nothing stays in it.
func TestAsk(t *testing.T) {
	dir, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	r := Ask(dir)
	for _, name := range []string{"Foo", "a:b", "x.", "caf\xe9"} {
		local, err := r.Name(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.WriteFile(local, []byte(name), 0o600); err != nil {
			t.Errorf("%+v: %q as %q: %v", r, name, local, err)
		}
		if got, err := dir.ReadFile(local); err != nil || string(got) != name {
			t.Errorf("%+v: %q holds %q, %v", r, local, got, err)
		}
	}
	if _, err := dir.Lstat("foo"); (err == nil) != r.Folds {
		t.Errorf("%+v, and foo: %v", r, err)
	}
	if left, err := os.ReadDir(dir.Name()); err != nil || len(left) != 4 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// FuzzName: no name leads out of its folder on any system, changes a second time, or is another file than it was.
func FuzzName(f *testing.F) {
	for _, name := range []string{"CON", "a:b", `..\x`, "x. ", "\xff", "e\u0301", "100%25"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, r := range systems {
			got, err := r.Name(name)
			if err != nil {
				continue
			}
			if strings.ContainsAny(got, "/\x00") || got == "." || got == ".." || r.Forbids && strings.ContainsAny(got, `\:`) || r.Trims && got != strings.TrimRight(got, ". ") {
				t.Errorf("%+v: %q: %q", r, name, got)
			}
			if again, err := r.Name(got); err != nil || again != got {
				t.Errorf("%+v: %q: %q, then %q, %v", r, name, got, again, err)
			}
			if r.Key(r.Key(got)) != r.Key(got) {
				t.Errorf("%+v: the key of %q has another key", r, got)
			}
		}
	})
}

// TestFoldIsFull: names that full case folding makes one are one.
func TestFoldIsFull(t *testing.T) {
	t.Parallel()
	fold := cases.Fold()
	for letter := rune(1); letter <= unicode.MaxRune; letter++ {
		name := string(letter)
		if fold.String(name) != name && MacOS.Key(name) != MacOS.Key(fold.String(name)) {
			t.Errorf("%q and %q have the keys %q and %q", name, fold.String(name), MacOS.Key(name), MacOS.Key(fold.String(name)))
		}
	}
}
