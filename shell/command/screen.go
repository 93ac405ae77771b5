package command

import (
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// Screen is the terminal and what stands on it.
type Screen struct {
	Console *JobConsole
	Gauge   *Gauge
	Place   Place // where the prompt stands

	// Settings, for the goroutines that hear the server, and those of jobs.
	Verbose  atomic.Bool
	notice   atomic.Pointer[notice]
	Traced   atomic.Int32
	drawn    atomic.Pointer[teach.Printer]
	sums     atomic.Bool // the command at hand sums up, see Call.SumsUp
	Welcomed atomic.Bool // the server's welcome has been read: connecting again does not show it
}

// A Place is what is shown of a session while a line is typed: a completion may
// be using the session itself.
type Place struct {
	User, Dir     string // of a login; the directory is "" when the server cannot say it
	Control, Data bool   // what is protected
}

// A notice is how to call the user, and after how long.
type notice struct {
	how   string
	after time.Duration
}

// Notify calls the user, who may look elsewhere, if asked to. Jobs do that, too.
func (s *Screen) Notify(took time.Duration, text string) {
	n := s.notice.Load()
	if took < n.after {
		return
	}
	switch n.how {
	case "bell":
		s.Console.Bell()
	case "osc9":
		s.Console.Notify(console.OSC9, text)
	case "osc777":
		s.Console.Notify(console.OSC777, text)
	}
}
