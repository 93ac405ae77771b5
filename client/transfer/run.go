package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Run carries out one task, and again as its Retry says. Errors of the server
// are *client.Error, of the data connection *client.IncompleteError, of the
// local file *os.PathError, of the check at the end *VerifyError. When ctx ends,
// what a download has brought stays in the part file, and a Task with Resume
// goes on from there.
func Run(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	start := time.Now()
	if m == nil {
		m = &Meter{}
	}
	var moved int64 // by the tries that broke
	for try := 1; ; try++ {
		inStep := !s.Desynced()
		r, err := once(ctx, s, t, m)
		if inStep && mistaken(s, err) && try == 1 && t.canRepeat(r) {
			continue
		}
		if err == nil && r.Resumed > 0 {
			r.Bytes, r.Resumed = r.Bytes+min(moved, r.Resumed), max(r.Resumed-moved, 0)
		}
		if err == nil || !t.canRepeat(r) || t.stuck(err) || !t.Retry.again(ctx, try, err) {
			if err != nil && ctx.Err() != nil {
				err = ctx.Err() // what broke for that reason, or before, matters no more
			}
			r.Elapsed = time.Since(start)
			return named(t, r), err
		}
		moved += r.Bytes
		t = t.after(r, s.Type(), err)
	}
}

// once makes one try. With Atomic an upload has the name of a part until it is
// whole.
func once(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	final := t.Remote
	if t.Atomic && t.Op == Upload {
		t.Remote += PartSuffix
	}
	r, err := carry(ctx, s, t, m)
	if err == nil && proves(t, r) {
		err = prove(ctx, s, t, &r)
	}
	if err == nil && t.Remote != final {
		if err = s.Rename(ctx, t.Remote, final); err != nil {
			return r, fmt.Errorf("the whole file is %s on the server, and stays so: %w", t.Remote, err)
		}
		r.Remote = final
	}
	if err == nil && t.RemoveSource {
		err = removeSource(ctx, s, t, r)
	}
	return r, err
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
	err := t.Bounds.within(ctx, m, func(ctx context.Context) (err error) {
		r, err = move(ctx, s, t, m)
		return err
	})
	if t.Op != UploadUnique {
		r.Remote = t.Remote
	}
	r.Local, r.Elapsed = t.Local, time.Since(start)
	return r, err
}

func move(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	switch {
	case (t.Resume || t.Offset > 0) && !s.Type().Counts():
		return Result{}, ErrTextResume
	case t.Op == Download && t.Out != nil:
		return downloadTo(ctx, s, t, m)
	case t.Op == BetweenServers:
		return betweenServers(ctx, s, t, m)
	case t.Op == Download:
		return download(ctx, s, t, m)
	}
	return upload(ctx, s, t, m)
}

// ErrTextResume is returned for a Task with Resume or Offset in type A, where
// bytes are counted differently on both sides.
var ErrTextResume = errors.New("text cannot be resumed, only binary files can")

// download brings the file under a temporary name and renames it when it is
// proved; until then what stood under the final name is untouched.
func download(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if err := describe(ctx, s, &t); err != nil {
		return Result{}, err
	}
	if err := t.within(); err != nil {
		return Result{}, err
	}
	to, err := t.destination()
	if err != nil {
		return Result{}, err
	}
	defer to.close()
	part, err := to.open(t)
	for t.Shared && errors.Is(err, errBusy) {
		if err := pause(ctx, busyPause); err != nil {
			return Result{}, err
		}
		if to.holds(t) {
			return Result{Size: t.Size, ModTime: t.ModTime}, nil
		}
		part, err = to.open(t)
	}
	if err != nil {
		return Result{}, err
	}
	defer part.keep()
	r := Result{Size: t.Size, ModTime: t.ModTime}
	if err := fill(ctx, s, t, part, &r, m); err != nil {
		return r, err
	}
	r.Size = r.Resumed + r.Bytes
	if t.Offset > 0 && t.Size < 0 && r.Bytes == 0 {
		return r, &OffsetError{Offset: t.Offset, Size: -1}
	}
	if t.Verify {
		if _, err := part.Seek(0, io.SeekStart); err != nil {
			return r, err
		}
		var err error
		if _, r.Hash, err = compare(ctx, s, t.Remote, part); err != nil {
			return r, err
		}
	}
	return r, part.finish(t)
}

// within refuses to begin behind the end of a file.
func (t Task) within() error {
	if t.Offset > 0 && t.Size >= 0 && t.Offset > t.Size && !t.AnySize {
		return &OffsetError{Offset: t.Offset, Size: t.Size}
	}
	return nil
}

