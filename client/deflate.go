package client

import (
	"bufio"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// Inflate reads MODE Z: zlib's format, as draft-preston-ftpext-deflate has it,
// or bare deflate, as some servers send it. It fits Options.Inflate.
func Inflate(r io.Reader) (io.ReadCloser, error) {
	in := bufio.NewReaderSize(r, copyBuffer)
	head, err := in.Peek(2)
	if len(head) == 0 {
		return nil, err // io.EOF: no bytes at all stand for an empty file
	}
	if err == nil && head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(in)
	}
	return flate.NewReader(in), nil
}

// Squeeze writes MODE Z in zlib's format. It fits Options.Deflate.
func Squeeze(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

// What a compressed stream may grow to. Deflate itself cannot exceed 1:1032.
const (
	inflateFree  = 64 << 20 // bytes before the ratio is looked at
	inflateRatio = 2000
)

// inflated is the content of a compressed stream, bounded: a few bytes must not
// fill a disk.
type inflated struct {
	wire  io.Reader
	open  func(io.Reader) (io.ReadCloser, error)
	limit int64 // what the content may hold; -1: any number

	plain   io.ReadCloser
	in, out int64
	err     error
}

// inflateError says why compressed data was not read to its end.
type inflateError struct{ text string }

func (e *inflateError) Error() string { return e.text }

func (z *inflated) Read(p []byte) (n int, err error) {
	if z.err != nil {
		return 0, z.err
	}
	if z.plain == nil {
		if z.plain, z.err = z.open(counted{z.wire, &z.in}); z.err != nil {
			return 0, z.err
		}
	}
	n, z.err = z.plain.Read(p)
	z.out += int64(n)
	switch {
	case z.limit >= 0 && z.out > z.limit:
		z.err = &inflateError{fmt.Sprintf("the compressed data holds more than %d bytes", z.limit)}
		n = 0
	case z.out > inflateFree && z.out/inflateRatio > z.in:
		z.err = &inflateError{fmt.Sprintf("the compressed data grows more than %d times", inflateRatio)}
		n = 0
	case errors.Is(z.err, io.EOF):
		z.plain.Close()
		z.err = z.rest()
	}
	return n, z.err
}

// rest reads the wire to its end, behind the end of the compressed data.
func (z *inflated) rest() error {
	const enough = 1 << 10
	n, err := io.CopyN(io.Discard, z.wire, enough)
	if n == enough {
		return &inflateError{"more data after the end of the compressed data"}
	}
	return err // io.EOF, if all is well
}

// counted counts what is read.
type counted struct {
	io.Reader
	n *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += int64(n)
	return n, err
}
