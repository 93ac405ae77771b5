package syntax

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestMatch(t *testing.T) {
	for _, row := range []struct {
		name, pattern string
		yes, no       string // names, separated by blanks
	}{
		{"star", "*.txt", "a.txt b.txt", "a.doc .txt .a.txt d/a.txt"},
		{"question mark", "?", "a é 日 \xff", "ab ."},
		{"class", "[a-c]x", "ax cx", "dx x"},
		{"class, negated", "[!a-c]x [^a-c]x", "", ""},
		{"not a", "[!a]", "b", "a ."},
		{"not a, csh", "[^a]", "b", "a"},
		{"class with a bracket", "[]x]", "", "a"},
		{"dot", ".*", ".a .b", "a"},
		{"escaped dot", `\.*`, ".a", "a"},
		{"dot in braces", "{.a,b}*", ".ax bx", ".bx"},
		{"braces", "{a,b{c,d}}.x", "a.x bc.x bd.x", "b.x"},
		{"braces over names", "{a/b,c}/d", "a/b/d c/d", "a/d"},
		{"braces without a comma", "{a}*", "{a} {a}b", "a"},
		{"open brace", "{a,b*", "{a,b {a,bc", "a"},
		{"path", "*/b", "a/b", "b a/c/b .a/b"},
		{"deep", "**/x", "x a/x a/b/x", ".a/x a/.b/x y"},
		{"deep end", "a/**", "a/b a/b/c", "a/.b b"},
		{"deep middle", "a/**/b/**/c", "a/b/c a/x/b/y/z/c a/b/b/c", "a/c"},
		{"escaped star", `\*`, "*", "a"},
		{"no meta", "a", "a", "b"},
		{"open bracket", "a[1", "a[1", "a1"},
		{"root", "/*", "/a", "a"},
		{"bytes", "\xff*", "\xff \xffa", "\xe9 a"},
		{"class of bytes", "[\xe8-\xe9]", "\xe9", "\xea é"},
		{"characters, not bytes", "*??", "日本 ab", "日 é"},
		{"escapes in a class", `[a\-c]`, "a - c", "b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, n := range strings.Fields(row.yes) {
				if !Match(row.pattern, n) {
					t.Errorf("%q does not match %q", row.pattern, n)
				}
			}
			for _, n := range strings.Fields(row.no) {
				if Match(row.pattern, n) {
					t.Errorf("%q matches %q", row.pattern, n)
				}
			}
		})
	}
}

// A server chooses names, so no name may make a pattern slow.
func TestMatchIsFast(t *testing.T) {
	name := strings.Repeat("a", 255)
	for _, pattern := range []string{
		strings.Repeat("*a", 50) + strings.Repeat("a", 154) + "b",
		strings.Repeat("a*", 50) + "b",
		strings.Repeat("*?", 50) + "[b-z]",
		strings.Repeat("{a*,b*}", 20) + "c",
		strings.Repeat("**/", 60) + "b",
	} {
		for _, n := range []string{name, strings.Repeat("a/", 127)} {
			g := Compile(pattern)
			start := time.Now()
			if g.Match(n) {
				t.Errorf("%.20s… matches", pattern)
			}
			if d := time.Since(start); d > 10*time.Millisecond {
				t.Errorf("%.20s…: %v", pattern, d)
			}
		}
	}
}

