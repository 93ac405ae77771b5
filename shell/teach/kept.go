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

// keep numbers an event and takes it in. The caller holds the lock.
func (r *Recorder) keep(k kept) (seq, op int32) {
	r.seq++
	k.seq, k.at, k.size = int32(r.seq), time.Since(r.begun), k.measure()
	if k.op == 0 {
		k.op = int32(r.op)
	}
	if k.full != nil {
		k.full.Seq, k.full.T, k.full.Op = int(k.seq), micro(k.at), int(k.op)
	}
	r.events = append(r.events, k)
	r.size += int(k.size)
	for len(r.events)-r.first > MaxEvents || r.size > maxSize && len(r.events)-r.first > 1 {
		r.size -= int(r.events[r.first].size)
		r.events[r.first] = kept{}
		r.first++
	}
	if r.first >= MaxEvents {
		r.events, r.first = append(r.events[:0], r.events[r.first:]...), 0
	}
	if len(r.watchers) > 0 {
		e := k.event()
		for _, w := range r.watchers {
			w.see(e)
		}
	}
	return k.seq, k.op
}

// add keeps an event that is neither a command nor a reply.
func (r *Recorder) add(e Event) *Event {
	r.keep(kept{full: &e, op: int32(e.Op)})
	return &e
}
