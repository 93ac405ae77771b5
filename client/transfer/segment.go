package transfer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// This file fetches one file over several sessions at once. Each of them takes
// a part and, when it is through, half of what another one still has to do.

// leastPart is how many bytes another session is worth asking for. It is also
// what is fetched before it is seen whether somebody has taken the rest.
const leastPart = 2 << 20

// segmented is a file that is fetched in parts.
type segmented struct {
	task  Task
	meter Meter
	begun time.Time
	over  func() // ends what Watch began

	mu      sync.Mutex
	opened  time.Time
	to      *destination
	file    *os.File
	resumed int64
	missing []*piece // in no order
	jobs    int      // that are not over
	ending  bool     // a job has seen the last byte and gives it its name
	changed bool     // the parts are not of one file: they are given up
	again   *Result  // of fetching all of it once more, without parts
	whole   bool     // it has its name
	failed  error

	endNotes func() // no note is written behind it
}

// piece are bytes from next to before end that are not there yet.
type piece struct {
	next, end int64
	taken     bool
	data      *client.Data // that brings them
	counted   int64        // how many of its bytes are in next
	out       *os.File     // that they are written to, by us or by the kernel
}

func (p *piece) left() int64 { return p.end - p.next }

// written is where the bytes begin that are not in the file yet: next is told of them in large steps only.
func (p *piece) written() int64 {
	if p.out == nil {
		return p.next
	}
	at, err := p.out.Seek(0, io.SeekCurrent)
	if err != nil {
		return p.next
	}
	return min(max(p.next, at), p.end)
}

// inParts reports whether a task is to be done in parts, by several jobs.
func inParts(t *Task, typ client.Type) bool {
	if t.Op != Download || t.Out != nil || t.Offset > 0 || t.Size < 2*leastPart || !typ.Counts() {
		return false
	}
	if t.Resume && t.Here.HasSegments(t.Local) {
		t.Segments = max(t.Segments, 2)
	}
	return t.Segments > 1
}

// inSegments makes the jobs of a file that is fetched in parts.
func inSegments(t Task) []*job {
	f := &segmented{task: t, jobs: t.Segments, begun: time.Now()}
	jobs := make([]*job, t.Segments)
	for i := range jobs {
		jobs[i] = &job{task: t, of: f}
	}
	return jobs
}

// begin makes the file, or finds out what an earlier transfer has left to do.
func (f *segmented) begin(watch func(Task, *Meter) (over func())) error {
	first, err := f.openOnce()
	if first && watch != nil {
		f.over = watch(f.task, &f.meter) // without the lock, which the meter needs
	}
	return err
}

// openOnce opens the file for the first job, and reports which one that was.
func (f *segmented) openOnce() (first bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil || f.failed != nil {
		return false, f.failed
	}
	if err := f.open(); err != nil {
		return false, err
	}
	f.endNotes = f.noteOften()
	f.opened = time.Now()
	f.resumed = f.task.Size - f.left()
	f.meter.start(f.resumed, f.task.Size, func() int64 {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.task.Size - f.left() - f.resumed
	})
	return true, nil
}

// bounds are those of the whole file: each job has what is left of its time, and
// is slow when all of them together are.
func (f *segmented) bounds() Bounds {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.task.Bounds
	if b.Time > 0 {
		b.Time = max(b.Time-time.Since(f.opened), time.Nanosecond)
	}
	return b
}

// left is how much is missing.
func (f *segmented) left() int64 {
	var sum int64
	for _, p := range f.missing {
		sum += p.left()
		if p.data != nil {
			sum -= p.data.Transferred() - p.counted
		}
	}
	return sum
}

// take returns a part that nobody is at, or else half of the largest that is
// left; nil when that is not worth it.
func (f *segmented) take() *piece {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil || f.changed {
		return nil
	}
	largest := &piece{}
	for _, p := range f.missing {
		if !p.taken && p.left() > 0 {
			p.taken = true
			return p
		}
		if p.left() > largest.left() {
			largest = p
		}
	}
	if largest.left() < 2*leastPart {
		return nil
	}
	half := &piece{next: largest.end - largest.left()/2, end: largest.end, taken: true}
	largest.end = half.next
	f.missing = append(f.missing, half)
	return half
}

