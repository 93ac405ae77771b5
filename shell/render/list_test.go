package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

var now = time.Date(2024, 3, 10, 12, 0, 0, 0, time.UTC)

// sample has one of each kind, and the names that make trouble.
func sample() []listing.Entry {
	at := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	return []listing.Entry{
		{Name: "src", Type: listing.Dir, Size: 4096, Time: at(3), Precision: listing.Minute, HasMode: true, Mode: 0o755, Owner: "alice", Group: "users", Links: 5},
		{Name: "README.md", Size: 1234, Time: at(10), Precision: listing.Second, HasMode: true, Mode: 0o644, Owner: "alice", Group: "users", Links: 1},
		{Name: "build", Size: 83_000_000, Time: at(400), Precision: listing.Second, HasMode: true, Mode: 0o755, Owner: "bob", Group: "staff", Links: 1},
		{Name: "current", Type: listing.Link, Target: "releases/2024", Size: 13, Time: at(1), Precision: listing.Minute, HasMode: true, Mode: 0o777, Owner: "alice", Group: "users", Links: 1},
		{Name: "file10.tar.gz", Size: 10, Time: at(2), Precision: listing.Minute, HasMode: true, Mode: 0o600, Owner: "alice", Group: "users", Links: 1},
		{Name: "file9.tar.gz", Size: 900, Time: at(2), Precision: listing.Minute, HasMode: true, Mode: 0o600, Owner: "alice", Group: "users", Links: 1},
		{Name: "日本語の名前.txt", Size: 99, Time: at(20), Precision: listing.Minute, HasMode: true, Mode: 0o644, Owner: "日本", Group: "users", Links: 1},
		{Name: "👨‍👩‍👧 family.jpg", Size: 2_500_000, Time: at(30), Precision: listing.Day, HasMode: true, Mode: 0o644, Owner: "alice", Group: "users", Links: 12},
		{Name: "Ärger.log", Size: -1, HasMode: true, Mode: 0o640 | fs.ModeSetgid, Owner: "alice", Links: 1},
		{Name: "\x1b]0;pwned\a", Size: 0, Time: at(5), Precision: listing.Minute, HasMode: true, Mode: 0o644, Owner: "\x1b[2J", Group: "users", Links: 1},
		{Name: "two\nlines", Size: 7, Time: at(5), Precision: listing.Minute, HasMode: true, Mode: 0o644, Owner: "alice", Group: "users", Links: 1},
		{Name: "abc\u202egpj.exe", Size: 7, SizeApprox: true, Time: at(5), Precision: listing.Minute, Owner: "alice", Group: "users"},
		{Type: listing.Unparsed, Raw: "total \x1b[31m 12", Size: -1},
		{Name: "tmp", Type: listing.Dir, Size: 4096, Time: at(3), Precision: listing.Minute, HasMode: true, Mode: 0o777 | fs.ModeSticky, Owner: "root", Group: "root", Links: 2},
		{Name: "tty", Type: listing.Other, Size: -1, Raw: "crw-rw-rw- …", Facts: map[string]string{"dev": "5, 0"}, Time: at(3), Precision: listing.Minute, HasMode: true, Mode: 0o666, Owner: "root", Group: "root", Links: 1},
	}
}

func TestList(t *testing.T) {
	base := List{Now: now, Zone: time.UTC, Colours: ParseColours("*.gz=01;31:*README.md=4")}
	with := func(f func(*List)) List { l := base; f(&l); return l }
	for name, l := range map[string]List{
		"one":         base,
		"columns-80":  with(func(l *List) { l.Width = 80 }),
		"columns-40":  with(func(l *List) { l.Width = 40; l.Classify = true }),
		"columns-1":   with(func(l *List) { l.Width = 1 }),
		"long":        with(func(l *List) { l.Long = true }),
		"long-human":  with(func(l *List) { l.Long, l.Human, l.Classify, l.Style = true, true, true, ISO }),
		"long-colour": with(func(l *List) { l.Long, l.Color = true, true }),
		"by-time":     with(func(l *List) { l.Long, l.By = true, ByTime }),
		"by-size":     with(func(l *List) { l.Long, l.By, l.Reverse = true, BySize, true }),
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := l.Write(&b, sample()); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if w := Width(strings.TrimSuffix(line, "\n")); l.Width > 1 && w > l.Width {
					t.Errorf("%d cells: %q", w, line)
				}
			}
			golden(t, name+".txt", b.String())
		})
	}
}

