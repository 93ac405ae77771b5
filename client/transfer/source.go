package transfer

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// A Source is a file that no session brings: an HTTP proxy does. Open returns its bytes from an offset on, or all of them
// where it cannot begin there.
type Source interface {
	Open(ctx context.Context, offset int64) (*Opened, error)
}

// Opened is what a Source sends.
type Opened struct {
	Body   io.ReadCloser // a cut is io.ErrUnexpectedEOF
	Offset int64         // of its first byte in the file
	Size   int64         // of the whole file; -1: not told
	Proved bool          // a cut is noticed
}

// Fetch brings a file of a Source here, as Run does it with one of a session: under a temporary name until it is whole,
// and on where an earlier try has stopped; Offset means nothing. The task tells Size and ModTime where they are known. A file of which nobody
// tells the size, nor its end, has a note that says so.
func Fetch(ctx context.Context, from Source, t Task, m *Meter) (Result, error) {
	start := time.Now()
	for try := 1; ; try++ {
		r, err := fetchOnce(ctx, from, t, m)
		r.Remote, r.Local, r.Elapsed = t.Remote, t.Local, time.Since(start)
		if err == nil || t.Out != nil || t.Text || !t.Retry.again(ctx, try, err) {
			if err != nil && ctx.Err() != nil {
				err = ctx.Err()
			}
			return r, err
		}
		t.Resume, t.again = true, true
	}
}

func fetchOnce(ctx context.Context, from Source, t Task, m *Meter) (Result, error) {
	r := Result{Size: t.Size, ModTime: t.ModTime}
	if t.Text && t.Resume {
		return r, ErrTextResume
	}
	if t.Out != nil {
		got, err := from.Open(ctx, 0)
		if err == nil {
			err = takeAll(ctx, t, got, t.Out, &r, m)
		}
		return r, err
	}
	part, err := openPart(ctx, t)
	if part == nil {
		return r, err
	}
	defer part.close()
	if err := t.fits(t.Size, part.have); err != nil {
		return r, err
	}
	got, err := rest(ctx, from, part, &r)
	if err != nil {
		return r, err
	}
	r.Resumed = part.have
	if err := takeAll(ctx, t, got, part.File, &r, m); err != nil {
		return r, err
	}
	r.Size = r.Resumed + r.Bytes
	return r, part.finish(t)
}

// rest opens what a part lacks. The end of the part is fetched once more and compared: squid 5 takes an offset twice, and
// says that it did not. What does not fit is fetched from its beginning.
func rest(ctx context.Context, from Source, part *part, r *Result) (*Opened, error) {
	tail, err := part.tail()
	if err != nil {
		return nil, err
	}
	got, err := from.Open(ctx, part.have-int64(len(tail)))
	if err != nil || part.have == 0 {
		return got, err
	}
	if got.Offset == part.have-int64(len(tail)) {
		begin := make([]byte, len(tail))
		if _, err := io.ReadFull(got.Body, begin); err == nil && string(begin) == string(tail) {
			got.Offset = part.have
			return got, nil
		}
		r.Note = "what the proxy sends does not follow what was there: fetched again"
	} else {
		r.Note = "the proxy cannot begin in the middle: fetched again"
	}
	if err := part.empty(); err != nil {
		got.Body.Close()
		return nil, err
	}
	if got.Offset == 0 {
		return got, nil
	}
	got.Body.Close()
	return from.Open(ctx, 0)
}

// takeAll copies what comes, and says whether it was all.
func takeAll(ctx context.Context, t Task, got *Opened, w io.Writer, r *Result, m *Meter) error {
	defer got.Body.Close()
	size := got.Size
	if size < 0 && !t.Text {
		size = t.Size
	}
	if size < 0 && t.Fits != nil {
		w = &fittingWriter{w, got.Offset, t.Fits}
	}
	var moved atomic.Int64
	m.start(got.Offset, size, moved.Load)
	err := t.Bounds.within(ctx, m, func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { got.Body.Close() })()
		body := &countedBody{got.Body, &moved}
		if t.Text && !t.KeepCR {
			_, err := client.CopyText(limitWriter(ctx, w, t.Limit), body)
			return err
		}
		_, err := io.Copy(limitWriter(ctx, w, t.Limit), body)
		return err
	})
	r.Bytes = moved.Load()
	end := got.Offset + r.Bytes
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == nil && size >= 0 && end < size:
		return &client.IncompleteError{Got: end, Want: size, Reason: "the proxy ended the file"}
	case err != nil:
		return err
	case size >= 0 && end > size && !t.AnySize:
		return &client.IncompleteError{Got: end, Want: size, Reason: "the proxy sent too much"}
	case size < 0 && !got.Proved && r.Note == "":
		r.Note = "the proxy tells no size: nothing shows that this is all of it"
	}
	return nil
}

// countedBody counts what is read.
type countedBody struct {
	io.Reader
	n *atomic.Int64
}

func (c *countedBody) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// Send gives the bytes of a file to put, as fast as the task allows, and counts them.
func Send(ctx context.Context, t Task, file io.Reader, m *Meter, put func(context.Context, io.Reader) error) error {
	var moved atomic.Int64
	m.start(0, t.Size, moved.Load)
	return t.Bounds.within(ctx, m, func(ctx context.Context) error {
		return put(ctx, limitReader(ctx, &countedBody{file, &moved}, t.Limit))
	})
}
