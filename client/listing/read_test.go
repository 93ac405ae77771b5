package listing

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

var june = time.Date(2024, 6, 15, 12, 0, 0, 0, time.UTC)

// drip gives one line for each Read, and counts them.
type drip struct {
	lines []string
	given int
	err   error // instead of io.EOF
}

func (d *drip) Read(p []byte) (int, error) {
	if d.given == len(d.lines) {
		if d.err != nil {
			return 0, d.err
		}
		return 0, io.EOF
	}
	d.given++
	return copy(p, d.lines[d.given-1]), nil
}

// Entries arrive with their lines, not at the end of the listing.
func TestReadStreams(t *testing.T) {
	tests := []struct {
		name   string
		format Format
		lines  []string
		held   []int // lines given when each entry arrives
	}{
		{"unix", Detect, []string{
			"total 8\n",
			"-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a\n",
			"-rw-r--r-- 1 ftp ftp 10 May  6 07:08 b\n",
		}, []int{2, 3}},
		{"mlsd", MLSx, []string{"type=file; a\n", "type=file; b\n"}, []int{1, 2}},
		{"dates wait until their order is known", Detect, []string{
			"05-06-24  07:08AM  1 a\n",
			"05-07-24  07:08AM  1 b\n",
			"05-13-24  07:08AM  1 c\n",
			"05-14-24  07:08AM  1 d\n",
		}, []int{3, 3, 3, 4}},
		{"half an entry waits", Detect, []string{
			"LONG.TXT;1\n",
			"  1/3  6-MAY-2024 07:08:09\n",
			"B.TXT;1  1/3  6-MAY-2024 07:08:09\n",
		}, []int{3, 3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := &drip{lines: test.lines}
			i := 0
			for e, err := range Read(source, Options{Format: test.format, Now: june}) {
				if err != nil || e.Type == Unparsed {
					t.Fatalf("got %+v, error %v", e, err)
				}
				if i >= len(test.held) || source.given != test.held[i] {
					t.Fatalf("entry %d %q came after %d lines, want %v", i, e.Name, source.given, test.held)
				}
				i++
			}
			if i != len(test.held) {
				t.Errorf("%d entries, want %d", i, len(test.held))
			}
		})
	}
}

// A broken connection leaves the entries that came, no half name, and the error last.
func TestReadErrorComesLast(t *testing.T) {
	broken := errors.New("connection reset")
	source := &drip{err: broken, lines: []string{
		"-rw-r--r-- 1 ftp ftp 10 May  6 07:08 whole\n",
		"-rw-r--r-- 1 ftp ftp 10 May  6 07:08 impor",
	}}
	var got []string
	for e, err := range Read(source, Options{Now: june}) {
		if err != nil {
			if !errors.Is(err, broken) {
				t.Errorf("error %v, want %v", err, broken)
			}
			got = append(got, "error")
			continue
		}
		got = append(got, e.Type.String()+" "+e.Name)
	}
	if want := "file whole, unparsed , error"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
}

func TestReadLastLineWithoutEnd(t *testing.T) {
	entries, unparsed := collect(t, "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a", Options{Now: june})
	if len(entries) != 1 || entries[0].Name != "a" || unparsed != nil {
		t.Errorf("got %+v, %q", entries, unparsed)
	}
}

func TestReadStopsWhenToldTo(t *testing.T) {
	endless := &drip{lines: strings.SplitAfter(strings.Repeat("-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a\n", 9), "\n")}
	for range Read(endless, Options{Now: june}) {
		break
	}
	if endless.given != 1 {
		t.Errorf("read %d lines for one entry", endless.given)
	}
}

// A hostile listing cannot take all memory, or all time.
func TestLimits(t *testing.T) {
	line := "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a\n"
	tests := []struct {
		name    string
		text    string
		options Options
		entries int
		fails   bool
	}{
		{"as many entries as allowed", strings.Repeat(line, 3), Options{MaxEntries: 3}, 3, false},
		{"one more", strings.Repeat(line, 4), Options{MaxEntries: 3}, 3, true},
		{"lines that are no entries count too", strings.Repeat("?!\n", 4), Options{Format: "unix", MaxEntries: 3}, 3, true},
		{"as many bytes as allowed", strings.Repeat(line, 3), Options{MaxBytes: int64(3 * len(line))}, 3, false},
		{"blank lines without end", strings.Repeat("\n", 10_000), Options{MaxBytes: 5000}, 0, true},
		{"one line without end", strings.Repeat("x", 100_000), Options{MaxBytes: 5000, MaxLine: 100}, 1, true},
		{"undecided dates", strings.Repeat("05-06-24  07:08AM  1 a\n", 4), Options{MaxEntries: 3}, 3, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.options.Now = june
			n := 0
			var failure error
			for _, err := range Read(strings.NewReader(test.text), test.options) {
				if failure != nil {
					t.Fatal("something came after the error")
				}
				if failure = err; err == nil {
					n++
				}
			}
			if n != test.entries || test.fails != errors.Is(failure, ErrTooLong) {
				t.Errorf("%d entries and %v, want %d", n, failure, test.entries)
			}
		})
	}
}

