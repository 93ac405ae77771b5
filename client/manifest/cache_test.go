package manifest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

var (
	host  = facts.Server{Host: "ftp.example.org", Port: "21", User: "bob"}
	sum1  = sha256.Sum256([]byte("1"))
	noon  = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	older = listing.Entry{Type: listing.File, Size: 1, Time: noon, Precision: listing.Second, Unique: "u1"}
)

// kept is a cache with one file, read so long after its last change, as its file gives it back.
func kept(t *testing.T, e listing.Entry, after time.Duration) *Cache {
	t.Helper()
	c := NewCache(host)
	c.Keep("/pub/a", e, client.SHA256, sum1[:], "read", noon.Add(after))
	var text bytes.Buffer
	if err := c.Write(&text); err != nil {
		t.Fatal(err)
	}
	c, err := ReadCache(&text, "sums", host)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCache: what is known of a file holds as long as nothing tells of a change, and only where a
// change would have told.
func TestCache(t *testing.T) {
	with := func(change func(*listing.Entry)) listing.Entry {
		e := older
		change(&e)
		return e
	}
	for _, test := range []struct {
		name  string
		was   listing.Entry
		after time.Duration
		now   listing.Entry
		found bool
	}{
		{"unchanged", older, time.Hour, older, true},
		{"read at once: another change may have the same time", older, 500 * time.Millisecond, older, false},
		{"read soon, and clocks differ", older, 5 * time.Minute, older, false},
		{"changed in the same minute", older, time.Hour, with(func(e *listing.Entry) { e.Time = noon.Add(time.Second) }), false},
		{"of another size", older, time.Hour, with(func(e *listing.Entry) { e.Size = 2 }), false},
		{"another file under the name", older, time.Hour, with(func(e *listing.Entry) { e.Unique = "u2" }), false},
		{"its time is known to the minute only", older, time.Hour, with(func(e *listing.Entry) { e.Precision = listing.Minute }), false},
		{"it was known to the minute only", with(func(e *listing.Entry) { e.Precision = listing.Minute }), time.Hour, older, false},
		{"a fraction of a second more is told", older, time.Hour, with(func(e *listing.Entry) { e.Time, e.Precision = noon.Add(1), listing.Subsecond }), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			sum, found := kept(t, test.was, test.after).Find("/pub/a", test.now, client.SHA256)
			if found != test.found || found && !bytes.Equal(sum, sum1[:]) {
				t.Errorf("%x, %v", sum, found)
			}
		})
	}
	if _, found := kept(t, older, time.Hour).Find("/pub/a", older, client.MD5); found {
		t.Error("the sum of another algorithm was found")
	}
}

// TestCacheRefused: a file that is not sound, or of another server, is refused with its line.
func TestCacheRefused(t *testing.T) {
	head := `{"v":1,"kind":"ftpsh-sums","host":"ftp.example.org","port":"21","user":"bob"}` + "\n"
	row := `{"path":"/a","size":1,"time":"2026-11-30T12:00:00Z","algorithm":"SHA-256","sum":"` + one + `","how":"read","when":"2026-11-30T13:00:00Z"}` + "\n"
	for _, test := range []struct {
		name, text string
		line       int
	}{
		{"sound", head + row, -1},
		{"empty", "", 0},
		{"of another user", strings.Replace(head, "bob", "eve", 1) + row, 1},
		{"of another host", strings.Replace(head, "example.org", "example.com", 1) + row, 1},
		{"of another version", strings.Replace(head, `"v":1`, `"v":9`, 1) + row, 1},
		{"of another kind", strings.Replace(head, "ftpsh-sums", "ftpsh-sync", 1) + row, 1},
		{"cut in a line", head + row + row[:40], 3},
		{"half a sum", head + strings.Replace(row, one, one[:40], 1), 2},
		{"no algorithm", head + strings.Replace(row, "SHA-256", "", 1), 2},
		{"kept too soon", head + strings.Replace(row, "T13", "T12", 1), 2},
		{"a size below nothing", head + strings.Replace(row, `"size":1`, `"size":-1`, 1), 2},
		{"no path from the root", head + strings.Replace(row, `"/a"`, `"a"`, 1), 2},
		{"a key that nobody knows", head + strings.Replace(row, `"how"`, `"who"`, 1), 2},
		{"a huge line", head + strings.Repeat("x", 2<<20), 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadCache(strings.NewReader(test.text), "sums", host)
			wrong := new(jsonl.Error)
			switch {
			case test.line < 0 && err != nil:
				t.Error(err)
			case test.line >= 0 && (!errors.As(err, &wrong) || wrong.Line != test.line):
				t.Errorf("%v, want an error of line %d", err, test.line)
			}
		})
	}
}

// FuzzReadCache: what is read is written, and read again as the same.
func FuzzReadCache(f *testing.F) {
	c := NewCache(host)
	c.Keep("/pub/a\xff", older, client.SHA256, sum1[:], "read", noon.Add(time.Hour))
	var text bytes.Buffer
	c.Write(&text)
	f.Add(text.Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadCache(bytes.NewReader(text), "f", host)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := c.Write(&once); err != nil {
			return // a year that JSON cannot hold
		}
		first := bytes.Clone(once.Bytes())
		again, err := ReadCache(&once, "f", host)
		if err != nil {
			t.Fatal(err)
		}
		if again.Write(&twice) != nil || !bytes.Equal(first, twice.Bytes()) {
			t.Errorf("%q is read again as %q", first, twice.Bytes())
		}
	})
}
