package teach

import (
	"cmp"
	"strconv"
	"time"
)

// kept is an event as a recorder keeps it. Commands and replies, which are
// nearly all of them, take little room and no allocation: recording must not
// slow down what it records.
type kept struct {
	full *Event // any other event

	seq, op, to  int32
	size         int32 // about how much memory it takes
	at, took     time.Duration
	conn, verb   string
	line         string
	lines        []string
	code         int16 // 0: a command
	enc, user    bool
	masked, last bool
}

// event is the event that is kept.
func (k *kept) event() *Event {
	if k.full != nil {
		return k.full
	}
	e := &Event{Seq: int(k.seq), T: micro(k.at), Op: int(k.op), Ev: Sent, Conn: k.conn, Enc: k.enc, Verb: k.verb}
	if k.code == 0 {
		e.Verb = cmp.Or(k.verb, "@") // the user can send anything
		e.Line, e.Masked, e.Src = k.line, k.masked, "auto"
		if k.user {
			e.Src = "user"
		}
		return e
	}
	e.Ev, e.Code, e.Lines = Replied, strconv.Itoa(int(k.code)), k.lines
	e.To, e.Final, e.MS = int(k.to), k.last, millis(k.took)
	return e
}

// measure is about how much memory it takes.
func (k *kept) measure() int32 {
	n := 128 + len(k.line)
	for _, line := range k.lines {
		n += 16 + len(line)
	}
	if k.full != nil {
		n += k.full.size()
	}
	return int32(n)
}

// next is room for an event that is numbered and dated; a zero time is now. The caller holds the lock, fills it in,
// and calls keep.
func (r *Recorder) next(at time.Time) *kept {
	if r.count == len(r.ring) {
		r.makeRoom()
	}
	if at.IsZero() {
		at = time.Now()
	}
	r.last = max(r.last, at.Sub(r.begun))
	r.seq++
	r.count++
	k := r.at(r.count - 1)
	k.seq, k.at, k.op = int32(r.seq), r.last, int32(r.op)
	return k
}

// at is the event that many places behind the first.
func (r *Recorder) at(i int) *kept {
	if i += r.first; i >= len(r.ring) {
		i -= len(r.ring)
	}
	return &r.ring[i]
}

// makeRoom has a larger ring, or gives the place of the oldest event away.
func (r *Recorder) makeRoom() {
	if len(r.ring) >= MaxEvents {
		r.forget()
		return
	}
	larger := make([]kept, min(max(64, 2*len(r.ring)), MaxEvents))
	n := copy(larger, r.ring[r.first:])
	copy(larger[n:], r.ring[:r.first])
	r.ring, r.first = larger, 0
}

// forget drops the oldest event.
func (r *Recorder) forget() {
	oldest := r.at(0)
	r.size -= int(oldest.size)
	*oldest = kept{}
	r.count--
	if r.first++; r.first == len(r.ring) {
		r.first = 0
	}
}

// keep takes in an event that next gave room. The caller holds the lock.
func (r *Recorder) keep(k *kept) {
	k.size = k.measure()
	r.size += int(k.size)
	for r.size > maxSize && r.count > 1 {
		r.forget()
	}
	if len(r.watchers) > 0 {
		e := k.event()
		for _, w := range r.watchers {
			w.see(e)
		}
	}
}

// add keeps an event that is neither a command nor a reply.
func (r *Recorder) add(e Event) *Event {
	k := r.next(time.Time{})
	if e.Op != 0 {
		k.op = int32(e.Op)
	}
	e.Seq, e.T, e.Op = int(k.seq), micro(k.at), int(k.op)
	k.full = &e
	r.keep(k)
	return &e
}
