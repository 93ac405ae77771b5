package textdiff

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	d, err := Compare("a", "b", []byte("one\ntwo\nthree\n"), []byte("one\n2\nthree\nfour"), Options{Context: 1})
	want := "--- a\n+++ b\n@@ -1,3 +1,4 @@\n one\n-two\n+2\n three\n+four\n\\ No newline at end of file\n"
	if err != nil || d.Unified != want || d.Added != 2 || d.Removed != 1 || d.OnlyEnds {
		t.Errorf("%+v, %v", d, err)
	}
	if d, _ := Compare("a", "b", []byte("x\r\n"), []byte("x\n"), Options{}); !d.OnlyEnds || d.Unified == "" {
		t.Errorf("%+v", d)
	}
	blanks := Options{Context: 3, Blanks: true}
	if d, _ := Compare("a", "b", []byte("x  y \r\nz\n"), []byte("x y\nz\t\n"), blanks); d.Unified != "" {
		t.Errorf("%+v", d)
	}
	d, _ = Compare("a", "b", []byte("x  y\nold\nz\n"), []byte("x y\nnew  line\nz \nmore\n"), blanks)
	if want = "--- a\n+++ b\n@@ -1,3 +1,4 @@\n x  y\n-old\n+new  line\n z\n+more\n"; d.Unified != want {
		t.Errorf("%s", d.Unified)
	}
}

func TestIsText(t *testing.T) {
	for text, want := range map[string]bool{"": true, "a\nb": true, "a\x00": false, strings.Repeat("\n", MostLines+1): false, strings.Repeat("x", head) + "\x00": true} {
		if IsText([]byte(text)) != want {
			t.Errorf("%.20q: not %v", text, want)
		}
	}
}

// TestPatch: patch(1) makes the other text of what is printed.
func TestPatch(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("there is no patch here")
	}
	random := rand.New(rand.NewPCG(3, 4))
	text := func() string {
		var out strings.Builder
		for range random.IntN(30) {
			out.WriteString([]string{"a", "b\r", "", "\xff", "ä"}[random.IntN(5)] + "\n")
		}
		if random.IntN(3) == 0 {
			out.WriteString("no end")
		}
		return out.String()
	}
	dir := t.TempDir()
	for range 40 {
		before, after := text(), text()
		d, err := Compare("a", "b", []byte(before), []byte(after), Options{Context: 1 + random.IntN(3)})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "file")
		if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("patch", "--binary", "-s", file)
		cmd.Stdin = strings.NewReader(d.Unified)
		if out, err := cmd.CombinedOutput(); err != nil && d.Unified != "" {
			t.Fatalf("%v: %s\n%q\n%q\n%s", err, out, before, after, d.Unified)
		}
		got, err := os.ReadFile(file)
		if os.IsNotExist(err) && after == "" { // patch deletes what becomes empty
			err = nil
		}
		if err != nil || string(got) != after {
			t.Fatalf("%q, want %q (%v)", got, after, err)
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("a\n b\nc", "a\nb \nd", true)
	f.Fuzz(func(t *testing.T, before, after string, blanks bool) {
		if len(before)+len(after) > 10_000 {
			return
		}
		d, err := Compare("a", "b", []byte(before), []byte(after), Options{Context: 3, Blanks: blanks})
		if err != nil || before == after && d.Unified != "" || !blanks && before != after && d.Unified == "" {
			t.Errorf("%+v, %v", d, err)
		}
	})
}
