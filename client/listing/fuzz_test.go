package listing

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
)

// show writes all that Read gives, to compare runs.
func show(entries iter.Seq2[Entry, error]) []byte {
	var b bytes.Buffer
	for e, err := range entries {
		fmt.Fprintf(&b, "%+v %v\n", e, err)
	}
	return b.Bytes()
}

// Whatever bytes come, in whatever format: every line gives at most one entry, entries
// are consistent, and the same bytes give the same entries.
func FuzzRead(f *testing.F) {
	for _, r := range corpus(f) {
		format := 0
		if r.options(f).Format == MLSx {
			format = 1 + slices.IndexFunc(forms[:], func(f form) bool { return f.format == MLSx })
		}
		f.Add([]byte(r.bytes()), uint8(format), r.Syst)
	}
	f.Fuzz(func(t *testing.T, text []byte, format uint8, syst string) {
		o := Options{Syst: syst, Now: june, MaxLine: 1000, MaxEntries: 500, MaxBytes: 100_000}
		if n := format % uint8(len(forms)+1); n > 0 {
			o.Format = forms[n-1].format
		}
		n := 0
		for e, err := range Read(bytes.NewReader(text), o) {
			if err != nil {
				break
			}
			n++
			checkEntry(t, e)
		}
		// Some servers end a line with CR alone.
		if lines := bytes.Count(text, []byte("\n")) + bytes.Count(text, []byte("\r")) + 1; n > lines {
			t.Fatalf("%d entries in %d lines", n, lines)
		}
		if !bytes.Equal(show(Read(bytes.NewReader(text), o)), show(Read(bytes.NewReader(text), o))) {
			t.Fatal("two runs differ")
		}
	})
}

func checkEntry(t *testing.T, e Entry) {
	t.Helper()
	switch {
	case e.Raw == "" || len(e.Raw) > 3002:
		t.Fatalf("raw line of %d bytes: %+v", len(e.Raw), e)
	case e.Type == Unparsed && (e.Name != "" || !e.Time.IsZero() || e.Size != -1):
		t.Fatalf("unparsed line with fields: %+v", e)
	case e.Type != Unparsed && e.Name == "":
		t.Fatalf("entry without a name: %+v", e)
	case e.Size < -1 || e.Links < 0:
		t.Fatalf("negative number: %+v", e)
	case e.Time.IsZero() != (e.Precision == NoTime):
		t.Fatalf("time %v of precision %v: %q", e.Time, e.Precision, e.Raw)
	case !e.Time.IsZero() && e.Time.Location() != time.UTC:
		t.Fatalf("time not in UTC: %v", e.Time)
	case strings.ContainsAny(e.Name, "\n"):
		t.Fatalf("name over two lines: %q", e.Name)
	}
	e.Info().Mode()
}

func FuzzParseFacts(f *testing.F) {
	for _, r := range corpus(f) {
		if r.Format == "mlsd" {
			for line := range strings.SplitSeq(r.bytes(), "\r\n") {
				f.Add(line)
			}
		}
	}
	f.Add(" 0//")
	f.Fuzz(func(t *testing.T, line string) {
		e, err := ParseFacts(line)
		if err != nil {
			return
		}
		if e.Name == "" || !strings.HasSuffix(line, e.Name) && !strings.HasSuffix(line, e.Name+"/") || e.Raw != line {
			t.Fatalf("name %q of %q", e.Name, line)
		}
		for name := range factsOf(line) {
			if strings.ContainsAny(name, ";=") {
				t.Fatalf("fact %q of %q", name, line)
			}
		}
	})
}

// The quick way through a line of ls means the same as the full grammar.
func FuzzPlain(f *testing.F) {
	for _, r := range corpus(f) {
		for line := range strings.SplitSeq(r.bytes(), "\r\n") {
			if len(line) < 1000 {
				f.Add(line)
			}
		}
	}
	f.Add("-rwxr-xr-x 1 0 0:0 0 Nov 1 00:00 0")
	f.Add("-r-xr-xr-x 1 A A 0 oCt 001 00:00 0")
	f.Add("-rwxr-xr-x 1000000000 0 0 0 Jul 1  1000 0")
	f.Add("-rwxr-xr-x 1 0 0\xcb0 0000 Aug 1 00:00 0")
	f.Fuzz(func(t *testing.T, line string) {
		quick, full := Entry{Size: -1}, Entry{Size: -1}
		u := &unix{cal: newCalendar(june, nil)}
		if !u.parsePlain(line, &quick) {
			return
		}
		w := words{line: line}
		m, ok := parseMode(&w)
		if !ok {
			t.Fatalf("no mode in %q", line)
		}
		m.give(&full)
		if u.columns(w, m, &full) != parsed || fmt.Sprint(quick) != fmt.Sprint(full) {
			t.Fatalf("%q\nquick %+v\nfull  %+v", line, quick, full)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, val := range []string{"20240506070809", "20240506070809.123456", "191240506070809", "20240229240000", "19981231235960Z", "2024"} {
		f.Add(val)
	}
	f.Fuzz(func(t *testing.T, val string) {
		when, precision, err := ParseTime(val)
		if (err != nil) != (precision == NoTime) || (err != nil) != when.IsZero() {
			t.Fatalf("%q is %v, %v, %v", val, when, precision, err)
		}
	})
}
