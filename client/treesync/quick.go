package treesync

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// An archive is read with each run, and has a line for each file: that took a fifth of the time of a
// run with nothing to do. Here is read what Write makes of most of them; the rest is left to JSON.

// cursor goes through a line.
type cursor struct {
	rest []byte
	bad  bool
}

// has takes a word, if it comes next.
func (c *cursor) has(word string) bool {
	rest, has := bytes.CutPrefix(c.rest, []byte(word))
	if has && !c.bad {
		c.rest = rest
	}
	return has && !c.bad
}

func (c *cursor) must(word string) {
	if !c.has(word) {
		c.bad = true
	}
}

// text takes all up to a quotation mark. Escapes, and what is not UTF-8, are for others.
func (c *cursor) text() []byte {
	text, rest, found := bytes.Cut(c.rest, []byte(`"`))
	if !found || bytes.IndexByte(text, '\\') >= 0 || !utf8.Valid(text) || bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		c.bad = true
	}
	c.rest = rest
	return text
}

// number takes digits.
func (c *cursor) number() int64 {
	n := 0
	for n < len(c.rest) && '0' <= c.rest[n] && c.rest[n] <= '9' {
		n++
	}
	value, err := strconv.ParseInt(string(c.rest[:n]), 10, 64)
	c.bad = c.bad || err != nil || c.rest[0] == '0' && n > 1
	c.rest = c.rest[n:]
	return value
}

// quickRow reads a row as Write writes it; ok says that it is one.
func quickRow(line []byte) (row Row, ok bool) {
	c := &cursor{rest: line}
	c.must(`{"path":"`)
	row.Path = jsonl.Name(c.text())
	c.must(`,"here":`)
	row.Here = c.side()
	c.must(`,"there":`)
	row.There = c.side()
	if c.has(`,"sum":"`) {
		row.Sum = string(c.text())
	}
	c.must("}")
	return row, !c.bad && len(c.rest) == 0
}

func (c *cursor) side() (s Side) {
	if c.has(`{"type":"dir"}`) {
		return Side{Type: dir}
	}
	c.must(`{"type":"file"`)
	s.Type = file
	if c.has(`,"size":`) {
		s.Size = c.number()
	}
	if c.has(`,"time":"`) {
		c.bad = c.bad || s.Time.UnmarshalText(c.text()) != nil
	}
	if c.has(`,"precision":`) {
		p := c.number()
		s.Precision = listing.Precision(p)
		c.bad = c.bad || p > int64(listing.Subsecond)
	}
	if c.has(`,"id":"`) {
		s.ID = string(c.text())
	}
	c.must("}")
	return s
}