// A server that only knows names and types gets no empty columns.
func TestLongListLeavesOutWhatNobodyTold(t *testing.T) {
	var b strings.Builder
	List{Long: true}.Write(&b, []listing.Entry{{Name: "b", Size: -1}, {Name: "a", Type: listing.Dir, Size: -1}})
	if got, want := b.String(), "d a\n- b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Scripts cut long listings into columns: there are always nine.
func TestFixedColumns(t *testing.T) {
	var b strings.Builder
	day := time.Date(2020, 3, 4, 0, 0, 0, 0, time.UTC)
	List{Long: true, Fixed: true}.Write(&b, []listing.Entry{
		{Name: "b", Size: -1},
		{Name: "a", Type: listing.Dir, Size: -1},
		{Name: "c", Size: 7, Time: day, Precision: listing.Day, Owner: "joe", Links: 2},
	})
	for line := range strings.Lines(b.String()) {
		if n := len(strings.Fields(line)); n != 9 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestRawNames(t *testing.T) {
	var b strings.Builder
	List{Raw: true}.Write(&b, []listing.Entry{{Name: "gr\xfc\xdfe"}})
	if got := b.String(); got != "gr\xfc\xdfe\n" {
		t.Errorf("got %q", got)
	}
	b.Reset()
	List{Name: func(s string) string { return strings.ReplaceAll(s, "\xfc", "ü") }}.Write(&b, []listing.Entry{{Name: "gr\xfc\xdf"}})
	if got := b.String(); got != "grü\\xdf\n" {
		t.Errorf("got %q", got)
	}
}

func TestRecursiveList(t *testing.T) {
	var b strings.Builder
	List{Width: 80}.Write(&b, []listing.Entry{{Name: "d", Type: listing.Dir}, {Name: "a"}, {Dir: "./d", Name: "y"}, {Dir: "./d", Name: "x"}})
	if got, want := b.String(), "a  d\n\n./d:\nx  y\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A disk that is full is an error, however long the listing is.
func TestWriteToFullDisk(t *testing.T) {
	var entries []listing.Entry
	for _, name := range manyNames(100_000) {
		entries = append(entries, listing.Entry{Name: name})
	}
	if err := (List{By: Unsorted}).Write(fullDisk{}, entries); !errors.Is(err, errFull) {
		t.Errorf("got %v, want %v", err, errFull)
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func manyNames(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("name-%d", i)
	}
	return out
}

// Above a thousand rows a table is padded without tablewriter: nobody may
// see the difference.
func TestBothWaysAlignTheSame(t *testing.T) {
	l := List{Long: true, Color: true, Colours: ParseColours(""), Now: now, Zone: time.UTC}
	var rows [][]string
	for range 30 {
		for _, e := range sample() {
			var cells []string
			for _, c := range l.columns() {
				cells = append(cells, c.cell(&e))
			}
			rows = append(rows, cells, []string{"", Red.Paint(true, " x "), "日", Bold.Paint(true, "日本")})
		}
	}
	right := []bool{false, true, false, false, true}
	for _, gap := range []string{" ", gap} {
		fast, slow := alignFast(rows, right, gap), alignTable(rows, right, gap)
		if len(fast) != len(slow) {
			t.Fatalf("%d and %d lines", len(fast), len(slow))
		}
		for i := range fast {
			if fast[i] != slow[i] {
				t.Fatalf("row %d:\n%q\n%q", i, fast[i], slow[i])
			}
		}
	}
}

func TestSort(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"numbers", "a10 a9 a1b a1 a010", "a1 a1b a9 a010 a10"},
		{"case", "b A a B", "A a B b"},
		{"accents", "zebra Äpfel apfel éclair", "apfel Äpfel éclair zebra"},
		{"dots first", "b .a a", ".a a b"},
		{"huge numbers", "x99999999999999999999999 x100000000000000000000000", "x99999999999999999999999 x100000000000000000000000"},
		{"prefix", "ab a abc", "a ab abc"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var entries []listing.Entry
			for _, n := range strings.Fields(row.in) {
				entries = append(entries, listing.Entry{Name: n})
			}
			Sort(entries, ByName, false)
			var got []string
			for _, e := range entries {
				got = append(got, e.Name)
			}
			if s := strings.Join(got, " "); s != row.want {
				t.Errorf("got %s, want %s", s, row.want)
			}
		})
	}
}

func TestColours(t *testing.T) {
	c := ParseColours("di=01;35:ln=target:*.TAR=1:*~=90:ex=\x1b[2J:nonsense")
	for _, row := range []struct {
		name  string
		entry listing.Entry
		want  string
	}{
		{"changed", listing.Entry{Name: "d", Type: listing.Dir}, "\x1b[1;35mx\x1b[0m"},
		{"not a colour", listing.Entry{Name: "x", HasMode: true, Mode: 0o755}, "\x1b[1;32mx\x1b[0m"},
		{"link", listing.Entry{Name: "l", Type: listing.Link}, "\x1b[1;36mx\x1b[0m"},
		{"extension", listing.Entry{Name: "a.tar"}, "\x1b[1mx\x1b[0m"},
		{"end of a name", listing.Entry{Name: "a.tar~"}, "\x1b[90mx\x1b[0m"},
		{"nothing", listing.Entry{Name: "a"}, "x"},
		{"sticky", listing.Entry{Type: listing.Dir, Mode: 0o777 | fs.ModeSticky}, "\x1b[30;42mx\x1b[0m"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := c.Of(&row.entry).Paint(true, "x"); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	for value, want := range map[string]string{"": "\x1b[1;31mx\x1b[0m", "di=01;34": "x"} { // who has LS_COLORS has said it all
		if got := ParseColours(value).Of(&listing.Entry{Name: "a.TAR"}).Paint(true, "x"); got != want {
			t.Errorf("an archive with LS_COLORS %q: %q, want %q", value, got, want)
		}
	}
	if got := (Colours{}).Of(&listing.Entry{Type: listing.Dir}); got != Plain {
		t.Errorf("zero value: got %q", got)
	}
}

// TestHeader: the titles stand over their columns, those that no entry has are left out.
func TestHeader(t *testing.T) {
	entries := []listing.Entry{{Name: "a", Type: listing.File, Size: 5, Owner: "al"}, {Name: "b", Type: listing.Dir, Size: -1}}
	var out strings.Builder
	if err := (List{Long: true, Header: true}).Write(&out, entries); err != nil {
		t.Fatal(err)
	}
	if want := "mode owner size name\n-    al       5 a\nd    -        - b\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func BenchmarkList100k(b *testing.B) {
	var entries []listing.Entry
	for i := range 100_000 {
		e := sample()[i%12]
		e.Name = fmt.Sprintf("%d-%s", i, e.Name)
		entries = append(entries, e)
	}
	for name, l := range map[string]List{
		"one": {}, "columns": {Width: 80}, "long": {Long: true, Now: now, Zone: time.UTC},
		"long colour": {Long: true, Color: true, Colours: ParseColours(""), Now: now, Zone: time.UTC},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var out bytes.Buffer
				l.Write(&out, slices.Clone(entries))
			}
		})
	}
}
