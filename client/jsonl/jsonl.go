// Package jsonl reads and writes files of JSON Lines whose first line says what they hold:
//
//	{"v":1,"kind":"ftpsh-plan"}
//
// They are bounded, a line that is not what it should be is named, and a file is replaced as a
// whole or not at all.
package jsonl

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Head is the first line of a file.
type Head struct {
	V    int    `json:"v"`
	Kind string `json:"kind"`
}

// version is that of all kinds so far.
const version = 1

// NewHead is the head of a file that is written now.
func NewHead(kind string) Head { return Head{version, kind} }

// How much is read.
const (
	longestLine = 1 << 20
	mostLines   = 5_000_000
)

// Error is of a line that is not what it should be.
type Error struct {
	Name string
	Line int // 0: the file as a whole
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err)
}
func (e *Error) Unwrap() error { return e.Err }

// Read gives the lines of a file behind its head to each, with their numbers. The head is read into
// head, if that is not nil. What each returns is an error of its line.
func Read(r io.Reader, name, kind string, head any, each func(n int, line []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	n := 0
	for lines.Scan() {
		n++
		var err error
		switch line := lines.Bytes(); {
		case n > mostLines:
			return &Error{name, n, fmt.Errorf("more than %d lines", mostLines)}
		case n == 1:
			err = readHead(line, kind, head)
		default:
			err = each(n, line)
		}
		if err != nil {
			return &Error{name, n, err}
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return &Error{name, n + 1, fmt.Errorf("a line of more than %d bytes", longestLine)}
	} else if err != nil {
		return err
	}
	if n == 0 {
		return &Error{name, 0, errors.New("the file is empty")}
	}
	return nil
}

func readHead(line []byte, kind string, head any) error {
	var h Head
	if err := json.Unmarshal(line, &h); err != nil || h.Kind != kind {
		return fmt.Errorf("this is not a %s: its first line does not say so", kind)
	}
	if h.V != version {
		return fmt.Errorf("version %d of %s; this program knows version %d", h.V, kind, version)
	}
	if head == nil {
		return nil
	}
	return Decode(line, head)
}

// Decode reads one line into v. What v has no room for is an error: a part of it would be lost.
func Decode(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the line is empty")
		}
		return fmt.Errorf("not a line of this file: %w", err)
	}
	if d.More() {
		return errors.New("more than one value in a line")
	}
	return nil
}

// Encode writes one line.
func Encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Name is a name or path of a file. One that is not UTF-8, which JSON cannot hold, is written as
// {"base64":"…"}.
type Name string

type encoded struct {
	Base64 string `json:"base64"`
}

// MarshalJSON writes the name.
func (n Name) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(n)) {
		return json.Marshal(string(n))
	}
	return json.Marshal(encoded{base64.StdEncoding.EncodeToString([]byte(n))})
}

// UnmarshalJSON reads it.
func (n *Name) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, (*string)(n))
	}
	var e encoded
	if err := Decode(text, &e); err != nil {
		return err
	}
	name, err := base64.StdEncoding.DecodeString(e.Base64)
	*n = Name(name)
	return err
}
