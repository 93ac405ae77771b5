package listing

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// rawLine is a line without its end. It is not whole if it was too long, or cut short
// by an error.
type rawLine struct {
	text  string
	whole bool
	noEnd bool // the last one, without the end that those before it have
}

// lines cuts a stream into lines: at LF, with one CR before it removed; at CR where there is no LF.
type lines struct {
	r       *bufio.Reader
	maxLine int
	left    int64 // bytes that may still come
	err     error // what ended the stream
	ahead   []rawLine
	started bool
	ended   bool // some line had an end
	crcr    bool // every line ends in CR CR LF
}

// next returns a line, or the error that ended the stream.
func (l *lines) next() (line rawLine, err error) {
	if !l.started {
		l.started = true
		l.lookAhead()
	}
	if len(l.ahead) > 0 {
		line, l.ahead = l.ahead[0], l.ahead[1:]
	} else if line, err = l.read(); err != nil {
		return line, err
	}
	if l.crcr {
		line.text = strings.TrimSuffix(line.text, "\r")
	}
	return line, nil
}

// lookAhead finds out whose CR it is that ends the first line: that of a server which
// turns every line end into CR LF twice, or the last byte of a name ("Icon\r" on a Mac).
// Without such a CR the first line is all it takes.
func (l *lines) lookAhead() {
	const enough = 16
	for len(l.ahead) < enough {
		line, err := l.read()
		if err != nil {
			break
		}
		if !l.ended && line.whole && strings.Contains(line.text, "\r") {
			l.ahead = atCR(line.text)
			return
		}
		l.ahead = append(l.ahead, line)
		if line.noEnd { // which says nothing about them
			break
		}
		if !strings.HasSuffix(line.text, "\r") {
			return
		}
		l.crcr = len(l.ahead) > 1
	}
}

// atCR cuts a listing in which there is no LF, as systems that end lines in CR alone send it.
func atCR(text string) (all []rawLine) {
	for line := range strings.SplitSeq(text, "\r") {
		all = append(all, rawLine{text: line, whole: true})
	}
	return all
}

func (l *lines) read() (rawLine, error) {
	if l.err != nil {
		return rawLine{}, l.err
	}
	piece, err := l.r.ReadSlice('\n')
	l.left -= int64(len(piece))
	if err == nil && l.left >= 0 && len(piece) <= l.maxLine {
		l.ended = true
		return rawLine{text: string(withoutLineEnd(piece)), whole: true}, nil
	}
	return l.readRest(piece, err)
}

// readRest reads a line that does not fit the buffer, or is the last one.
func (l *lines) readRest(piece []byte, err error) (rawLine, error) {
	var text []byte
	for {
		text = append(text, piece[:min(len(piece), l.maxLine+2-len(text))]...)
		if l.left < 0 {
			err = fmt.Errorf("%w: more bytes than allowed", ErrTooLong)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
		piece, err = l.r.ReadSlice('\n')
		l.left -= int64(len(piece))
	}
	l.err = err
	text = withoutLineEnd(text)
	noEnd := errors.Is(err, io.EOF)
	if noEnd {
		text = bytes.TrimSuffix(text, []byte("\r")) // half of an end
	}
	if err != nil && len(text) == 0 {
		return rawLine{}, err
	}
	whole := len(text) <= l.maxLine && (err == nil || errors.Is(err, io.EOF))
	return rawLine{string(text[:min(len(text), l.maxLine)]), whole, noEnd && l.ended}, nil
}

func withoutLineEnd(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
		if n > 1 && line[n-2] == '\r' {
			line = line[:n-2]
		}
	}
	return line
}
