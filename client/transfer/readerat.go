package transfer

import (
	"context"
	"errors"
	"io"

	"github.com/ftpsh/ftpsh/client"
)

// ReaderAt reads a file of a server at any place (io.ReaderAt). What follows on what was read comes
// over the transfer that is under way; a jump ends that and begins another one (REST). Nobody else
// may use the session until Close.
type ReaderAt struct {
	ctx  context.Context
	s    *client.Session
	name string
	size int64

	data   *client.Data // nil: none is under way
	at     int64        // the block that comes next from it
	blocks []block      // the last ones, the newest at the end
	Bytes  int64        // that have come
}

type block struct {
	number int64
	text   []byte
}

const (
	blockSize  = 64 << 10
	mostBlocks = 16
)

// NewReaderAt is for a file of that size.
func NewReaderAt(ctx context.Context, s *client.Session, name string, size int64) *ReaderAt {
	return &ReaderAt{ctx: ctx, s: s, name: name, size: size}
}

// ReadAt is that of io.ReaderAt.
func (r *ReaderAt) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if off < 0 || off >= r.size {
			return n, io.EOF
		}
		text, err := r.block(off / blockSize)
		if err != nil {
			return n, err
		}
		some := copy(p[n:], text[off%blockSize:])
		n, off = n+some, off+int64(some)
	}
	return n, nil
}

// block returns a block of the file.
func (r *ReaderAt) block(number int64) ([]byte, error) {
	for _, b := range r.blocks {
		if b.number == number {
			return b.text, nil
		}
	}
	if r.data == nil || r.at != number {
		r.Close()
		var err error
		if r.data, err = r.s.Retrieve(r.ctx, r.name, number*blockSize); err != nil {
			return nil, err
		}
		r.at = number
	}
	text := make([]byte, min(blockSize, r.size-number*blockSize))
	n, err := io.ReadFull(r.data, text)
	r.Bytes += int64(n)
	if err != nil {
		data := r.data
		r.data = nil
		if err = data.CloseAfter(err); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
			err = &VerifyError{Got: number*blockSize + int64(n), Want: r.size}
		}
		return nil, err
	}
	r.at++
	if r.blocks = append(r.blocks, block{number, text}); len(r.blocks) > mostBlocks {
		r.blocks = r.blocks[1:]
	}
	return text, nil
}

// Close ends the transfer that is under way.
func (r *ReaderAt) Close() {
	if r.data == nil {
		return
	}
	if r.at*blockSize < r.size {
		r.data.Abort()
	}
	r.data.Close() // it was not to be whole
	r.data = nil
}
