package shell

import (
	"sync/atomic"

	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// screen is the terminal and what stands on it.
type screen struct {
	con   *jobConsole
	gauge *gauge
	place place // where the prompt stands

	// Settings, for the goroutines that hear the server, and those of jobs.
	verbose  atomic.Bool
	notice   atomic.Pointer[notice]
	traced   atomic.Int32
	drawn    atomic.Pointer[teach.Printer]
	welcomed atomic.Bool // the server's welcome has been read: connecting again does not show it
}

// takeConsole gives a job the console: what it shows is its own.
func (s *screen) takeConsole(con *console.Console) {
	s.con, s.gauge = &jobConsole{Console: con, job: true}, &gauge{}
}
