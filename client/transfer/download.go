package transfer

import (
	"bytes"
	"cmp"
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

// download brings the file under a temporary name and renames it when it is
// proved; until then what stood under the final name is untouched.
func download(ctx context.Context, s *client.Session, t Task, m *Meter) (Result, error) {
	if err := t.prepare(ctx, s); err != nil {
		return Result{}, err
	}
	r := Result{Size: t.Size, ModTime: t.ModTime}
	if !t.anySize(s) {
		if file := t.small.create(t); file != nil {
			return downloadSmall(ctx, s, t, file, r, m)
		}
	}
	part, err := openPart(ctx, t)
	if part == nil {
		return r, err
	}
	defer part.close()
	if err := t.fits(t.Size, part.have); err != nil {
		return r, err
	}
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
		if _, r.Hash, err = compare(ctx, s, t.Remote, part); err != nil {
			return r, err
		}
	}
	return r, part.finish(t)
}

// prepare finds out what is to be fetched, and whether it resumes a part.
func (t *Task) prepare(ctx context.Context, s *client.Session) error {
	if t.Before != nil {
		if err := t.Before(ctx, s); err != nil {
			return err
		}
	}
	fromPart := t.FromPart && !t.Resume && s.Type().Counts() && t.Here.HasPart(t.Local)
	t.Resume, t.again = t.Resume || fromPart, t.again || fromPart
	if err := describe(ctx, s, t); err != nil {
		return err
	}
	if fromPart && t.ModTime.IsZero() { // a size alone proves little
		t.Resume = false
	}
	return t.within()
}

// downloadSmall holds the file in memory until it is proved. Where it cannot be put in its place
// from there, it is written to a part, which says why.
func downloadSmall(ctx context.Context, s *client.Session, t Task, file *unnamedFile, r Result, m *Meter) (_ Result, err error) {
	defer file.close()
	if err := t.fits(t.Size, 0); err != nil {
		return r, err
	}
	if r.Bytes, r.Note, err = fetch(ctx, s, t, 0, file, m); err != nil {
		return r, err
	}
	r.Size = r.Bytes
	if file.finish(t) == nil {
		return r, nil
	}
	part, err := openPart(ctx, t)
	if part == nil {
		return r, err
	}
	defer part.close()
	if _, err := part.Write(file.body.Bytes()); err != nil {
		return r, part.to.failed("write", PartSuffix, err)
	}
	return r, part.finish(t)
}

// openPart opens the part of a file. It is nil, without an error, where another transfer has
// brought the file meanwhile.
func openPart(ctx context.Context, t Task) (*part, error) {
	to, err := t.destination()
	if err != nil {
		return nil, err
	}
	part, err := to.open(t)
	for t.Shared && errors.Is(err, errBusy) {
		if err = pause(ctx, busyPause); err != nil {
			break
		}
		if to.holds(t) {
			break
		}
		part, err = to.open(t)
	}
	if part == nil {
		to.close()
	}
	return part, err
}

// within refuses to begin behind the end of a file.
func (t Task) within() error {
	if t.Offset > 0 && t.Size >= 0 && t.Offset > t.Size && !t.AnySize {
		return &OffsetError{Offset: t.Offset, Size: t.Size}
	}
	return nil
}

// fits asks whether a download may begin.
func (t Task) fits(size, have int64) error {
	if t.Fits == nil || size < 0 {
		return nil
	}
	return t.Fits(size, have)
}

// fittingWriter asks Task.Fits as the bytes come: what has come is here.
type fittingWriter struct {
	io.Writer
	have int64
	fits func(size, have int64) error
}

func (w *fittingWriter) Write(p []byte) (int, error) {
	if err := w.fits(w.have+int64(len(p)), w.have+int64(len(p))); err != nil {
		return 0, err
	}
	n, err := w.Writer.Write(p)
	w.have += int64(n)
	return n, err
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
	err := cmp.Or(t.within(), t.fits(t.Size, t.Size))
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
	seen := t.witnesses(s, d, offset)
	t.announce(d, seen, start)
	m.start(start, max(t.Size, seen.opening), d.Transferred)
	if err := follows(d, overlap); err != nil {
		return 0, "", err
	}
	if t.Size < 0 && t.Fits != nil {
		w = &fittingWriter{w, start, t.Fits}
	}
	n, err := receive(ctx, t, seen.text, w, d)
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

// witnesses are those that can say how large a file is, before any of it has come.
func (t Task) witnesses(s *client.Session, d *client.Data, offset int64) witnesses {
	seen := witnesses{before: t.Size, opening: -1, resumed: offset > 0, text: !s.Type().Counts(), any: t.anySize(s), counts: s.Server().ProvedSizes()}
	if offset == 0 {
		seen.opening = d.Size()
	}
	return seen
}

// announce tells a download that begins at start how many bytes are expected, and the most that it may bring.
func (t Task) announce(d *client.Data, seen witnesses, start int64) {
	if t.Size >= 0 && !seen.text {
		d.Expect(t.Size - start)
	}
	if most := bound(t.Size, seen.opening); most >= 0 && !seen.any {
		d.Bound(most - start)
	}
}

// receive writes what comes to w, and hears the server's verdict.
func receive(ctx context.Context, t Task, text bool, w io.Writer, d *client.Data) (n int64, err error) {
	if w = limitWriter(ctx, w, t.Limit); t.Bounds.Rate > 0 {
		w = struct{ io.Writer }{w} // the kernel would tell of many bytes at once
	}
	if text && !t.KeepCR {
		n, err = client.CopyText(w, d)
	} else {
		n, err = d.WriteTo(w)
	}
	err = d.CloseAfter(err)
	if local := new(os.PathError); errors.As(err, &local) {
		local.Path = filepath.Clean(local.Path)
	}
	return n, err
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
