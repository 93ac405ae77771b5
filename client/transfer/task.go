// Package transfer moves files between the local disk and a session. A
// transfer succeeds only when it is proved: the server's final reply, a clean
// end of the data, and the size.
package transfer

import (
	"context"
	"io"
	"io/fs"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Op is what a Task does.
type Op int

// The operations.
const (
	Download       Op = iota // RETR
	Upload                   // STOR
	Append                   // APPE
	UploadUnique             // STOU
	BetweenServers           // RETR here and STOR there
)

// Task is one file to move. Remote and Local are its names; In or Out take the
// place of Local when the bytes come from or go to something else.
type Task struct {
	Op            Op
	Remote, Local string
	Within        string // the server chose the name: Local is in this directory, and no link leads out of it
	Here          Folder // that Local and Within are in, when the file's turn comes
	In            io.Reader
	Out           io.Writer

	Target  *client.Session // of BetweenServers: the other server, where Local is a name
	Route   *Route          // by which way; nil: directly
	InClear bool            // whether it may travel in the clear
	Append  bool            // and whether it is added to what is there

	PartTaken bool // another file of the same folder has the name that its part usually has

	Shared   bool  // another transfer may bring the same file: it is waited for, and not told as a failure
	Resume   bool  // go on where an earlier transfer stopped
	FromPart bool  // the same for a download of which there is a part, if its note proves that it is of this file
	Retry    Retry // when it breaks on the way
	Offset   int64 // begin at this byte of the remote file (the classic restart); the bytes before it are those of Local
	Preserve bool  // give the copy the time of the original
	Verify   bool  // compare the contents, before the copy has its name
	Atomic   bool  // an upload has another name until it is complete

	InPlace bool // an upload has its own name at once, whatever Atomic says: nothing is renamed

	// Part is the name of an upload with Atomic until it is complete; "": NAME.part, or another one that
	// is free.
	Part string

	// OrInPlace sends an upload with Atomic under its own name to a server that refuses the rename; Lacks
	// is what it is known to refuse.
	OrInPlace bool
	Lacks     Lack

	Check bool // leave out an upload when the server has a file of that size by now, or calls it a dupe

	// Before is asked just before an upload with Atomic gets its name, and before a download begins;
	// an error stops that.
	Before func(context.Context, *client.Session) error

	Number int // the caller's name for it

	Mode         fs.FileMode // permissions for the copy; 0: as usual
	RemoveSource bool        // delete the original when the copy is whole
	MoveSource   string      // or give it this name, on its side; "": delete it
	Marker       string      // what has said that the original was complete, and goes before it does; "": nothing

	Text   bool   // move it as text (type A), whatever the type of the session
	Backup Backup // what becomes of a local file that a download replaces

	Allocate bool // an upload is announced with its size

	// Fits is asked before a download brings anything, and while it does where nobody knows the size: have
	// of the size bytes are here. An error stops it.
	Fits func(size, have int64) error

	Segments int // fetch a large file over so many sessions at once; only an Engine does

	KeepCR bool // text that is downloaded keeps the line ends of the wire

	Limit  *rate.Limiter // bytes in a second, with a burst of LimitBurst; nil: none
	Bounds Bounds        // what is too slow, in each try

	Size    int64     // of the remote file when a listing told it; 0 or -1: ask
	ModTime time.Time // the same
	Known   bool      // Size and ModTime are right, also where they are zero: do not ask

	AnySize bool // do not compare sizes: the server's are wrong

	small     *smallFiles  // of the session that moves it
	part      string       // the name of an upload until it is complete; "": its own, or not chosen yet
	landing   *landing     // where a copy through here arrives
	path, why string       // of a mirror
	again     bool         // it has broken before: only what it left itself is resumed
	short     *VerifyError // with which the last try ended
}

// isPlain reports whether a file is small and moved whole, from one end to the other: it may
// be held in memory meanwhile.
func (t Task) isPlain() bool {
	const most = 64 << 10
	return t.Known && t.Size > 0 && t.Size <= most && t.In == nil && t.Out == nil && t.Offset == 0 &&
		!t.Resume && !t.Verify && !t.AnySize && t.Here.Instead == nil
}

// Result is what a Task did.
type Result struct {
	Remote, Local string
	Bytes         int64 // moved now
	Resumed       int64 // there before
	Size          int64 // of the whole file, -1 when unknown
	ModTime       time.Time
	Elapsed       time.Duration
	Hash          string // with Verify: the checksum that both copies have, as SHA-256:HEX; "" where bytes were compared
	Note          string // what a careful user would want to know, or ""
	Lacks         Lack   // what the server was found not to do; ""
	LeftOut       bool   // by Check: nothing was sent

	deflated bool // it went in MODE Z

	base int64 // what was in the file that this was added to; -1: not known
}

// Meter tells how far a transfer is. Its methods may be called while Run works.
type Meter struct{ now atomic.Pointer[measure] }

// measure is what a try begins with; all of it changes at once.
type measure struct {
	base, total int64 // what was there before; the size of the file, -1 if it is unknown
	moved       func() int64
	pace        func() float64 // nil: moved is of this moment
}

// Done returns how many bytes of the file are there.
func (m *Meter) Done() int64 {
	if now := m.now.Load(); now != nil {
		return now.base + now.moved()
	}
	return 0
}

// Moved returns how many bytes this transfer has moved.
func (m *Meter) Moved() int64 {
	if now := m.now.Load(); now != nil {
		return now.moved()
	}
	return 0
}

// Total returns the size of the file, or -1 when it is unknown or not known
// yet.
func (m *Meter) Total() int64 {
	if now := m.now.Load(); now != nil {
		return now.total
	}
	return -1
}

// Pace returns the bytes in a second of a transfer that is only looked at now and then, up to the
// last look; false where Moved tells them.
func (m *Meter) Pace() (float64, bool) {
	if now := m.now.Load(); now != nil && now.pace != nil {
		return now.pace(), true
	}
	return 0, false
}

// begun reports whether bytes can have been moved.
func (m *Meter) begun() bool { return m.now.Load() != nil }

func (m *Meter) start(base, total int64, moved func() int64) {
	m.now.Store(&measure{base: base, total: max(total, -1), moved: moved})
}

// Describe takes over what a listing said about the remote file. Where that was
// not exact, the server will be asked.
func (t *Task) Describe(e listing.Entry) {
	t.Size, t.ModTime = e.Size, e.Time
	t.Known = e.Type == listing.File && e.Size >= 0 && !e.SizeApprox && e.Precision >= listing.Second
	if e.SizeApprox || e.Type != listing.File {
		t.Size = -1
	}
}
