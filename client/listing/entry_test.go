package listing

import (
	"io/fs"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUnsafe(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "/etc/passwd", `..\up`, "a\x00b", "/"} {
		if e := (Entry{Name: name}); !e.Unsafe() {
			t.Errorf("%q passes for a local name", name)
		}
	}
	for _, name := range []string{"a", "...", ".hidden", "-rf", "a b", "\x1b[2J", "C:x", "~root"} {
		if e := (Entry{Name: name}); e.Unsafe() {
			t.Errorf("%q is called unsafe", name)
		}
	}
}

func TestInfo(t *testing.T) {
	when := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	tests := []struct {
		name  string
		entry Entry
		mode  fs.FileMode
		size  int64
	}{
		{"file", Entry{Type: File, Mode: 0o644, Size: 5}, 0o644, 5},
		{"dir", Entry{Type: Dir, Mode: 0o755 | fs.ModeSticky, Size: -1}, fs.ModeDir | fs.ModeSticky | 0o755, 0},
		{"link", Entry{Type: Link, Mode: 0o777}, fs.ModeSymlink | 0o777, 0},
		{"device", Entry{Type: Other}, fs.ModeIrregular, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.entry.Name, test.entry.Time = "n", when
			info := test.entry.Info()
			if info.Mode() != test.mode || info.Size() != test.size || info.IsDir() != test.mode.IsDir() {
				t.Errorf("mode %v, size %d, dir %v", info.Mode(), info.Size(), info.IsDir())
			}
			if sys, ok := info.Sys().(Entry); info.Name() != "n" || !info.ModTime().Equal(when) || !ok || sys.Type != test.entry.Type {
				t.Errorf("name %q, time %v, sys %v", info.Name(), info.ModTime(), info.Sys())
			}
		})
	}
}

func TestNamesOfTypesAndFormats(t *testing.T) {
	var types []string
	for typ := File; typ <= Unparsed; typ++ {
		types = append(types, typ.String())
	}
	if got := strings.Join(types, " "); got != "file dir link other unparsed" {
		t.Errorf("types are %s", got)
	}
	if MLSx.String() != "mlsx" || Detect.String() != "detect" {
		t.Errorf("formats are called %v and %v", MLSx, Detect)
	}
}

func TestParseFacts(t *testing.T) {
	line := "Type=OS.unix=slink:/foo;Size=5;Modify=20240506070809;Perm=adfr;Unique=U1;UNIX.mode=04755;UNIX.ownername=me;UNIX.uid=0;Media-Type=text/plain; a; b"
	e, err := ParseFacts(line)
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != "a; b" || e.Type != Link || e.Target != "/foo" || e.Size != 5 || e.Perm != "adfr" || e.Unique != "U1" ||
		e.Owner != "me" || e.Mode != 0o755|fs.ModeSetuid || e.Precision != Second || e.Raw != line {
		t.Errorf("got %+v", e)
	}
	var names []string
	for name, value := range factsOf(line) {
		names = append(names, name+"="+value)
	}
	if !slices.Contains(names, "Media-Type=text/plain") || len(names) != 9 {
		t.Errorf("facts are %q", names)
	}
	for _, bad := range []string{"", "type=file;", "type=file; ", "total 5", " "} {
		if e, err := ParseFacts(bad); err == nil {
			t.Errorf("%q is %+v", bad, e)
		}
	}
}

func TestParseTime(t *testing.T) {
	tests := []struct {
		name, val string
		want      string // RFC 3339; "" for an error
		precision Precision
	}{
		{"plain", "20240506070809", "2024-05-06T07:08:09Z", Second},
		{"fraction", "20240506070809.25", "2024-05-06T07:08:09.25Z", Subsecond},
		{"more digits than a nanosecond", "20240506070809.1234567891", "2024-05-06T07:08:09.123456789Z", Subsecond},
		{"fraction of zeros", "20240506070809.000", "2024-05-06T07:08:09Z", Second},
		{"trailing Z", "20240506070809Z", "2024-05-06T07:08:09Z", Second},
		{"leap second", "19981231235960", "1999-01-01T00:00:00Z", Second},
		{"leap day", "20240229000000", "2024-02-29T00:00:00Z", Second},
		{"year 2000 as 19100", "191000506070809", "2000-05-06T07:08:09Z", Second},
		{"year 2024 as 19124", "191240506070809", "2024-05-06T07:08:09Z", Second},
		{"no leap day", "20230229000000", "", NoTime},
		{"month 13", "20241306070809", "", NoTime},
		{"second 61", "20240506070861", "", NoTime},
		{"year 0", "00000101000000", "", NoTime},
		{"date only", "20240506", "", NoTime},
		{"letters", "2024050607080x", "", NoTime},
		{"empty fraction", "20240506070809.", "", NoTime},
		{"sign", "-2024050607080", "", NoTime},
		{"empty", "", "", NoTime},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, precision, err := ParseTime(test.val)
			if test.want == "" {
				if err == nil || !got.IsZero() {
					t.Fatalf("got %v, want an error", got)
				}
				return
			}
			if err != nil || got.Format(time.RFC3339Nano) != test.want || precision != test.precision {
				t.Errorf("got %v, precision %v, error %v", got, precision, err)
			}
		})
	}
}

func TestMonthTable(t *testing.T) {
	for _, row := range monthWords {
		months := strings.Split(row.words, "|")
		if len(months) != 12 {
			t.Errorf("%s has %d months", row.language, len(months))
		}
		for _, word := range strings.Fields(row.words) {
			if strings.ToLower(word) != word || strings.HasSuffix(word, ".") {
				t.Errorf("%s: %q is not normalised", row.language, word)
			}
		}
	}
	for word, m := range monthTable() {
		if m.usual != 0 && m.croatian != 0 && m.usual != m.croatian && !slices.Contains([]string{"srp", "lis", "lip", "listopad", "listopada"}, word) {
			t.Errorf("%q is month %d and %d", word, m.usual, m.croatian)
		}
	}
}

// Trying all charsets is safe only while no month of one is another month of another.
func TestCharsetsDoNotCollide(t *testing.T) {
	for word, want := range monthTable() {
		for _, from := range charsets {
			encoded, ok := encode(word, from)
			if !ok {
				continue
			}
			for _, to := range charsets {
				text, _ := to.decode(encoded)
				if got, ok := monthTable()[text]; ok && got != want {
					t.Errorf("%q in %s is %q in %s", word, from.name, text, to.name)
				}
			}
			if got, ok := lookupMonth(encoded); !ok || got != want {
				t.Errorf("%q in %s is %v, want %v", word, from.name, got, want)
			}
		}
	}
}

// encode is the reverse of decode; it is false for words that are ASCII or do not fit.
func encode(word string, c charset) (string, bool) {
	var b []byte
	foreign := false
	for _, r := range word {
		i := slices.Index(c.upper, r)
		switch {
		case r < 0x80:
			b = append(b, byte(r))
		case i < 0:
			return "", false
		default:
			b = append(b, byte(0x80+i))
			foreign = true
		}
	}
	return string(b), foreign
}

// factsOf walks over the facts of a line of MLSD or MLST, with names and values as sent.
func factsOf(line string) iter.Seq2[string, string] {
	facts, _ := splitFacts(line)
	return eachFact(facts)
}