func TestWalk(t *testing.T) {
	tree := map[string]string{
		"":       "a.txt b.txt .hidden src/ docs/ evil/x .. .",
		"src":    "main.go lib/ .git/",
		"docs":   "a.md deep/",
		"/":      "pub/ etc/",
		"/pub":   "x y",
		"docs/x": "never",
	}
	for _, row := range []struct{ name, pattern, want, asked, err string }{
		{"here", "*.txt", "a.txt b.txt", ",", ""},
		{"literal", "a/b", "a/b", "", ""},
		{"all", "*", "a.txt b.txt docs src", ",", ""},
		{"alternatives", "{docs,src}/*.{md,go}", "docs/a.md src/main.go", "docs,src", ""},
		{"directories", "*/", "docs/ src/", ",", ""},
		{"below", "*/*", "docs/a.md docs/deep src/lib src/main.go", ",docs,src", ""},
		{"root", "/p*/*", "/pub/x /pub/y", "/,/pub", ""},
		{"deep, with a fault", "src/**/*.go", "src/main.go", "src,src/lib", "src/lib: no"},
		{"literal after a pattern", "*/main.go", "src/main.go", ",docs,src", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			asked := map[string]bool{}
			got, err := Compile(row.pattern).Walk(func(dir string) ([]Name, error) {
				if asked[dir] {
					t.Errorf("%q listed twice", dir)
				}
				asked[dir] = true
				text, ok := tree[dir]
				if !ok {
					return nil, fmt.Errorf("%s: no", dir)
				}
				var names []Name
				for _, f := range strings.Fields(text) {
					if f == "evil/x" {
						names = append(names, Name{Name: f})
						continue
					}
					names = append(names, Name{Name: strings.TrimSuffix(f, "/"), Dir: strings.HasSuffix(f, "/")})
				}
				return names, nil
			})
			if s := strings.Join(got, " "); s != row.want {
				t.Errorf("got %q, want %q", s, row.want)
			}
			keys := slices.Sorted(maps.Keys(asked))
			if s := strings.Join(keys, ","); s != strings.TrimSuffix(row.asked, ",") && s+"," != row.asked {
				t.Errorf("asked for %q, want %q", s, row.asked)
			}
			if (err == nil) != (row.err == "") || err != nil && err.Error() != row.err {
				t.Errorf("error %v, want %q", err, row.err)
			}
		})
	}
}

func TestWalkEndsInAnEndlessTree(t *testing.T) {
	calls := 0
	_, err := Compile("**/x").Walk(func(string) ([]Name, error) {
		if calls++; calls > 1000 {
			t.Fatal("goes on for ever")
		}
		return []Name{{Name: "again", Dir: true}}, nil
	})
	if err != nil {
		t.Error(err)
	}
	sentinel := errors.New("gone")
	if _, err := Compile("*").Walk(func(string) ([]Name, error) { return nil, sentinel }); !errors.Is(err, sentinel) {
		t.Errorf("got %v, want %v", err, sentinel)
	}
}

// FuzzGlob: no pattern panics, and within one name the answer is that of
// path.Match where both know the pattern. Behind a star, that takes one letter of
// several bytes for several.
func FuzzGlob(f *testing.F) {
	f.Add("*.txt", "a.txt")
	f.Add("[!a]{b,c}/**", "b/c")
	f.Add(`\*[a-`, "*")
	f.Add("*??", "蠠")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 200 || len(name) > 200 {
			return
		}
		got := Match(pattern, name)
		if strings.ContainsAny(pattern, `{}/[]\`) || strings.Contains(name, "/") || name == "" || name[0] == '.' ||
			pattern == "**" || !utf8.ValidString(pattern+name) || utf8.RuneCountInString(name) < len(name) && strings.Contains(pattern, "?") {
			return
		}
		if want, err := path.Match(pattern, name); err == nil && got != want {
			t.Fatalf("Match(%q, %q) = %v", pattern, name, got)
		}
	})
}

// TestLinksInACircle: ** stays out of links, which other parts of a pattern enter.
func TestLinksInACircle(t *testing.T) {
	looked := 0
	list := func(dir string) ([]Name, error) {
		looked++
		return []Name{{Name: "a", Dir: true, Link: true}, {Name: "b", Dir: true, Link: true}, {Name: "f"}}, nil
	}
	found, err := Compile("**/f").Walk(list)
	if err != nil || len(found) != 1 || looked != 1 {
		t.Errorf("found %q in %d directories, %v", found, looked, err)
	}
	if found, err = Compile("*/f").Walk(list); err != nil || len(found) != 2 {
		t.Errorf("found %q, %v", found, err)
	}
}
