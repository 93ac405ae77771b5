package listing

import (
	"strings"
	"testing"
)

// A listing that is cut, at whatever byte, has no entry that the whole one has not, but for the
// one that the cut goes through: which form it has is not decided by where it ends.
func TestListingsCutAtEachByte(t *testing.T) {
	t.Parallel()
	for _, r := range corpus(t) {
		text, o := r.bytes(), r.options(t)
		if len(text) > 1500 {
			text = text[:strings.LastIndexByte(text[:1500], '\n')+1]
		}
		whole := map[string]bool{}
		for e := range Read(strings.NewReader(text), o) {
			whole[e.Name] = whole[e.Name] || e.Type != Unparsed
		}
		for cut := range len(text) {
			last := strings.TrimSuffix(text[strings.LastIndexByte(text[:cut], '\n')+1:cut], "\r")
			for e, err := range Read(strings.NewReader(text[:cut]), o) {
				if err != nil {
					t.Errorf("%s cut at %d: %v", r.ID, cut, err)
				}
				name := strings.TrimRight(e.Name, "\r") // one line alone does not say whose the CR is
				if e.Type != Unparsed && !whole[e.Name] && !whole[name] && (last == "" || !strings.Contains(last, name)) {
					t.Errorf("%s cut at %d: %q is in none of its lines\n%s", r.ID, cut, e.Name, text[:cut])
					break
				}
			}
		}
	}
}

// The last of several lines is marked where it has no end.
func TestNoEnd(t *testing.T) {
	row := "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a"
	for text, want := range map[string]string{
		row: "a,", row + "\r\n": "a,", row + "\n" + row: "a,a!,", row + "\r\n" + row + "\r": "a,a!,", row + "\n" + row + "\n": "a,a,",
		row + "\n-rw-r--": "a,-rw-r--!,",
	} {
		got := ""
		for e := range Read(strings.NewReader(text), Options{Now: june}) {
			if got += e.Name; e.Type == Unparsed {
				got += e.Raw
			}
			if e.NoEnd {
				got += "!"
			}
			got += ","
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// Lines that are hostile in one way or another are entries as they should be, or raw; never others.
func TestHostileLines(t *testing.T) {
	row := "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a\n"
	long := strings.Repeat("what is this "+strings.Repeat("x", 30)+"\n", 100_000)
	for name, test := range map[string]struct {
		text     string
		parsed   int
		unparsed int
	}{
		"CR only":           {strings.ReplaceAll(row+row, "\n", "\r"), 2, 0},
		"NUL":               {"\x00\x00\x00\n" + row + "\x00" + row, 1, 2},
		"the same twice":    {row + row, 2, 0},
		"100,000 raw lines": {long, 0, 100_000},
		"an entry in them":  {long[:len(long)/2] + row + long[len(long)/2:], 1, 100_000},
		"a month of nobody": {strings.ReplaceAll(row, "May", "Foo") + row, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			entries, unparsed := collect(t, test.text, Options{Now: june})
			if len(entries) != test.parsed || len(unparsed) != test.unparsed {
				t.Errorf("%d entries, %d raw lines: %.300v", len(entries), len(unparsed), entries)
			}
			for _, e := range entries {
				if e.Name != "a" || e.Size != 10 {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}
