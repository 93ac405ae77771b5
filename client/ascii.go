package client

import (
	"bufio"
	"errors"
	"io"
)

// CopyText copies a download in type A to w with local line ends: CR LF becomes
// LF (RFC 959 section 3.1.1.1). It returns the number of bytes written.
func CopyText(w io.Writer, d io.Reader) (int64, error) {
	in, out := bufio.NewReaderSize(d, copyBuffer), bufio.NewWriterSize(w, copyBuffer)
	var n int64
	for {
		line, err := in.ReadSlice('\n')
		if k := len(line); k >= 2 && line[k-1] == '\n' && line[k-2] == '\r' {
			line = append(line[:k-2], '\n')
		} else if k > 0 && errors.Is(err, bufio.ErrBufferFull) && line[k-1] == '\r' {
			_ = in.UnreadByte() // its LF may follow
			line = line[:k-1]
		}
		written, werr := out.Write(line)
		n += int64(written)
		if werr != nil {
			return n, werr
		}
		switch {
		case err == nil, errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return n, out.Flush()
		default:
			out.Flush()
			return n, err
		}
	}
}

// SendText copies text to an upload in type A: LF becomes CR LF, CR LF stays.
// It returns the number of bytes sent.
func SendText(d io.Writer, r io.Reader) (int64, error) {
	in, out := bufio.NewReaderSize(r, copyBuffer), bufio.NewWriterSize(d, copyBuffer)
	var n int64
	var last byte
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return n, out.Flush()
		}
		if err != nil {
			return n, err
		}
		if c == '\n' && last != '\r' {
			_ = out.WriteByte('\r')
			n++
		}
		if err := out.WriteByte(c); err != nil {
			return n, err
		}
		n++
		last = c
	}
}
