package site

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// TestServerFeatures: what a server said is known to the next program, after the same greeting alone.
func TestServerFeatures(t *testing.T) {
	dir := t.TempDir()
	said := client.Features{"MLST": "type*;size*;", "UTF8": "", "SITE": "UTIME\nSYMLINK"}
	if err := OpenFeatures(dir).Keep("h:21", "ready\nnow", said, "UNIX Type: L8"); err != nil {
		t.Fatal(err)
	}
	again := OpenFeatures(dir)
	if got, syst := again.Get("h:21", "ready\nnow"); !maps.Equal(got, said) || syst != "UNIX Type: L8" {
		t.Errorf("got %q, %q", got, syst)
	}
	for _, other := range [][2]string{{"h:21", "another"}, {"h:22", "ready\nnow"}} {
		if got, _ := again.Get(other[0], other[1]); got != nil {
			t.Errorf("%q: got %q", other, got)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, FeaturesFile)); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if got, syst := OpenFeatures("").Get("h:21", ""); got != nil || syst != "" {
		t.Error("what no file has is known")
	}
}

// FuzzParseFeatures: a line is understood as it was written, or an error.
func FuzzParseFeatures(f *testing.F) {
	f.Add("h:21 2030-01-31T12:00:00Z " + strings.Repeat("0a", 32) + " -UNIX MLST+type%2A%3B UTF8")
	f.Add("[::1]:21 2030-01-31T12:00:00Z " + strings.Repeat("0a", 32) + " - ")
	f.Fuzz(func(t *testing.T, text string) {
		addr, kept, err := ParseFeatures(text)
		if err != nil {
			return
		}
		addr2, kept2, err := ParseFeatures(kept.Line(addr))
		if err != nil || addr2 != addr || kept2.Syst != kept.Syst || len(kept2.Features) > len(kept.Features) {
			t.Errorf("%q became %q: %v", text, kept.Line(addr), err)
		}
	})
}
