package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// Run carries out one task. Errors of the server are *client.Error, of the
// data connection *client.IncompleteError, of the local file *os.PathError, of
// the check at the end *VerifyError. When ctx ends, what a download has
// brought stays in the part file, and a Task with Resume goes on from there.
func Run(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	start := time.Now()
	if m == nil {
		m = &Meter{}
	}
	r, err := carry(ctx, s, t, m)
	if err == nil && proves(t, r) {
		err = prove(ctx, s, t, r)
	}
	if err == nil && t.RemoveSource {
		err = removeSource(ctx, s, t)
	}
	r.Elapsed = time.Since(start)
	return named(t, r), err
}

// named gives a result the name that was asked for, where the server did not
// say another.
func named(t Task, r Result) Result {
	if r.Remote == "" {
		r.Remote = t.Remote
	}
	return r
}

// carry moves the bytes. What it says of an upload is still to be proved.
func carry(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	start := time.Now()
	var r Result
	var err error
	switch {
	case t.Op == Download && t.Out != nil:
		r, err = downloadTo(ctx, s, t, m)
	case t.Op == Download:
		r, err = download(ctx, s, t, m)
	default:
		r, err = upload(ctx, s, t, m)
	}
	if t.Op != UploadUnique {
		r.Remote = t.Remote
	}
	r.Local, r.Elapsed = t.Local, time.Since(start)
	return r, err
}

// VerifyError says that a file arrived with another size than it should have.
type VerifyError struct {
	Name      string
	Got, Want int64
}

func (e *VerifyError) Error() string {
	return fmt.Sprintf("%s has %d bytes, not %d: the transfer is not complete", e.Name, e.Got, e.Want)
}

// PartSuffix is behind the name of a file that is not complete.
const PartSuffix = ".part"

// download brings the file under a temporary name and renames it when it is
// proved; until then what stood under the final name is untouched.
func download(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if err := describe(ctx, s, &t); err != nil {
		return Result{}, err
	}
	to, err := t.destination()
	if err != nil {
		return Result{}, err
	}
	defer to.close()
	part, err := to.open(t)
	if err != nil {
		return Result{}, err
	}
	defer part.Close()
	r := Result{Size: t.Size, ModTime: t.ModTime}
	if r.Resumed, err = part.Seek(0, io.SeekEnd); err != nil {
		return r, err
	}
	if t.Size >= 0 && r.Resumed > t.Size {
		return r, fmt.Errorf("%s is longer (%d bytes) than the remote file (%d bytes)", t.Local+PartSuffix, r.Resumed, t.Size)
	}
	if t.Size < 0 || r.Resumed < t.Size || r.Resumed == 0 {
		if r.Bytes, r.Note, err = fetch(ctx, s, t, r.Resumed, part, m); err != nil {
			if info, err := part.Stat(); err == nil && info.Size() == 0 {
				to.drop(part)
			}
			return r, err
		}
	}
	if err := verify(t.Local+PartSuffix, t.Size, r.Resumed+r.Bytes, s.Type()); err != nil {
		return r, err
	}
	r.Size = r.Resumed + r.Bytes
	return r, to.finish(part, t)
}

// downloadTo writes the file to t.Out, from t.Offset on.
func downloadTo(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if err := describe(ctx, s, &t); err != nil {
		return Result{}, err
	}
	r := Result{Size: t.Size, ModTime: t.ModTime, Resumed: t.Offset}
	var err error
	if r.Bytes, r.Note, err = fetch(ctx, s, t, t.Offset, t.Out, m); err != nil {
		return r, err
	}
	return r, verify(t.Remote, t.Size, r.Resumed+r.Bytes, s.Type())
}

