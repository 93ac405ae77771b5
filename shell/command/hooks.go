package command

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Hooks are what other rooms do for those below them, which cannot know them. New sets them.
type Hooks struct {
	Do       func(*Shell, Line) error             // runs a line
	MayLeave func(context.Context, *Shell) bool   // asks about what still runs in the background
	Consent  func(*Shell, string) (string, error) // asks about a line on its way to the server
	Prompt   func(*Shell) string                  // the prompt, to show it again
	NewJobs  func() JobList                       // a list with nothing in it
	Help     func(*Shell, *Call) error            // explains the command of a call

	Background func(*Shell, Line, syntax.Chain)
	Detaches   func(*Shell, Line, syntax.Statement, *Command) bool // Ctrl-Z would send it to the background
	Detachable func(*Shell, Line, syntax.Statement) error          // runs it so

	Aside     func(*Shell, Line) (string, bool) // a line for the shell while others go to the server
	RawLine   func(*Shell, Line) error          // a line that goes to the server as it is
	Answered  func(*Shell, Line) bool           // a lesson asked for it
	AfterLine func(*Shell, Line, string)        // a lesson looks at what it did
}

// JobList is what runs in the background.
type JobList interface {
	InWords() string   // how many there are; "" for none
	Limit(*Shell, int) // how many of the queue run at once
}
