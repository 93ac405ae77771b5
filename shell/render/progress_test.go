package render

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	mib := int64(1 << 20)
	var out strings.Builder
	for _, row := range []struct {
		what string
		p    Progress
	}{
		{"start", Progress{"report.pdf", 0, 28 * mib, 0, 0}},
		{"middle", Progress{"report.pdf", 13 * mib, 28 * mib, 5.2e6, 3 * time.Second}},
		{"nearly", Progress{"report.pdf", 28*mib - 1, 28 * mib, 5.2e6, 5 * time.Second}},
		{"done", Progress{"report.pdf", 28 * mib, 28 * mib, 5.2e6, 6 * time.Second}},
		{"empty file", Progress{"empty", 0, 0, 0, 0}},
		{"unknown size", Progress{"stream", 13 * mib, -1, 5.2e6, 3 * time.Second}},
		{"more than announced", Progress{"report.pdf", 30 * mib, 28 * mib, 5.2e6, 6 * time.Second}},
		{"stalled", Progress{"report.pdf", 13 * mib, 28 * mib, 0, 90 * time.Second}},
		{"slow", Progress{"report.pdf", 1, 8 << 40, 1e3, time.Hour}},
		{"odd rate", Progress{"report.pdf", 13 * mib, 28 * mib, math.NaN(), time.Second}},
		{"long name", Progress{"a very long name that does not fit anywhere.tar.gz", 13 * mib, 28 * mib, 5.2e6, 3 * time.Second}},
		{"wide name", Progress{"日本語の名前のとても長いファイル.txt", 13 * mib, 28 * mib, 5.2e6, 3 * time.Second}},
	} {
		for _, width := range []int{80, 40} {
			line := row.p.Line(width)
			if Width(line) != width {
				t.Errorf("%s: %d cells instead of %d: %q", row.what, Width(line), width, line)
			}
			out.WriteString(line + "|\n")
		}
		for _, width := range []int{0, 1, 10, 20, 59, 60, 200} {
			if line := row.p.Line(width); Width(line) > width {
				t.Errorf("%s: too long for %d: %q", row.what, width, line)
			}
		}
	}
	golden(t, "progress.txt", out.String())
}

func TestFailure(t *testing.T) {
	for _, row := range []struct {
		name    string
		failure Failure
		color   bool
		want    string
	}{
		{
			"three parts",
			Failure{"get: notes.txt", "550 Permission denied", []string{"`ls -l notes.txt` shows who may read it", "`why` explains code 550"}},
			false,
			"get: notes.txt: 550 Permission denied\n  hint: `ls -l notes.txt` shows who may read it\n  hint: `why` explains code 550",
		},
		{"several lines", Failure{"open", "421-Too many users\r\n421 Try later\r\n", nil}, false, "open: 421-Too many users\n  421 Try later"},
		{"hostile words", Failure{"cd", "550 \x1b]0;x\a", nil}, false, `cd: 550 \x1b]0;x\x07`},
		{"only words", Failure{"", "not connected", nil}, false, "not connected"},
		{"only what", Failure{"no such command: gte", "", nil}, false, "no such command: gte"},
		{"colour", Failure{"get", "no", []string{"try `put`"}}, true, "\x1b[31mget: no\x1b[0m\n  \x1b[2mhint:\x1b[0m try `put`"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.failure.Text(row.color, 0); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	table := Table{
		Header: []string{"setting", "value", "meaning"},
		Right:  []bool{false, true, false},
		Rows: [][]string{
			{"timeout", "60", "seconds to wait for a reply before the connection counts as lost"},
			{"日本", "auto", "short"},
			{"alone"},
		},
	}
	for _, row := range []struct {
		name  string
		width int
		color bool
	}{{"table", 0, false}, {"table-60", 60, false}, {"table-40", 40, true}} {
		t.Run(row.name, func(t *testing.T) {
			table.Width, table.Color = row.width, row.color
			var b strings.Builder
			if err := table.Write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, row.name+".txt", b.String())
		})
	}
}

func TestHang(t *testing.T) {
	for _, row := range []struct {
		name, text    string
		width, indent int
		want          string
	}{
		{"fits", "a  b", 4, 2, "a  b"},
		{"no width", "a b c d", 0, 2, "a b c d"},
		{"blanks", "one two three four", 9, 2, "one two|  three|  four"},
		{"margin", "  one two three", 9, 4, "  one two|    three"},
		{"a long word", "a 1234567890 b", 5, 2, "a|  1234567890|  b"},
		{"lines", "aa bb\ncc", 3, 1, "aa| bb|cc"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := strings.Join(Hang(row.text, row.width, row.indent), "|"); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// TestTableTitles: a title makes no column wider, and on a narrow screen the last column comes below the others.
func TestTableTitles(t *testing.T) {
	table := Table{Rows: [][]string{{"a title that is long"}, {"  a", "1", "what it is good for"}, {"another title"}, {"  bbb", "22", "the other"}}}
	for width, want := range map[int]string{
		0:  "a title that is long\n  a    1   what it is good for\nanother title\n  bbb  22  the other\n",
		24: "a title that is long\n  a    1\n    what it is good for\nanother title\n  bbb  22\n    the other\n",
		18: "a title that is long\n  a    1\n    what it is\n    good for\nanother title\n  bbb  22\n    the other\n",
	} {
		table.Width = width
		var out strings.Builder
		if err := table.Write(&out); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("width %d: got\n%s\nwant\n%s", width, out.String(), want)
		}
	}
}
