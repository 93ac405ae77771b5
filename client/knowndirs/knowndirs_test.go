package knowndirs

import (
	"bytes"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

var server = facts.Server{Host: "h", Port: "21", User: "u"}

func dir(at time.Time) listing.Entry {
	return listing.Entry{Name: "d", Type: listing.Dir, Time: at, Precision: listing.Second}
}

// TestFind: a listing is believed as long as the directory has the time that it had, known to the second, and long before.
func TestFind(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	old := now.Add(-time.Hour)
	files := []listing.Entry{{Name: "a\xff", Type: listing.File, Size: 3, Time: old, Precision: listing.Minute}}
	for _, row := range []struct {
		name     string
		was, now listing.Entry
		entries  []listing.Entry
		found    bool
	}{
		{"the same", dir(old), dir(old), files, true},
		{"empty", dir(old), dir(old), nil, true},
		{"changed", dir(old), dir(now), files, false},
		{"to the minute", dir(old), listing.Entry{Type: listing.Dir, Time: old, Precision: listing.Minute}, files, false},
		{"just changed", dir(now), dir(now), files, false},
		{"another one", dir(old), listing.Entry{Type: listing.Dir, Time: old, Precision: listing.Second, Unique: "7"}, files, false},
		{"a size that is a guess", dir(old), dir(old), []listing.Entry{{Name: "a", SizeApprox: true}}, false},
		{"very long", dir(old), dir(old), make([]listing.Entry, mostNames+1), false},
	} {
		d := New(server)
		d.Keep("/d", row.was, row.entries, now)
		var text bytes.Buffer
		if err := d.Write(&text); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&text, "file", server)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		got, found := again.Find("/d", row.now)
		if found != row.found || found && len(got) != len(row.entries) {
			t.Errorf("%s: %v, %v", row.name, got, found)
		}
		if found && len(got) > 0 && (got[0].Name != "a\xff" || got[0].Size != 3 || !got[0].Time.Equal(old) || got[0].Precision != listing.Minute) {
			t.Errorf("%s: %+v", row.name, got[0])
		}
	}
}

// FuzzRead: a file is refused, or what it says is what is written again.
func FuzzRead(f *testing.F) {
	d := New(server)
	old := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	d.Keep("/d", dir(old), []listing.Entry{{Name: "a", Type: listing.File, Size: 3, Time: old, Precision: listing.Second}}, old.Add(time.Hour))
	var text bytes.Buffer
	if err := d.Write(&text); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add([]byte(`{"v":1,"kind":"ftpsh-dirs","host":"h","port":"21","user":"u"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Read(bytes.NewReader(text), "file", server)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := d.Write(&once); err != nil {
			return // a year that JSON cannot hold
		}
		again, err := Read(bytes.NewReader(once.Bytes()), "file", server)
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, once.Bytes())
		}
		if err := again.Write(&twice); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("%v\n%s\n%s", err, once.Bytes(), twice.Bytes())
		}
	})
}
