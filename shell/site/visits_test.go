package site

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/jsonl"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// TestRanked: what a name is counts before what it holds, then how often and when somebody was there.
func TestRanked(t *testing.T) {
	ago := func(dir string, score float64, age time.Duration) Visit {
		return Visit{jsonl.Name(dir), score, noon.Add(-age)}
	}
	all := []Visit{
		ago("/www/rust-analyzer", 50, 0), ago("/src/Rust", 1, 30*24*time.Hour), ago("/src/rust/css", 9, 0), ago("/old/www", 14, 12*24*time.Hour),
		ago("/var/www", 6, 2*time.Hour), ago("/new/www", 20, 3*24*time.Hour), ago("/a/b-www", 90, 0),
	}
	for words, want := range map[string]string{
		"rust":           "/src/Rust /www/rust-analyzer",
		"www":            "/var/www /new/www /old/www /a/b-www",
		"VAR ww":         "/var/www",
		"src css":        "/src/rust/css",
		"css src":        "",
		"src":            "",
		"rust/css":       "/src/rust/css",
		"/src/rust":      "/src/Rust",
		"nothing at all": "",
	} {
		var got []string
		for _, one := range Ranked(all, strings.Fields(words), noon) {
			got = append(got, string(one.Dir))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", words, got, want)
		}
	}
	if n := len(Ranked(all, nil, noon)); n != len(all) {
		t.Errorf("without words %d of %d", n, len(all))
	}
	if !Close(ago("/a/x", 10, 0), ago("/b/x", 9.5, 0), []string{"x"}, noon) || Close(ago("/a/x", 10, 0), ago("/b/x", 5, 0), []string{"x"}, noon) ||
		Close(ago("/a/x", 10, 0), ago("/b/xy", 10, 0), []string{"x"}, noon) {
		t.Error("what is close is not told from what is not")
	}
}

// TestVisits: two shells write the same file and lose nothing; a name that is not UTF-8 stays what it is; the sum of the
// scores is bounded, and what is rare is forgotten then.
func TestVisits(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 2 {
		v := OpenVisits(dir)
		all.Go(func() {
			for i := range 20 {
				if err := v.Add("alice@h:21", fmt.Sprintf("/\xff%d", i%4), noon); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	v := OpenVisits(dir)
	got, err := v.All("alice@h:21")
	if err != nil || len(got) != 4 || got[0].Score != 10 || string(got[0].Dir) != "/\xff0" || !got[0].Last.Equal(noon) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if other, err := v.All("bob@h:21"); err != nil || len(other) > 0 {
		t.Errorf("another user has %+v, %v", other, err)
	}
	if had, err := v.Forget("alice@h:21", "/\xff0"); !had || err != nil {
		t.Errorf("forgotten: %v, %v", had, err)
	}
	if had, err := v.Forget("alice@h:21", "/\xff0"); had || err != nil {
		t.Errorf("forgotten twice: %v, %v", had, err)
	}
	grown := aged([]Visit{{"/a", mostScore, noon}, {"/b", 1, noon}, {"/c", 2, noon}})
	if len(grown) != 2 || grown[0].Score != 9000 || grown[1].Score != 1.8 {
		t.Errorf("aged: %+v", grown)
	}
}

// TestVisitsDamaged: a file that cannot be read is an error with its name and the line, and stays as it is.
func TestVisitsDamaged(t *testing.T) {
	dir := t.TempDir()
	v := OpenVisits(dir)
	if err := v.Add("s", "/a", noon); err != nil {
		t.Fatal(err)
	}
	name := v.file("s")
	for text, want := range map[string]string{
		"x\n": ":1: this is not a ftpsh-dirs", "": ": the file is empty",
		`{"v":1,"kind":"ftpsh-dirs","server":"s"}` + "\n" + `{"dir":"/a\nDELE x","score":1,"last":"2026-11-30T12:00:00Z"}` + "\n": ":2: not a directory with a score",
		`{"v":1,"kind":"ftpsh-dirs","server":"s"}` + "\n" + `{"dir":"/a","score":1e9,"last":"2026-11-30T12:00:00Z"}` + "\n":       ":2: not a directory with a score",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := v.Add("s", "/b", noon); err == nil || !strings.HasPrefix(err.Error(), name+want) {
			t.Errorf("%q: got %v", text, err)
		}
		if is, err := os.ReadFile(name); err != nil || string(is) != text {
			t.Errorf("it is %q now", is)
		}
	}
	if err := v.Add("t", "/"+strings.Repeat("x", longestDir), noon); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "dirs", "*.jsonl")); len(left) != 1 {
		t.Errorf("a name that is too long is kept: %q", left)
	}
}

// FuzzVisits: whatever is in the file, it is directories with scores that mean something, or an error.
func FuzzVisits(f *testing.F) {
	f.Add([]byte(`{"v":1,"kind":"ftpsh-dirs","server":"h:21"}` + "\n" + `{"dir":"/a","score":3,"last":"2026-01-02T03:04:05Z"}` + "\n"))
	f.Add([]byte(`{"v":1,"kind":"ftpsh-dirs"}` + "\n" + `{"dir":"/a\n","score":-1}`))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseVisits("f", text)
		if err != nil {
			return
		}
		now := time.Now()
		for _, one := range all {
			if one.Dir == "" || strings.ContainsAny(string(one.Dir), "\r\n\x00") || !(one.Score >= 0 && one.Score <= mostScore) {
				t.Errorf("%+v", one)
			}
		}
		if n := len(Ranked(all, nil, now)); n != len(all) {
			t.Errorf("%d of %d are ranked", n, len(all))
		}
		aged(all)
	})
}
