package treesync

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

func encoded(t testing.TB, row Row) []byte {
	var text bytes.Buffer
	if err := jsonl.Encode(&text, row); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(text.Bytes())
}

// TestQuickRow: rows as they are written are read as JSON says; what is unusual is left to that.
func TestQuickRow(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 123, time.UTC)
	for _, test := range []struct {
		row   Row
		quick bool
	}{
		{Row{Path: "d", Here: Side{Type: dir}, There: Side{Type: dir}}, true},
		{Row{Path: "ü b/c", Here: Side{file, 1, at, listing.Subsecond, "1-2"}, There: Side{file, 1, at.Truncate(time.Second), listing.Second, ""}}, true},
		{Row{Path: "empty", Here: Side{file, 0, at, listing.Subsecond, "x"}, There: Side{Type: file}, Sum: "abc"}, true},
		{Row{Path: `quote"`, Here: Side{Type: dir}, There: Side{Type: dir}}, false},
		{Row{Path: "bytes\xff", Here: Side{Type: dir}, There: Side{Type: dir}}, false},
	} {
		got, quick := quickRow(encoded(t, test.row))
		if quick != test.quick || quick && !reflect.DeepEqual(got, test.row) {
			t.Errorf("%v, %+v", quick, got)
		}
	}
}

// FuzzQuickRow: what is read quickly is what JSON says.
func FuzzQuickRow(f *testing.F) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 123, time.UTC)
	f.Add(encoded(f, Row{Path: "a/b", Here: Side{file, 7, at, listing.Subsecond, "1-2"}, There: Side{file, 7, at, listing.Second, "u"}, Sum: "00"}))
	f.Add(encoded(f, Row{Path: "d", Here: Side{Type: dir}, There: Side{Type: dir}}))
	f.Fuzz(func(t *testing.T, line []byte) {
		got, quick := quickRow(line)
		if !quick {
			return
		}
		var want Row
		if err := jsonl.Decode(line, &want); err != nil || !got.Here.Time.Equal(want.Here.Time) || !got.There.Time.Equal(want.There.Time) {
			t.Fatalf("%q: %v, %+v, want %+v", line, err, got, want)
		}
		got.Here.Time, got.There.Time = want.Here.Time, want.There.Time
		if got != want {
			t.Fatalf("%q: %+v, want %+v", line, got, want)
		}
	})
}
