// Package search finds lines in a stream, as grep(1) does. What it holds is bounded: a part of the
// longest line, and the lines of the context.
package search

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Options say what is looked for. The zero value finds every line.
type Options struct {
	Patterns   []string // a line fits that one of them is found in
	Fixed      bool     // they are texts, not patterns
	IgnoreCase bool
	SmartCase  bool // IgnoreCase, unless a pattern has a large letter
	Word       bool // only whole words
	Invert     bool // lines that do not fit

	Most          int64 // lines; 0: no limit
	Before, After int   // lines of context
	Binary        bool  // bytes that are no text are searched and shown as if they were
}

// LongestPattern is how long a pattern may be, MostContext how many lines of context there may be.
const (
	LongestPattern = 64 << 10
	MostContext    = 10_000
)

// Search is what Options say, ready for use on several streams at once.
type Search struct {
	o  Options
	re *regexp.Regexp
}

// New reads the patterns. They are those of the regexp package (RE2): the time for a line grows with
// its length only.
func New(o Options) (*Search, error) {
	var parts []string
	for _, p := range o.Patterns {
		if len(p) > LongestPattern {
			return nil, fmt.Errorf("the pattern has %d bytes; %d are the most", len(p), LongestPattern)
		}
		for part := range strings.SplitSeq(p, "\n") {
			if o.Fixed {
				part = regexp.QuoteMeta(part)
			}
			if _, err := regexp.Compile(part); err != nil { // before a ) of one could end the group of all
				return nil, notAPattern(part, err)
			}
			parts = append(parts, "(?:"+part+")")
		}
	}
	text := strings.Join(parts, "|")
	if o.Word {
		text = `\b(?:` + text + `)\b`
	}
	if o.IgnoreCase || o.SmartCase && strings.ToLower(strings.Join(o.Patterns, "")) == strings.Join(o.Patterns, "") {
		text = "(?i)" + text
	}
	if o.Before < 0 || o.After < 0 || o.Before > MostContext || o.After > MostContext {
		return nil, fmt.Errorf("lines of context: 0 to %d are possible", MostContext)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, notAPattern(strings.Join(o.Patterns, "\n"), err)
	}
	return &Search{o: o, re: re}, nil
}

// notAPattern says what is wrong with a pattern, in the words of the library that know it.
func notAPattern(pattern string, err error) error {
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		return fmt.Errorf("%.100q is not a pattern: %s", pattern, wrong.Code)
	}
	return fmt.Errorf("%.100q is not a pattern", pattern)
}

// Line is a line that was found, or one around it.
type Line struct {
	Number int64  // from 1
	Text   []byte // without its end; valid until the next line
	Fits   bool   // it was found; else it is context
	Cut    bool   // it was longer
	Apart  bool   // it is not behind the line that was told before
}

// Found is what a search came to.
type Found struct {
	Lines  int64 // that fit
	Bytes  int64 // that were read
	Binary bool  // it is no text: it ends with the first line that fits, which is not told
	Early  bool  // not all was read
}

// LongestLine is how much of a line is held. In a longer one what is looked for is found, too, in
// pieces of that length which overlap; ^ and $ mean their ends then.
const LongestLine = 1 << 20

const overlap = 64 << 10

// ErrEnough is returned by tell to end a search.
var ErrEnough = errors.New("enough")

// Run searches a stream until its end, or until it knows enough, and tells of each line.
func (s *Search) Run(r io.Reader, tell func(Line) error) (Found, error) {
	run := &run{Search: s, in: bufio.NewReaderSize(r, 64<<10), tell: tell}
	err := run.all()
	if errors.Is(err, ErrEnough) {
		run.found.Early, err = true, nil
	}
	return run.found, err
}

// Matches are where the patterns are found in a line.
func (s *Search) Matches(line []byte) [][]int { return s.re.FindAllIndex(line, -1) }

type run struct {
	*Search
	in    *bufio.Reader
	tell  func(Line) error
	found Found
	nul   bool // there was one

	line    []byte // or the piece of it at hand
	number  int64
	told    int64 // the number of the last line told
	after   int   // lines still to be told behind one that fits
	waiting []waiting
}

// waiting is a line that is told if one that fits follows.
type waiting struct {
	number int64
	text   []byte
	cut    bool
}

func (r *run) all() error {
	for {
		fits, cut, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.take(fits != r.o.Invert, cut); err != nil {
			return err
		}
		if r.o.Most > 0 && r.found.Lines >= r.o.Most && r.after == 0 {
			return ErrEnough
		}
	}
}

// take does what is to be done with a line.
func (r *run) take(fits, cut bool) error {
	switch {
	case fits && (r.o.Most == 0 || r.found.Lines < r.o.Most):
		r.found.Lines++
		if r.nul && !r.o.Binary {
			r.found.Binary = true
			return ErrEnough
		}
		for _, w := range r.waiting {
			if err := r.show(w.number, w.text, false, w.cut); err != nil {
				return err
			}
		}
		r.waiting, r.after = r.waiting[:0], r.o.After
		return r.show(r.number, r.line, true, cut)
	case r.after > 0:
		r.after--
		return r.show(r.number, r.line, false, cut)
	case r.o.Before > 0:
		r.waiting = append(r.waiting, waiting{r.number, slices.Clone(r.line[:min(len(r.line), overlap)]), cut || len(r.line) > overlap})
		if len(r.waiting) > r.o.Before {
			r.waiting = slices.Delete(r.waiting, 0, 1)
		}
	}
	return nil
}

func (r *run) show(number int64, text []byte, fits, cut bool) error {
	apart := r.o.Before+r.o.After > 0 && r.told > 0 && number > r.told+1
	r.told = number
	return r.tell(Line{Number: number, Text: text, Fits: fits, Cut: cut, Apart: apart})
}

// next reads a line, and reports whether the patterns are found in it. Of one that is too long
// r.line is the beginning.
func (r *run) next() (fits, cut bool, err error) {
	r.line = r.line[:0]
	var piece []byte // behind the beginning
	for {
		some, err := r.in.ReadSlice('\n')
		r.found.Bytes += int64(len(some))
		r.nul = r.nul || bytes.IndexByte(some, 0) >= 0
		ended := err == nil
		if ended {
			some = some[:len(some)-1]
		}
		if !cut && len(r.line)+len(some) > LongestLine {
			cut, fits = true, r.re.Match(r.line)
			piece = slices.Clone(r.line[max(len(r.line)-overlap, 0):])
		}
		if cut {
			piece = append(piece, some...)
		} else {
			r.line = append(r.line, some...)
		}
		if cut && (len(piece) > LongestLine || !errors.Is(err, bufio.ErrBufferFull)) {
			fits = fits || r.re.Match(piece)
			piece = append(piece[:0], piece[max(len(piece)-overlap, 0):]...)
		}
		switch {
		case ended:
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case !errors.Is(err, io.EOF):
			return false, false, err
		case len(r.line) == 0 && len(some) == 0:
			return false, false, io.EOF
		}
		r.number++
		if !cut {
			fits = r.re.Match(r.line)
		}
		return fits, cut, nil
	}
}
