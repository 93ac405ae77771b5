package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ftpsh/ftpsh/client"
)

// upload sends the local file.
func upload(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	r := Result{Size: -1}
	in, err := t.source(ctx, s, &r)
	if err != nil || in == nil {
		return r, err
	}
	defer in.Close()
	r.Resumed = t.Offset
	if t.Op == Append && sizeTells(s) {
		if r.base, err = sizeBefore(ctx, s, t.Remote); err != nil {
			return r, err
		}
	}
	if t.Allocate && r.Size > r.Resumed {
		if err := s.Server().Allocate(ctx, r.Size-r.Resumed); err != nil {
			return r, err
		}
	}
	if t.anySize(s) { // nothing would show that a compressed one is whole
		s.Server().KeepUploadsPlain()
	}
	d, err := begin(ctx, s, &t)
	if err != nil {
		return r, err
	}
	r.deflated = d.Deflated()
	m.start(t.Offset, r.Size, d.Transferred)
	if err := send(ctx, s, t, d, in.Reader, &r); err != nil {
		return r, r.mayBeSqueezed(s, err)
	}
	if t.Op == UploadUnique {
		r.called(d.FileName())
	}
	if whole := r.Resumed + r.Bytes; r.Size >= 0 && whole != r.Size && s.Type().Counts() {
		r.Note = fmt.Sprintf("the file changed while it was read: it had %d bytes, %d are on the server", r.Size, whole)
	}
	r.Size = r.Resumed + r.Bytes
	return r, nil
}

// called notes the name that the server gave a file.
func (r *Result) called(name string) {
	r.Remote, r.Note = name, "the server calls it "+name
	if name == "" {
		r.Note = "the server does not say what it calls it"
	}
}

// source is what an upload is read from.
type source struct {
	io.Reader
	io.Closer
}

// source opens what is to be sent, where it begins. It is nil, without an error, where the server
// has all of it already: it had only lacked the last reply.
func (t *Task) source(ctx context.Context, s *client.Session, r *Result) (*source, error) {
	if t.In != nil {
		return &source{t.In, io.NopCloser(nil)}, nil
	}
	if body, modified, ok := t.small.read(*t); ok {
		r.Size, r.ModTime = t.Size, modified
		return &source{body, io.NopCloser(nil)}, nil
	}
	file, err := t.Here.Open(ctx, t.Local, os.O_RDONLY, 0)
	if err != nil {
		return nil, calledAs(t.Local, err)
	}
	whole, err := t.seek(ctx, s, file, r)
	if err != nil || whole {
		file.Close()
		return nil, err
	}
	return &source{file, file}, nil
}

// ErrDirectory is of what should be a file of this computer.
var ErrDirectory = errors.New("is a directory")

// seek goes to where an upload begins. It reports whether there is nothing left to send.
func (t *Task) seek(ctx context.Context, s *client.Session, file *os.File, r *Result) (whole bool, err error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return false, err
	case info.IsDir():
		return false, &os.PathError{Op: "read", Path: t.Local, Err: ErrDirectory}
	case info.Mode().IsRegular():
		r.Size, r.ModTime = info.Size(), info.ModTime()
	}
	if t.Resume {
		if t.Offset, r.Note, err = stored(ctx, s, *t, file, r.Size); err != nil {
			return false, err
		}
		if r.Resumed = t.Offset; r.Resumed == r.Size && r.Size > 0 {
			return true, nil
		}
	}
	if r.Size >= 0 && t.Offset > r.Size {
		return false, &OffsetError{Offset: t.Offset, Size: r.Size}
	}
	if t.Offset > 0 {
		_, err = file.Seek(t.Offset, io.SeekStart)
	}
	return false, err
}

// mayBeSqueezed passes on what went wrong with an upload; after one in MODE Z the next try is in stream mode.
func (r *Result) mayBeSqueezed(s *client.Session, err error) error {
	if err != nil && r.deflated {
		s.Server().KeepUploadsPlain()
	}
	return err
}

// send moves the bytes, and hears the server's verdict.
func send(ctx context.Context, s *client.Session, t Task, d *client.Data, in io.Reader, r *Result) (err error) {
	if in = limitReader(ctx, in, t.Limit); t.Bounds.Rate > 0 {
		in = struct{ io.Reader }{in} // the kernel would tell of many bytes at once
	}
	if s.Type() == client.ASCII {
		r.Bytes, err = client.SendText(d, in)
	} else {
		r.Bytes, err = d.ReadFrom(in)
	}
	if isLocal := new(os.PathError); errors.As(err, &isLocal) {
		d.Abort() // half a file must not look like a whole one
		return err
	}
	return cmp.Or(d.Close(), err)
}

// calledAs gives the error of a local file the name that the user knows it by.
func calledAs(name string, err error) error {
	if path := new(os.PathError); errors.As(err, &path) {
		return &os.PathError{Op: path.Op, Path: name, Err: path.Err}
	}
	return err
}

// begin opens the data connection. Where the server cannot begin in the middle, what is there ends
// where the rest begins.
func begin(ctx context.Context, s *client.Session, t *Task) (*client.Data, error) {
	d, err := t.store(ctx, s)
	if t.Resume && restRefused(err) {
		t.Op = Append
		d, err = t.store(ctx, s)
	}
	return d, err
}

func (t *Task) store(ctx context.Context, s *client.Session) (*client.Data, error) {
	switch t.Op {
	case Append:
		return s.Append(ctx, t.Remote)
	case UploadUnique:
		return s.StoreUnique(ctx, t.Remote)
	}
	return s.Store(ctx, t.Remote, t.Offset)
}