// describe asks for size and time where they are not known. A server that
// cannot say may still send the file.
func describe(ctx context.Context, s *client.Session, t *Task) error {
	if t.Known || t.Size > 0 && (!t.Preserve || !t.ModTime.IsZero()) {
		return nil
	}
	e, err := s.Stat(ctx, t.Remote)
	var refused *client.Error
	switch {
	case err == nil:
		t.Size, t.ModTime = e.Size, e.Time
	case errors.As(err, &refused):
		t.Size = -1
	default:
		return err
	}
	return nil
}

// fetch copies the remote file from offset on to w.
func fetch(ctx context.Context, s *client.Session, t Task, offset int64, w io.Writer, m *Meter) (int64, string, error) {
	d, err := s.Retrieve(ctx, t.Remote, offset)
	if err != nil {
		return 0, "", err
	}
	total := t.Size
	if total < 0 && offset == 0 {
		total = d.Size()
	}
	m.start(offset, total, d.Transferred)
	var n int64
	w = limitWriter(ctx, w, t.Limit)
	if s.Type() == client.ASCII && !t.KeepCR {
		n, err = client.CopyText(w, d)
	} else {
		n, err = d.WriteTo(w)
	}
	closing := d.Close()
	var local *os.PathError
	switch {
	case errors.As(err, &local):
		return n, "", err
	case errors.Is(closing, client.ErrTruncated) && t.Size >= 0 && offset+n == t.Size:
		return n, "the server ended the data connection without close_notify; the size is right", nil
	case closing != nil:
		return n, "", closing
	}
	return n, "", err
}

// verify compares bytes with the size that the server names. In type A the
// numbers of both sides differ.
func verify(name string, want, got int64, typ client.Type) error {
	if want < 0 || got == want || typ == client.ASCII {
		return nil
	}
	return &VerifyError{Name: name, Got: got, Want: want}
}

// upload sends the local file.
func upload(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	in := t.In
	r := Result{Size: -1}
	if in == nil {
		file, err := os.Open(t.Local)
		if err != nil {
			return r, err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return r, err
		}
		if info.IsDir() {
			return r, &os.PathError{Op: "read", Path: t.Local, Err: errors.New("is a directory")}
		}
		r.Size, r.ModTime = info.Size(), info.ModTime()
		if t.Resume {
			if t.Offset, err = stored(ctx, s, t.Remote, r.Size); err != nil {
				return r, err
			}
		}
		if _, err := file.Seek(t.Offset, io.SeekStart); t.Offset > 0 && err != nil {
			return r, err
		}
		in = file
	}
	r.Resumed = t.Offset
	d, err := begin(ctx, s, t)
	if err != nil {
		return r, err
	}
	m.start(t.Offset, r.Size, d.Transferred)
	in = limitReader(ctx, in, t.Limit)
	if s.Type() == client.ASCII {
		r.Bytes, err = client.SendText(d, in)
	} else {
		r.Bytes, err = d.ReadFrom(in)
	}
	var local *os.PathError
	if errors.As(err, &local) {
		d.Abort() // half a file must not look like a whole one
		return r, err
	}
	if err := d.Close(); err != nil {
		return r, err
	}
	if err != nil {
		return r, err
	}
	if name := d.FileName(); t.Op == UploadUnique && name != "" {
		r.Remote, t.Remote = name, name
	}
	r.Size = r.Resumed + r.Bytes
	return r, nil
}

func begin(ctx context.Context, s *client.Session, t Task) (*client.Data, error) {
	switch t.Op {
	case Append:
		return s.Append(ctx, t.Remote)
	case UploadUnique:
		return s.StoreUnique(ctx, t.Remote)
	}
	return s.Store(ctx, t.Remote, t.Offset)
}

// stored returns how much of the file the server has already.
func stored(ctx context.Context, s *client.Session, name string, whole int64) (int64, error) {
	size, err := s.Size(ctx, name)
	if client.IsCode(err, 550) {
		return 0, nil
	}
	if err == nil && size > whole {
		return 0, fmt.Errorf("%s is longer on the server (%d bytes) than here (%d bytes)", name, size, whole)
	}
	return size, err
}
