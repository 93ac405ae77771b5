package teach

import (
	"bytes"
	"net/netip"
	"slices"
	"sort"
	"time"
)

// half is one direction of a TCP connection in a capture.
type half struct {
	from, to netip.AddrPort
	chunks   []chunk
	begun    time.Time // of its SYN; zero if that is not in the capture
	ended    time.Time // of its FIN or RST
	size     int64

	next  uint32    // the number of the byte that comes next
	early []segment // behind a gap
	other *half
}

// chunk is what a segment brought, when its turn had come.
type chunk struct {
	at     time.Time
	number int // of its segment in the capture: times are often the same
	data   []byte
}

// What is kept of a capture: control connections are small, and of the data only the number of bytes counts.
const (
	mostOfHalf   = 16 << 20
	mostOfHalves = 128 << 20
	mostHalves   = 100_000
	mostEarly    = 1000 // segments behind a gap, until the gap is taken for lost
)

// streams puts segments together again (RFC 9293, 3.10.7.4).
type streams struct {
	all     []*half // in the order in which they began
	open    map[[2]netip.AddrPort]*half
	kept    int // bytes in chunks
	waiting int // bytes behind gaps
	count   int
}

func (t *streams) add(s segment) {
	t.count++
	s.number = t.count
	key := [2]netip.AddrPort{s.from, s.to}
	h := t.open[key]
	syn := s.flags&flagSYN != 0
	if h == nil || syn && (!h.ended.IsZero() || h.other != nil && !h.other.ended.IsZero()) { // the same ports once more
		if len(t.all) == mostHalves {
			return
		}
		h = &half{from: s.from, to: s.to, next: s.seq}
		t.all, t.open[key] = append(t.all, h), h
		if back := t.open[[2]netip.AddrPort{s.to, s.from}]; back != nil && back.other == nil {
			h.other, back.other = back, h
		}
	}
	if syn {
		h.begun, h.next = s.at, s.seq+1
	}
	if int32(s.seq-h.next) > 0 && !syn {
		s.payload = bytes.Clone(s.payload)
		t.waiting += len(s.payload)
		if h.early = append(h.early, s); len(h.early) == mostEarly || t.waiting > mostOfHalves {
			t.flush(h)
		}
		return
	}
	t.accept(h, s)
	t.late(h)
}

// late accepts what came early and whose turn it is now.
func (t *streams) late(h *half) {
	for found := true; found && len(h.early) > 0; {
		found = false
		for i, s := range h.early {
			if found = int32(s.seq-h.next) <= 0; found {
				h.early = slices.Delete(h.early, i, i+1)
				t.waiting -= len(s.payload)
				t.accept(h, s)
				break
			}
		}
	}
}

// accept takes a segment that begins at the next byte, or before it.
func (t *streams) accept(h *half, s segment) {
	if old := int(h.next - s.seq); old > 0 && s.flags&flagSYN == 0 { // sent again, wholly or in part
		s.payload, s.size = s.payload[min(old, len(s.payload)):], max(0, s.size-old)
	}
	h.next += uint32(s.size)
	h.size += int64(s.size)
	if len(s.payload) > 0 && h.size < mostOfHalf && t.kept < mostOfHalves {
		t.kept += len(s.payload)
		c := chunk{s.at, s.number, bytes.Clone(s.payload)}
		if n := len(h.chunks); n > 0 && h.chunks[n-1].number > c.number { // it waited for what closed the gap
			c.at, c.number = h.chunks[n-1].at, h.chunks[n-1].number
		}
		h.chunks = append(h.chunks, c)
	}
	if s.flags&(flagFIN|flagRST) != 0 && h.ended.IsZero() {
		h.ended = s.at
	}
}

// flush takes gaps for lost.
func (t *streams) flush(h *half) {
	sort.SliceStable(h.early, func(i, j int) bool { return int32(h.early[i].seq-h.early[j].seq) < 0 })
	for _, s := range h.early {
		if int32(s.seq-h.next) > 0 {
			h.next = s.seq
		}
		t.waiting -= len(s.payload)
		t.accept(h, s)
	}
	h.early = nil
}