// An overlong line is one line: shown cut off, never taken for several entries.
func TestLongLines(t *testing.T) {
	long := "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 " + strings.Repeat("n", 300_000)
	good := "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 good"
	for _, text := range []string{good + "\r\n" + long + "\r\n" + good, long + "\n" + good + "\n" + good} {
		entries, unparsed := collect(t, text, Options{Now: june})
		if len(entries) != 2 || entries[0].Name != "good" || entries[1].Name != "good" {
			t.Errorf("%d entries, want 2 good ones", len(entries))
		}
		if len(unparsed) != 1 || len(unparsed[0]) != 128<<10 || !strings.HasPrefix(long, unparsed[0]) {
			t.Errorf("%d lines not understood, want the front of the long one", len(unparsed))
		}
	}
	exact := long[:1000]
	for _, end := range []string{"\n", "\r\n", ""} {
		entries, _ := collect(t, exact+end, Options{Now: june, MaxLine: 1000})
		if len(entries) != 1 || entries[0].Raw != exact {
			t.Errorf("a line of MaxLine bytes and %q gives %d entries", end, len(entries))
		}
	}
}

// Good lines are understood whatever stands around them.
func TestGoodLinesAmongGarbage(t *testing.T) {
	garbage := []string{"\x00\x01\x02", "220 Welcome", "-rw-r--r--", "d", strings.Repeat("\xff", 1000), "total total", "foo:[bar]", "NAME;1"}
	good := "drwxr-xr-x 2 ftp ftp 4096 May  6 07:08 good"
	entries, unparsed := collect(t, strings.Join(garbage, "\n")+"\n"+good+"\n"+strings.Join(garbage, "\n"), Options{Now: june})
	if len(entries) != 1 || entries[0].Name != "good" || entries[0].Type != Dir {
		t.Errorf("entries %+v", entries)
	}
	if len(unparsed) != 2*len(garbage) {
		t.Errorf("%d lines are reported, want %d: %q", len(unparsed), 2*len(garbage), unparsed)
	}
}

func TestDetected(t *testing.T) {
	tests := []struct {
		name, text, syst string
		want             []Format
	}{
		{"empty", "", "", nil},
		{"messages", "ls: not found\n", "", nil},
		{"unix", "total 1\n-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a\n", "", []Format{"unix"}},
		{"unix on z/OS", "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a\n", "MVS is the operating system", []Format{"unix"}},
		{"member on z/OS", "MEMBER\n", "MVS is the operating system", []Format{"mvs"}},
		{"facts in LIST", "type=file;size=1; a\n", "", []Format{"mlsx"}},
		{"header and rows", "Directory X:[Y]\n\nA.B;1  1  6-MAY-2024 07:08\n", "", []Format{"vms"}},
		{"only a header", "Directory X:[Y]\n", "", []Format{"vms"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []Format
			o := Options{Syst: test.syst, Now: june, Detected: func(f Format) { got = append(got, f) }}
			collect(t, test.text, o)
			if len(got) != len(test.want) || len(got) == 1 && got[0] != test.want[0] {
				t.Errorf("detected %v, want %v", got, test.want)
			}
		})
	}
}

// The CR before CR LF belongs to a name, unless all lines have one.
func TestDoubledCarriageReturn(t *testing.T) {
	line := "-rw-r--r-- 1 ftp ftp 10 May  6 07:08 a"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"one line", line + "\r\r\n", []string{"a\r"}},
		{"all lines", line + "\r\r\n" + line + "\r\r\n", []string{"a", "a"}},
		{"the first line", line + "\r\r\n" + line + "\r\n", []string{"a\r", "a"}},
		{"a later line", line + "\r\n" + line + "\r\r\n", []string{"a", "a\r"}},
		{"more lines than are looked at", strings.Repeat(line+"\r\r\n", 40), strings.Split(strings.Repeat("a,", 39)+"a", ",")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, _ := collect(t, test.text, Options{Now: june})
			if len(entries) != len(test.want) {
				t.Fatalf("%d entries, want %d", len(entries), len(test.want))
			}
			for i, e := range entries {
				if e.Name != test.want[i] {
					t.Errorf("name %q, want %q", e.Name, test.want[i])
				}
			}
		})
	}
}