// want is how many bytes of a part are fetched next.
func (f *segmented) want(p *piece) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil || f.changed {
		return 0
	}
	return min(leastPart, p.left())
}

// came takes note of bytes.
func (f *segmented) came(p *piece, n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.next += n
	p.counted += n
}

// noteEvery is how much of a transfer is lost at most when the program is killed.
const noteEvery = 200 * time.Millisecond

// noteOften writes down what is missing while parts come. What cannot be noted is a loss only when the program is killed.
func (f *segmented) noteOften() (end func()) {
	over := make(chan struct{})
	var noting sync.WaitGroup
	noting.Go(func() {
		tick := time.Tick(noteEvery)
		for {
			select {
			case <-tick:
				f.noteAgain()
			case <-over:
				return
			}
		}
	})
	return func() {
		close(over)
		noting.Wait()
	}
}

func (f *segmented) noteAgain() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed == nil && !f.changed && !f.ending {
		_ = f.note()
	}
}

// giveBack leaves the rest of a part to others.
func (f *segmented) giveBack(p *piece) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.taken, p.data, p.out = false, nil, nil
	f.missing = slices.DeleteFunc(f.missing, func(p *piece) bool { return p.left() == 0 || f.changed && !p.taken })
}

// fetch is what one session does: part after part, until there are none. The
// last one sees to the file.
func (f *segmented) fetch(ctx context.Context, s *client.Session, m *Meter) error {
	for p := f.take(); p != nil; p = f.take() {
		err := f.fetchPart(ctx, s, p, m)
		if errors.Is(err, errOther) {
			f.giveUp()
			err = nil
		}
		f.giveBack(p)
		if err != nil {
			return err
		}
	}
	return f.finish(ctx, s)
}

// giveUp leaves all parts, since they are not of one file.
func (f *segmented) giveUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = true
}

// overlap is the end of what is there before a part: it is fetched once more and compared,
// for the server may have another file by now.
func (f *segmented) overlap(p *piece) ([]byte, error) {
	f.mu.Lock()
	begin := int64(0)
	for _, q := range f.missing {
		if q != p && q.end <= p.next {
			begin = max(begin, q.end)
		}
	}
	f.mu.Unlock()
	tail := make([]byte, min(p.next-begin, tailSize))
	_, err := f.file.ReadAt(tail, p.next-int64(len(tail)))
	return tail, err
}

// fetchPart fetches a part up to its end, which another session may bring
// nearer meanwhile.
func (f *segmented) fetchPart(ctx context.Context, s *client.Session, p *piece, m *Meter) error {
	out, err := f.to.dir.OpenFile(f.to.segments(), os.O_WRONLY, 0)
	if err != nil {
		return f.to.failed("open", SegmentSuffix, err)
	}
	defer out.Close()
	if _, err := out.Seek(p.next, io.SeekStart); err != nil {
		return err
	}
	overlap, err := f.overlap(p)
	if err != nil {
		return err
	}
	d, err := s.Retrieve(ctx, f.task.Remote, p.next-int64(len(overlap)))
	if err != nil {
		return err
	}
	if err := follows(d, overlap); err != nil {
		return err
	}
	m.start(m.Done()-int64(len(overlap)), f.task.Size, d.Transferred)
	w := limitWriter(ctx, out, f.task.Limit)
	if f.task.Bounds.Rate > 0 {
		w = struct{ io.Writer }{w} // the kernel would tell of many bytes at once
	}
	err = f.copyPart(d, out, w, p, int64(len(overlap)))
	if verify := new(VerifyError); errors.As(err, &verify) { // the server's verdict comes first
		if closing := d.Close(); closing != nil {
			return closing
		}
		return err
	}
	return d.CloseAfter(err)
}

