package teach

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"
	"time"
)

// Recorder keeps what happened, always and in bounded memory: the oldest events
// make room for new ones. Its methods may be used from any goroutine.
type Recorder struct {
	mu    sync.Mutex
	ring  []kept // the events in the order of their numbers, from first on
	first int
	count int
	size  int
	seq   int
	op    int           // that runs now, the last of open; 0: none
	last  time.Duration // when the last event was
	begun time.Time

	start *Event // trace.start, which is never dropped

	ops  int   // the last number given
	open []int // ops that have begun; each may run the next, or go on beside it

	typed    string // the line that the user sends by hand, until it is on its way
	sessions map[string]bool
	data     int // data connections since the first of the sessions

	watchers []*watcher
	contents *contents // who wants to know what transfers carried; nil: nobody
}

type watcher struct{ see func(*Event) }

// How much a recorder keeps.
const (
	MaxEvents = 4000
	maxSize   = 4 << 20
)

// NewRecorder begins a recording. Tool and version are for its first event.
func NewRecorder(tool, version string) *Recorder {
	r := &Recorder{begun: time.Now(), sessions: map[string]bool{}}
	r.start = &Event{Seq: 1, Ev: TraceStart, Tool: tool, Version: version, UTC: r.begun.UTC().Format(time.RFC3339)}
	r.seq = 1
	return r
}

// Begin starts an operation: what one command of the shell does. Cmd is the
// line as it was typed, without secrets. The function that it returns ends the
// operation. Operations may be nested, and one that was sent to the background
// may end when later ones have begun.
func (r *Recorder) Begin(cmd string) (end func(error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops++
	op := r.ops
	r.open, r.op = append(r.open, op), op
	r.add(Event{Ev: OpStart, Cmd: cmd})
	return func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.add(Event{Ev: OpEnd, Op: op, OK: err == nil, Error: ErrorKey(err)})
		r.open = slices.DeleteFunc(r.open, func(other int) bool { return other == op })
		if r.op, r.typed = 0, ""; len(r.open) > 0 {
			r.op = r.open[len(r.open)-1]
		}
	}
}

// Typed says that the user is about to send this line by hand: the command is
// recorded as theirs (src user).
func (r *Recorder) Typed(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.typed = Verb(line)
}

// Note records a remark about a connection, which may be "".
func (r *Recorder) Note(conn, key, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(Event{Ev: Noted, Conn: conn, Key: key, Text: text})
}

// Events returns the recorded events after since, which is a Seq or 0.
func (r *Recorder) Events(since int) []*Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.since(since)
}

func (r *Recorder) since(since int) []*Event {
	i := sort.Search(r.count, func(i int) bool { return int(r.at(i).seq) > since })
	events := make([]*Event, 0, r.count-i)
	for ; i < r.count; i++ {
		events = append(events, r.at(i).event())
	}
	return events
}

// All returns the whole recording, as it would be saved: with the event that
// says when it began.
func (r *Recorder) All() []*Event { return append([]*Event{r.start}, r.Events(0)...) }

// Seq is the number of the last event.
func (r *Recorder) Seq() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seq
}

// Watch has see called with every event from now on, in their order. See must
// return soon and must not use the recorder. Stop ends it.
func (r *Recorder) Watch(see func(*Event)) (stop func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.watch(see)
}

func (r *Recorder) watch(see func(*Event)) (stop func()) {
	w := &watcher{see}
	r.watchers = append(r.watchers, w)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watchers = slices.DeleteFunc(r.watchers, func(other *watcher) bool { return other == w })
	}
}

// nameSession returns a name for a control connection that no other one has.
// Data connections are counted again when it is the only one.
func (r *Recorder) nameSession() string {
	if len(r.sessions) == 0 {
		r.data = 0
	}
	for n := 1; ; n++ {
		name := "C"
		if n > 1 {
			name = fmt.Sprintf("C%d", n)
		}
		if !r.sessions[name] {
			r.sessions[name] = true
			return name
		}
	}
}

// nameData returns a name for a data connection.
func (r *Recorder) nameData() string {
	r.data++
	return fmt.Sprintf("D%d", r.data)
}

// takeTyped reports whether the user sends this verb by hand.
func (r *Recorder) takeTyped(verb string) bool {
	if r.typed == "" || r.typed != verb {
		return false
	}
	r.typed = ""
	return true
}

func micro(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e6 }

func millis(d time.Duration) float64 { return math.Round(max(d.Seconds(), 0)*1e6) / 1e3 }
