package localname

import (
	"errors"
	"strings"
	"testing"
)

// TestWindowsNames: on each system, what Windows would make of a name.
func TestWindowsNames(t *testing.T) {
	for name, want := range map[string]string{
		"plain.txt": "plain.txt", "NUL": "%4EUL", "con.txt": "%63on.txt", "CON .x": "%43ON .x", "COM1": "%43OM1", "COM¹": "%43OM¹", "COM10": "COM10",
		"CONIN$": "%43ONIN$", "LPT0.a.b": "%4CPT0.a.b", "CONSOLE": "CONSOLE", "a:stream": "a%3Astream", "C:evil": "C%3Aevil", "NUL:": "%4EUL%3A",
		`..\x`: "..%5Cx", `\\server\share`: "%5C%5Cserver%5Cshare", "trail.": "trail%2E", "trail ": "trail%20", "x. .": "x%2E%20%2E", "...": "%2E%2E%2E",
		"a*b?c|d<e>f\"g": "a%2Ab%3Fc%7Cd%3Ce%3Ef%22g", "tab\there": "tab%09here", "ü": "ü", "\xff": "%FF", "．．": "．．", ".hidden": ".hidden",
	} {
		got, err := Rules{Windows: true}.Name(name)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", name, got, err, want)
		}
		if again, err := (Rules{Windows: true}).Name(got); err != nil || again != got {
			t.Errorf("%q is not a name yet: %q, %v", got, again, err)
		}
		if got, err := (Rules{}).Name(name); err != nil || got != name {
			t.Errorf("Linux: %q became %q, %v", name, got, err)
		}
	}
}

// TestNamesThatLeadElsewhere are none on any system.
func TestNamesThatLeadElsewhere(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "/", "x\x00y", strings.Repeat("x", 256)} {
		for _, r := range []Rules{{}, {Folds: true}, {Windows: true}} {
			if got, err := r.Name(name); !errors.As(err, new(*NameError)) {
				t.Errorf("%+v takes %q as %q", r, name, got)
			}
		}
	}
}

// TestLongNames: Linux counts bytes, Windows UTF-16 units.
func TestLongNames(t *testing.T) {
	for _, row := range []struct {
		name           string
		linux, windows bool
	}{
		{strings.Repeat("x", 255), true, true}, {strings.Repeat("x", 256), false, false},
		{strings.Repeat("漢", 85), true, true}, {strings.Repeat("漢", 255), false, true}, {strings.Repeat("漢", 256), false, false},
		{strings.Repeat("😀", 127), false, true}, {strings.Repeat("😀", 128), false, false},
		{strings.Repeat("x", 254) + ".", true, false}, // it becomes longer when it is escaped
	} {
		for r, want := range map[Rules]bool{{}: row.linux, {Windows: true}: row.windows} {
			if _, err := r.Name(row.name); (err == nil) != want {
				t.Errorf("%+v, %d bytes of %.4s: %v", r, len(row.name), row.name, err)
			}
		}
	}
}

// TestOneFile: which names are the same.
func TestOneFile(t *testing.T) {
	for _, row := range []struct {
		a, b                  string
		linux, folds, windows bool
	}{
		{"Foo", "foo", false, true, true}, {"ÄB", "äb", false, true, true}, {"u\u0308", "\u00fc", false, true, true},
		{"K", "\u212a", false, true, true}, {"σ", "ς", false, true, true}, {"x", "x.", false, false, true}, {"x", "x ", false, false, true}, {"a", "b", false, false, false},
	} {
		for r, want := range map[Rules]bool{{}: row.linux, {Folds: true}: row.folds, {Windows: true}: row.windows} {
			if got := r.Key(row.a) == r.Key(row.b); got != want {
				t.Errorf("%+v: %q and %q: %v", r, row.a, row.b, got)
			}
		}
	}
	for name, want := range map[string]string{"foo": "foo (2)", "a.txt": "a (2).txt", ".x": ".x (2)"} {
		if got := Numbered(name, 2); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// FuzzName: no name leads out of its folder, or changes a second time.
func FuzzName(f *testing.F) {
	for _, name := range []string{"CON", "a:b", `..\x`, "x. ", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		r := Rules{Windows: true}
		got, err := r.Name(name)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\\/:\x00") || got != strings.TrimRight(got, ". ") {
			t.Errorf("%q: %q", name, got)
		}
		if again, err := r.Name(got); err != nil || again != got {
			t.Errorf("%q: %q, then %q, %v", name, got, again, err)
		}
	})
}