// copyPart copies from a download that begins where the part does. Behind the
// end of the file the end of the data is awaited: the server then knows that all
// of it has come.
func (f *segmented) copyPart(d *client.Data, out *os.File, w io.Writer, p *piece, before int64) error {
	f.mu.Lock()
	p.data, p.counted, p.out = d, before, out
	f.mu.Unlock()
	for want := f.want(p); want > 0; want = f.want(p) {
		n, err := d.ReceiveN(w, want)
		f.came(p, n)
		if err == nil && n < want {
			err = &VerifyError{Got: p.next, Want: f.task.Size}
		}
		if err != nil {
			return err
		}
	}
	if p.next == f.task.Size {
		_, _ = d.ReceiveN(io.Discard, 1)
	}
	return nil
}

// finish gives the file its name when all parts are there and the server still
// has the same file. One that has changed is fetched without parts.
func (f *segmented) finish(ctx context.Context, s *client.Session) error {
	if !f.allThere() {
		return nil
	}
	same, err := f.unchanged(ctx, s)
	r := Result{Size: f.task.Size, ModTime: f.task.ModTime}
	switch {
	case err == nil && same:
		err = f.becomePart()
	case err == nil:
		r, err = f.fetchAnew(ctx, s)
	}
	whole := err == nil
	if whole && f.task.RemoveSource {
		err = removeSource(ctx, s, f.task, r)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ending, f.whole = whole, whole
	if whole {
		f.failed, err = err, nil
	}
	return err
}

// allThere reports to one job, and to another only when that one has failed,
// that every part has been given back without a rest.
func (f *segmented) allThere() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil || f.ending || len(f.missing) > 0 {
		return false
	}
	f.ending = true
	return true
}

// unchanged compares what the server says of the file with what it said before:
// the parts must be of the same file.
func (f *segmented) unchanged(ctx context.Context, s *client.Session) (bool, error) {
	f.mu.Lock()
	changed := f.changed
	f.mu.Unlock()
	if changed {
		return false, nil
	}
	e, err := s.Stat(ctx, f.task.Remote)
	switch {
	case errors.As(err, new(*client.Error)):
		return true, nil // it does not say
	case err != nil:
		return false, err
	}
	was := listing.Entry{Time: f.task.ModTime, Precision: listing.Second}
	return (e.Size < 0 || e.Size == f.task.Size) && (!f.task.Known || SameTime(e, was)), nil
}

// fetchAnew fetches the file as it is now, from its beginning to its end.
func (f *segmented) fetchAnew(ctx context.Context, s *client.Session) (Result, error) {
	f.giveUp()
	t := f.task
	t.Known, t.Size, t.ModTime, t.Resume = false, -1, time.Time{}, false
	_ = remove(f.to.dir, f.to.segments())
	r, err := download(ctx, s, t, &f.meter)
	r.Note = cmp.Or(r.Note, "it changed while it was fetched in parts: fetched once more, in one")
	if err == nil {
		f.mu.Lock()
		f.again = &r
		f.mu.Unlock()
	}
	return r, err
}

// leave is called when a job is over; the last one tells how it was.
func (f *segmented) leave(failed error) (r Result, last bool, err error) {
	f.mu.Lock()
	f.jobs--
	last = f.jobs == 0
	if f.failed == nil && !f.whole {
		f.failed = failed
	}
	f.mu.Unlock()
	if !last {
		return r, false, nil
	}
	r = Result{Remote: f.task.Remote, Local: f.task.Local, Resumed: f.resumed, Size: f.task.Size, ModTime: f.task.ModTime, Elapsed: time.Since(f.begun)}
	if f.file == nil {
		return r, true, f.failed
	}
	f.endNotes()
	defer f.to.close()
	if f.over != nil {
		f.over()
	}
	if f.again != nil {
		r.Bytes, r.Resumed, r.Size, r.ModTime, r.Note = f.again.Bytes, f.again.Resumed, f.again.Size, f.again.ModTime, f.again.Note
		f.file.Close()
		return r, true, f.failed
	}
	r.Bytes = f.task.Size - f.left() - f.resumed
	if f.whole {
		return r, true, f.failed
	}
	if f.changed {
		_ = remove(f.to.dir, f.to.segments())
	} else if err := f.note(); f.failed == nil {
		f.failed = err
	}
	f.file.Close()
	return r, true, f.failed
}
