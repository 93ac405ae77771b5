package taken

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// memory is a file of which the beginning was read.
type memory struct {
	bytes.Buffer
	text string
	read bool
}

func (m *memory) Read(p []byte) (int, error) {
	if !m.read {
		m.Buffer.WriteString(m.text)
		m.read = true
	}
	n, err := m.Buffer.Read(p)
	return n, err
}

func (m *memory) Write(p []byte) (int, error) { m.text += string(p); return len(p), nil }
func (m *memory) Truncate(n int64) error      { m.text = m.text[:n]; return nil }
func (m *memory) Close() error                { return nil }

var (
	host = facts.Server{Host: "ftp.example.org", Port: "21", User: "bob"}
	noon = time.Date(2026, 11, 30, 12, 0, 30, 0, time.UTC)
)

func file(size int64, at time.Time, p listing.Precision) listing.Entry {
	return listing.Entry{Type: listing.File, Size: size, Time: at, Precision: p}
}

// TestTakenOnce: a file that was taken stays so, also for the next program, until it changes or is forgotten.
func TestTakenOnce(t *testing.T) {
	kept := &memory{}
	j, err := Open(kept, "f", host)
	if err != nil {
		t.Fatal(err)
	}
	in := Tree{j, "/in"}
	for name, e := range map[string]listing.Entry{
		"a": file(1, noon, listing.Second), "vague": file(1, noon.Truncate(time.Minute), listing.Minute),
		"d/none": file(-1, time.Time{}, listing.NoTime), "bytes\xff": file(3, noon, listing.Second),
	} {
		if err := in.Add(name, e); err != nil {
			t.Fatal(err)
		}
	}
	before := kept.text
	if err := in.Add("a", file(1, noon, listing.Second)); err != nil || kept.text != before {
		t.Errorf("the same was noted twice: %v", err)
	}
	kept.text += `{"path":"/in/cut`
	again, err := Open(&memory{text: kept.text}, "f", host)
	if err != nil {
		t.Fatal(err)
	}
	has := func(j *Journal, dir, name string, e listing.Entry, want bool) {
		t.Helper()
		if got := (Tree{j, dir}).Has(name, e); got != want {
			t.Errorf("%s in %s: %v", name, dir, got)
		}
	}
	has(again, "/in", "a", file(1, noon, listing.Second), true)
	has(again, "/", "in/a", file(1, noon, listing.Second), true)
	has(again, "/in", "a", file(2, noon, listing.Second), false)
	has(again, "/in", "a", file(1, noon.Add(5*time.Second), listing.Second), false)
	has(again, "/in", "b", file(1, noon, listing.Second), false)
	has(again, "/in", "vague", file(1, noon, listing.Second), true)
	has(again, "/in", "d/none", file(7, noon, listing.Second), true)
	has(again, "/in", "bytes\xff", file(3, noon, listing.Second), true)
	if err := again.Forget("/in/d"); err != nil {
		t.Fatal(err)
	}
	has(again, "/in", "d/none", file(7, noon, listing.Second), false)
	has(again, "/in", "a", file(1, noon, listing.Second), true)
}

// TestRefused: anything but a journal, or the one of another server, is refused with its line.
func TestRefused(t *testing.T) {
	head := `{"v":1,"kind":"ftpsh-taken","host":"ftp.example.org","port":"21","user":"bob"}` + "\n"
	row := `{"path":"/a","size":1,"time":"2026-11-30T12:00:00Z","precision":3}` + "\n"
	for name, test := range map[string]struct {
		text string
		line int
	}{
		"of another user": {strings.Replace(head, "bob", "eve", 1) + row, 1},
		"another kind":    {strings.Replace(head, "taken", "sync", 1) + row, 1},
		"another version": {strings.Replace(head, `"v":1`, `"v":2`, 1) + row, 1},
		"no head":         {row, 1},
		"nonsense":        {head + row + "x\n", 3},
		"a path up":       {head + strings.Replace(row, "/a", "/../a", 1), 2},
		"no path":         {head + strings.Replace(row, "/a", "", 1), 2},
		"a size":          {head + strings.Replace(row, `"size":1`, `"size":-2`, 1), 2},
		"a precision":     {head + strings.Replace(row, `"precision":3`, `"precision":9`, 1), 2},
		"an unknown key":  {head + strings.Replace(row, `"size"`, `"sise"`, 1), 2},
		"a huge line":     {head + strings.Repeat("x", 2<<20) + "\n", 2},
	} {
		kept := &memory{text: test.text}
		_, err := Open(kept, "f", host)
		wrong := new(jsonl.Error)
		if !errors.As(err, &wrong) || wrong.Line != test.line || kept.text != test.text {
			t.Errorf("%s: %v, want an error of line %d and nothing written", name, err, test.line)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(`{"v":1,"kind":"ftpsh-taken","host":"ftp.example.org","port":"21","user":"bob"}` + "\n" + `{"path":"/a","size":1}` + "\n{")
	f.Fuzz(func(t *testing.T, text string) {
		kept := &memory{text: text}
		j, err := Open(kept, "f", host)
		if err != nil {
			return
		}
		again, err := Open(&memory{text: kept.text}, "f", host)
		if err != nil || len(again.rows) != len(j.rows) {
			t.Errorf("%q is read again with %d of %d rows, %v", kept.text, len(again.rows), len(j.rows), err)
		}
	})
}
