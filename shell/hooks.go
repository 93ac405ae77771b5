package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// hooks are what other rooms do for those below them, which cannot know them. New sets them.
type hooks struct {
	do       func(*Shell, Line) error               // runs a line
	mayLeave func(context.Context, *Shell) bool     // asks about what still runs in the background
	consent  func(*Shell, string) (string, error)   // asks about a line on its way to the server
	prompt   func(*Shell) string                    // the prompt, to show it again
	newJobs  func() jobList                         // a list with nothing in it
	help     func(*Shell, *Call) error              // explains the command of a call

	background func(*Shell, Line, syntax.Chain)
	detaches   func(*Shell, Line, syntax.Statement, *Command) bool // Ctrl-Z would send it to the background
	detachable func(*Shell, Line, syntax.Statement) error          // runs it so

	aside     func(*Shell, Line) (string, bool) // a line for the shell while others go to the server
	rawLine   func(*Shell, Line) error          // a line that goes to the server as it is
	answered  func(*Shell, Line) bool           // a lesson asked for it
	afterLine func(*Shell, Line, string)        // a lesson looks at what it did
}

// jobList is what runs in the background.
type jobList interface {
	InWords() string    // how many there are; "" for none
	Limit(*Shell, int)  // how many of the queue run at once
}