// OffsetError says that a transfer was to begin behind the end of the file. Size is
// -1 where nobody knows it, and nothing came.
type OffsetError struct{ Offset, Size int64 }

func (e *OffsetError) Error() string {
	if e.Size < 0 {
		return fmt.Sprintf("nothing came from byte %d on: is the file that long?", e.Offset)
	}
	return fmt.Sprintf("the file has %d bytes: nothing begins at byte %d", e.Size, e.Offset)
}

// fill fetches what the part lacks. What does not go on where it ends, since
// the file is another one now or the server ignores REST, is fetched again.
func fill(ctx context.Context, s *client.Session, t Task, part *part, r *Result, m *Meter) error {
	r.Resumed = part.have
	err := fetchRest(ctx, s, t, part, r, m)
	if r.Resumed > 0 && (errors.Is(err, errOther) || restRefused(err)) {
		note := "what was there is not a part of it: fetched again"
		if restRefused(err) {
			note = "the server cannot begin in the middle: fetched again"
		}
		if err := part.empty(); err != nil {
			return err
		}
		*r = Result{Size: t.Size, ModTime: t.ModTime, Note: note}
		err = fetchRest(ctx, s, t, part, r, m)
		r.Note = note
	}
	return err
}

// errOther says that the bytes on the server are not the rest of a part.
var errOther = errors.New("the part is of another file")

// restRefused reports whether the server does not begin in the middle of files.
func restRefused(err error) bool {
	var no *client.Error
	return errors.As(err, &no) && no.Verb == "REST" && no.Reply.Code != 421
}

func fetchRest(ctx context.Context, s *client.Session, t Task, part *part, r *Result, m *Meter) (err error) {
	if t.Size >= 0 && part.have > t.Size {
		return errOther
	}
	r.Bytes, r.Note, err = fetch(ctx, s, t, part.have, part, m)
	if local := new(os.PathError); errors.As(err, &local) {
		return part.to.failed(local.Op, PartSuffix, err)
	}
	return err
}

// downloadTo writes the file to t.Out, from t.Offset on.
func downloadTo(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if err := describe(ctx, s, &t); err != nil {
		return Result{}, err
	}
	r := Result{Size: t.Size, ModTime: t.ModTime, Resumed: t.Offset}
	err := t.within()
	if err == nil {
		r.Bytes, r.Note, err = fetch(ctx, s, t, t.Offset, t.Out, m)
	}
	if err == nil && t.Offset > 0 && t.Size < 0 && r.Bytes == 0 {
		err = &OffsetError{Offset: t.Offset, Size: -1}
	}
	return r, err
}

// describe asks for size and time where they are not known. A server that
// cannot say may still send the file. What MLST says of a symbolic link is not about
// the file that RETR sends: where the size decides what is fetched, SIZE is asked too.
func describe(ctx context.Context, s *client.Session, t *Task) error {
	begun := t.Resume || t.Offset > 0
	if t.Known && !begun || t.Size > 0 && t.Size < smallFile && (!t.Preserve || !t.ModTime.IsZero()) && !begun && !t.RemoveSource {
		return nil // good enough where no part is to be recognised by it
	}
	e, err := s.Stat(ctx, t.Remote)
	switch {
	case err == nil:
		t.Describe(e)
	case !isRefusal(err):
		return err
	case t.Size == 0 && !t.Known:
		t.Size = -1
	}
	if err != nil || e.Raw == "" || !begun && e.Type != listing.Link {
		return nil
	}
	t.Known = false
	return sizeAndTime(ctx, s, t.Remote, &t.Size, &t.ModTime)
}

// sizeAndTime asks for size and time of what a link leads to, or of a file that may be
// one, in place of what is known of the link. What the server does not say stays.
func sizeAndTime(ctx context.Context, s *client.Session, name string, size *int64, modified *time.Time) error {
	n, err := s.Size(ctx, name)
	switch {
	case err == nil && n == *size: // it was no link
		return nil
	case err == nil:
		*size = n
		var at time.Time
		if at, err = s.ModTime(ctx, name); err == nil {
			*modified = at
		}
	}
	if isRefusal(err) || client.IsMalformed(err) {
		return nil
	}
	return err
}