// Lines that cannot be told apart by a rule of the first match.
func TestUnixTraps(t *testing.T) {
	tests := []struct {
		name, line string
		file       string
		size       int64
		time       string
	}{
		{"size that could be a year", "-rw-r--r-- 1 0 0 2024 Jan 12 10:33 f", "f", 2024, "2024-01-12 10:33"},
		{"size that could be a year, owner missing", "-rw-r--r-- 1 500 2024 Jan 12 10:33 f", "f", 2024, "2024-01-12 10:33"},
		{"size that could be a year, month with a mark", "-rw-r--r-- 1 0 0 2023 4月  1  2020 f", "f", 2023, "2020-04-01 00:00"},
		{"size that could be a day", "-rw-r--r-- 1 0 0 12 Oct  5  2005 f", "f", 12, "2005-10-05 00:00"},
		{"size that could be a month", "-rw-r--r-- 1 0 5 3 Apr 29 03:26 f", "f", 3, "2024-04-29 03:26"},
		{"size that could be an epoch", "-rw-r--r-- 1 1000 1000 1234567890 Nov 16  2006 f", "f", 1234567890, "2006-11-16 00:00"},
		{"offset west of Greenwich", "-rw-r--r-- 1 a b 1 2024-05-06 02:08:09.5 -0500 f", "f", 1, "2024-05-06 07:08"},
		{"name that looks like an offset", "-rw-r--r-- 1 a b 1 2024-05-06 02:08 -0500 f", "-0500 f", 1, "2024-05-06 02:08"},
		{"name that begins with a clock", "-rw-r--r-- 1 a b 1 May  6  2020 12:34 notes", "12:34 notes", 1, "2020-05-06 00:00"},
		{"name that is a clock", "-rw-r--r-- 1 a b 1 May 6 2020 12:34", "12:34", 1, "2020-05-06 00:00"},
		{"name that begins with a year", "-rw-r--r-- 1 a b 1 May  6 12:34 2020 notes", "2020 notes", 1, "2024-05-06 12:34"},
		{"name that has a date", "-rw-r--r-- 1 a b 1 May  6 12:34 7 Jan 12 10:33 x", "7 Jan 12 10:33 x", 1, "2024-05-06 12:34"},
		{"group that is a month", "-rw-r--r-- 1 jan may 31 May  6 12:34 f", "f", 31, "2024-05-06 12:34"},
		{"owner that is a month", "-rw-r--r-- 1 jan 12 2024 May  6 12:34 f", "f", 2024, "2024-05-06 12:34"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, unparsed := collect(t, test.line, Options{Now: june})
			if len(entries) != 1 {
				t.Fatalf("not understood: %q", unparsed)
			}
			e := entries[0]
			if got := e.Time.Format("2006-01-02 15:04"); e.Name != test.file || e.Size != test.size || got != test.time {
				t.Errorf("got %q, %d bytes, %s; want %q, %d bytes, %s", e.Name, e.Size, got, test.file, test.size, test.time)
			}
		})
	}
}

// The first half of an entry whose second half never comes is reported, and only it.
func TestHalfEntries(t *testing.T) {
	row := "B.TXT;1  1/3  6-MAY-2024 07:08:09\n"
	for _, text := range []string{"A.TXT;1\n" + row, row + "A.TXT;1\n", "A.TXT;1\n\n" + row} {
		entries, unparsed := collect(t, text, Options{Now: june})
		if len(entries) != 1 || entries[0].Name != "B.TXT" || len(unparsed) != 1 || unparsed[0] != "A.TXT;1" {
			t.Errorf("%q gives %+v and %q", text, entries, unparsed)
		}
	}
}

// Two servers, one word, two months: the other lines tell the language.
func TestMonthsOfTwoLanguages(t *testing.T) {
	tests := []struct {
		name   string
		others string
		want   time.Month
	}{
		{"alone", "lis", time.November},
		{"Polish", "sty", time.November},
		{"Croatian", "velj", time.October},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "-rw-r--r-- 1 ftp ftp 10 lis  5 2020 a\n-rw-r--r-- 1 ftp ftp 10 " + test.others + "  5 2020 b\n"
			entries, unparsed := collect(t, text, Options{Now: june})
			if len(entries) != 2 || entries[0].Time.Month() != test.want {
				t.Errorf("got %+v, %q, want %v", entries, unparsed, test.want)
			}
		})
	}
}

// A listing that mixes orders keeps the first one that is certain, and reports the rest.
func TestContradictingDates(t *testing.T) {
	text := "13-05-24  07:08  1 a\n05-06-24  07:08  1 b\n05-13-24  07:08  1 c\n"
	entries, unparsed := collect(t, text, Options{Now: june})
	if len(entries) != 2 || entries[1].Time.Month() != time.June || len(unparsed) != 1 {
		t.Errorf("got %+v, %q", entries, unparsed)
	}
}

func TestReadIsIndependentOfReads(t *testing.T) {
	for _, r := range corpus(t) {
		text, o := r.bytes(), r.options(t)
		whole := show(Read(strings.NewReader(text), o))
		slow := show(Read(oneByte{strings.NewReader(text)}, o))
		if !bytes.Equal(whole, slow) {
			t.Errorf("%s differs when it comes byte by byte", r.ID)
		}
	}
}

// oneByte gives a byte at a time.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }
