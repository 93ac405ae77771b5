package client

import (
	"context"
	"io"
)

// Get downloads a whole file into w and returns the bytes written: RETR (RFC 959 section 4.1.3) over
// a data connection of its own. In type A line ends become those of Unix (section 3.1.1.1).
//
// Without an error the file is whole: the server has said so, and what was announced has arrived.
// Otherwise w holds a beginning. When w fails or ctx ends, the transfer is aborted (ABOR) and the
// session stays usable.
func (s *transfers) Get(ctx context.Context, w io.Writer, name string) (int64, error) {
	d, err := s.Retrieve(ctx, name, 0)
	if err != nil {
		return 0, err
	}
	n, err := receive(w, d, s.typ)
	return n, d.end(err)
}

// Put uploads all of r under a name, which is replaced, and returns the bytes sent: STOR (RFC 959
// section 4.1.3). In type A line feeds become CR LF.
//
// Without an error the server has confirmed that the file is stored. When r fails or ctx ends, the
// upload is aborted: the data connection is reset, so that the server cannot take a part for the
// whole. What it keeps of that part is its own choice. The session stays usable.
func (s *Session) Put(ctx context.Context, name string, r io.Reader) (int64, error) {
	d, err := s.Store(ctx, name, 0)
	if err != nil {
		return 0, err
	}
	n, err := send(d, r, s.typ)
	return n, d.end(err)
}

func receive(w io.Writer, d *Data, t Type) (int64, error) {
	if t == ASCII {
		return CopyText(w, d)
	}
	return d.WriteTo(w)
}

func send(d *Data, r io.Reader, t Type) (int64, error) {
	if t == ASCII {
		return SendText(d, r)
	}
	return d.ReadFrom(r)
}

// end closes a transfer that was copied. When the writer or reader at our end failed, it is aborted
// instead: closing an upload there would make a part look like the whole.
func (d *Data) end(copied error) error {
	if copied != nil && d.err == nil && d.ctx.Err() == nil {
		d.Abort()
		return copied
	}
	return d.CloseAfter(copied)
}