// fetch copies the remote file from offset on to w, and judges it. The last bytes of a
// part are fetched once more and compared.
func fetch(ctx context.Context, s *client.Session, t Task, offset int64, w io.Writer, m *Meter) (int64, string, error) {
	var overlap []byte
	if part, ok := w.(*part); ok {
		var err error
		if overlap, err = part.tail(); err != nil {
			return 0, "", err
		}
		w = part.File // the kernel copies into it
	}
	start := offset - int64(len(overlap))
	d, err := s.Retrieve(ctx, t.Remote, start)
	if err != nil {
		return 0, "", err
	}
	seen := witnesses{before: t.Size, opening: -1, resumed: offset > 0, text: !s.Type().Counts(), any: t.anySize(s), counts: s.ProvedSizes()}
	if offset == 0 {
		seen.opening = d.Size()
	}
	if t.Size >= 0 && !seen.text {
		d.Expect(t.Size - start)
	}
	if most := bound(t.Size, seen.opening); most >= 0 && !seen.any {
		d.Bound(most - start)
	}
	m.start(start, max(t.Size, seen.opening), d.Transferred)
	if err := follows(d, overlap); err != nil {
		return 0, "", err
	}
	var n int64
	if w = limitWriter(ctx, w, t.Limit); t.Bounds.Rate > 0 {
		w = struct{ io.Writer }{w} // the kernel would tell of many bytes at once
	}
	if seen.text && !t.KeepCR {
		n, err = client.CopyText(w, d)
	} else {
		n, err = d.WriteTo(w)
	}
	err = d.CloseAfter(err)
	if local := new(os.PathError); errors.As(err, &local) {
		local.Path = filepath.Clean(local.Path)
	}
	if seen.cut = errors.Is(err, client.ErrTruncated); err != nil && !seen.cut {
		return n, "", err
	}
	seen.got = offset + n
	note, unproved := judge(ctx, s, t, seen)
	if errors.Is(unproved, client.ErrTruncated) {
		unproved = err // with its numbers
	}
	return n, note, unproved
}

// follows says whether a download begins with the overlap, and closes one that does not.
func follows(d *client.Data, overlap []byte) error {
	got := make([]byte, len(overlap))
	_, err := io.ReadFull(d, got)
	switch {
	case err == nil && bytes.Equal(got, overlap):
		return nil
	case err == nil:
		d.Close()
		return errOther
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = nil // the server's verdict comes first
	}
	if err = d.CloseAfter(err); err == nil {
		err = errOther
	}
	return err
}

// upload sends the local file.
func upload(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	in := t.In
	r := Result{Size: -1}
	if in == nil {
		file, err := t.Here.Open(ctx, t.Local, os.O_RDONLY, 0)
		if err != nil {
			return r, calledAs(t.Local, err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return r, err
		}
		if info.IsDir() {
			return r, &os.PathError{Op: "read", Path: t.Local, Err: errors.New("is a directory")}
		}
		if info.Mode().IsRegular() {
			r.Size, r.ModTime = info.Size(), info.ModTime()
		}
		if t.Resume {
			if t.Offset, r.Note, err = stored(ctx, s, t, file, r.Size); err != nil {
				return r, err
			}
			if r.Resumed = t.Offset; r.Resumed == r.Size && r.Size > 0 {
				return r, nil // it had only lacked the last reply
			}
		}
		if r.Size >= 0 && t.Offset > r.Size {
			return r, &OffsetError{Offset: t.Offset, Size: r.Size}
		}
		if _, err := file.Seek(t.Offset, io.SeekStart); t.Offset > 0 && err != nil {
			return r, err
		}
		in = file
	}
	r.Resumed = t.Offset
	if t.Op == Append && sizeTells(s) {
		var err error
		if r.base, err = sizeBefore(ctx, s, t.Remote); err != nil {
			return r, err
		}
	}
	d, err := begin(ctx, s, t)
	if t.Resume && restRefused(err) { // it ends where the rest begins
		t.Op = Append
		d, err = begin(ctx, s, t)
	}
	if err != nil {
		return r, err
	}
	m.start(t.Offset, r.Size, d.Transferred)
	if in = limitReader(ctx, in, t.Limit); t.Bounds.Rate > 0 {
		in = struct{ io.Reader }{in}
	}
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
	if whole := r.Resumed + r.Bytes; r.Size >= 0 && whole != r.Size && s.Type().Counts() {
		r.Note = fmt.Sprintf("the file changed while it was read: it had %d bytes, %d are on the server", r.Size, whole)
	}
	r.Size = r.Resumed + r.Bytes
	return r, nil
}

// calledAs gives the error of a local file the name that the user knows it by.
func calledAs(name string, err error) error {
	if path := new(os.PathError); errors.As(err, &path) {
		return &os.PathError{Op: path.Op, Path: name, Err: path.Err}
	}
	return err
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
