// Package unpack reads what gzip and bzip2 have packed, knows it by its first bytes, and ends what
// would grow beyond all bounds.
package unpack

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Bounds are how much may come out.
type Bounds struct {
	Most  int64 // bytes
	Ratio int64 // times what came in
}

// Usual are the bounds where nobody says others.
var Usual = Bounds{Most: 1 << 30, Ratio: 1000}

// freeRatio is how much may come out whatever the ratio is: a small file may be all zeros.
const freeRatio = 1 << 20

// ErrFormat is returned for bytes that are packed by nothing that is known here.
var ErrFormat = errors.New("it is packed neither by gzip nor by bzip2")

// BombError says that more came out than may.
type BombError struct{ In, Out int64 }

func (e *BombError) Error() string {
	return fmt.Sprintf("%d bytes came out of %d: more than the bounds allow", e.Out, e.In)
}

// CutError says that the packed data ended early, or is damaged: what came before is good.
type CutError struct{ Err error }

func (e *CutError) Error() string { return "the packed data is cut short or damaged: " + e.Err.Error() }
func (e *CutError) Unwrap() error { return e.Err }

var formats = []struct {
	name  string
	magic string
	open  func(*bufio.Reader) (io.Reader, error)
}{
	{"gzip", "\x1f\x8b", func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"bzip2", "BZh", func(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
}

// Reader unpacks. Text that is not packed is an error, unless plain allows it.
type Reader struct {
	in     *counter
	bounds Bounds
	from   io.Reader // nil: an error has been met
	out    int64
	Format string // "" for what is not packed
}

// New looks at the first bytes of r.
func New(r io.Reader, bounds Bounds, plain bool) (*Reader, error) {
	u := &Reader{in: &counter{r: r}, bounds: bounds}
	in := bufio.NewReader(u.in)
	head, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, f := range formats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			if u.from, err = f.open(in); err != nil {
				return nil, u.cut(err)
			}
			u.Format = f.name
			return u, nil
		}
	}
	if !plain {
		return nil, ErrFormat
	}
	u.from = in
	return u, nil
}

func (u *Reader) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	if u.out += int64(n); u.Format == "" {
		return n, err
	}
	if u.out > u.bounds.Most || u.out > freeRatio && u.out/u.bounds.Ratio > u.in.n {
		return 0, &BombError{u.in.n, u.out}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = u.cut(err)
	}
	return n, err
}

// cut tells damage from a failure of what is read.
func (u *Reader) cut(err error) error {
	if u.in.err != nil && !errors.Is(u.in.err, io.EOF) {
		return u.in.err
	}
	return &CutError{err}
}

// counter counts what is read, and remembers how it ended.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
