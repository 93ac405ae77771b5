package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// A playedSource is a file as a proxy sends it. Each field is one way in which proxies differ.
type playedSource struct {
	data   []byte
	cut    []int // where the first tries break off
	whole  bool  // an offset is ignored
	twice  bool  // it is taken twice, as squid 5 does
	noSize bool  // no size is told, and no cut is noticed
	asked  []int64
}

func (p *playedSource) Open(_ context.Context, offset int64) (*Opened, error) {
	p.asked = append(p.asked, offset)
	o := &Opened{Offset: offset, Size: int64(len(p.data)), Proved: true}
	from := offset
	switch {
	case p.whole:
		o.Offset, from = 0, 0
	case p.twice:
		from = min(2*offset, int64(len(p.data)))
	}
	body := p.data[from:]
	broken := false
	if len(p.cut) > 0 {
		body, broken, p.cut = body[:p.cut[0]], true, p.cut[1:]
	}
	if p.noSize {
		o.Size, o.Proved, broken = -1, false, false
	}
	o.Body = io.NopCloser(&cutReader{bytes.NewReader(body), broken})
	return o, nil
}

// cutReader ends as a connection that breaks.
type cutReader struct {
	io.Reader
	broken bool
}

func (c *cutReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if errors.Is(err, io.EOF) && c.broken {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// TestFetch: whatever a proxy does with offsets, the file is right in the end, or no file at all.
func TestFetch(t *testing.T) {
	data := content(100_000)
	for _, row := range []struct {
		name    string
		src     playedSource
		size    int64 // as it is known before
		resumed int64
		note    string
		err     bool
	}{
		{"whole", playedSource{}, 100_000, 0, "", false},
		{"cut, and resumed", playedSource{cut: []int{60_000}}, 100_000, 60_000, "", false},
		{"cut twice", playedSource{cut: []int{60_000, 10_000}}, 100_000, 60_000 + 10_000 - tailSize, "", false},
		{"cut, and no offsets", playedSource{cut: []int{60_000}, whole: true}, 100_000, 0, "the proxy cannot begin in the middle: fetched again", false},
		{"cut, and wrong offsets", playedSource{cut: []int{20_000}, twice: true}, 100_000, 0, "what the proxy sends does not follow what was there: fetched again", false},
		{"cut, and wrong offsets near the end", playedSource{cut: []int{90_000}, twice: true}, 100_000, 0, "what the proxy sends does not follow what was there: fetched again", false},
		{"no size", playedSource{noSize: true}, -1, 0, "the proxy tells no size: nothing shows that this is all of it", false},
		{"no size, and cut, where the size is known", playedSource{noSize: true, cut: []int{9_000}}, 100_000, 9_000, "", false},
		{"another size", playedSource{}, 99_999, 0, "", false},
		{"more than was told", playedSource{noSize: true}, 99_999, 0, "", true},
		{"cut for ever", playedSource{cut: []int{9_000, 9_000, 9_000, 9_000, 9_000, 9_000}, whole: true}, 100_000, 0, "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			src := row.src
			src.data = data
			local := filepath.Join(t.TempDir(), "data")
			r, err := Fetch(t.Context(), &src, Task{Remote: "data", Local: local, Size: row.size, Retry: quick}, &Meter{})
			if row.err {
				if _, there := os.Stat(local); there == nil || !errors.As(err, new(*client.IncompleteError)) {
					t.Errorf("%v, and the file is there: %v", err, there == nil)
				}
				return
			}
			if err != nil || !bytes.Equal(read(t, local), data) {
				t.Fatalf("%v, %d bytes", err, len(read(t, local)))
			}
			if r.Resumed != row.resumed || r.Note != row.note || r.Size != int64(len(data)) {
				t.Errorf("%+v, asked for %v", r, src.asked)
			}
			if _, err := os.Stat(local + PartSuffix); err == nil {
				t.Error("the part is there still")
			}
		})
	}
}

// TestFetchText: in type A the line ends become ours, and nothing is resumed.
func TestFetchText(t *testing.T) {
	local := filepath.Join(t.TempDir(), "text")
	src := &playedSource{data: []byte("one\r\ntwo\r\n"), noSize: true}
	if _, err := Fetch(t.Context(), src, Task{Remote: "text", Local: local, Size: -1, Text: true}, &Meter{}); err != nil || string(read(t, local)) != "one\ntwo\n" {
		t.Errorf("%v: %q", err, read(t, local))
	}
	if _, err := Fetch(t.Context(), src, Task{Remote: "text", Local: local, Resume: true, Text: true}, &Meter{}); !errors.Is(err, ErrTextResume) {
		t.Error(err)
	}
}
