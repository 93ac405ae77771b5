package command

import (
	"sync/atomic"

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

// takeConsole gives a job the console: what it shows is its own.
func (s *Screen) takeConsole(con *console.Console) {
	s.Console, s.Gauge = &JobConsole{Console: con, job: true}, &Gauge{}
}

// A Place is what is shown of a session while a line is typed: a completion may
// be using the session itself.
type Place struct {
	User, Dir     string // of a login; the directory is "" when the server cannot say it
	Control, Data bool   // what is protected
}
