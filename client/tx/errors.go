package tx

import (
	"fmt"

	"github.com/ftpsh/ftpsh/client/facts"
)

// UnfitError is of a change that no transaction can hold.
type UnfitError struct{ What string }

func (e *UnfitError) Error() string { return "a transaction cannot hold this: " + e.What }

// PathError is of a change that could not be made.
type PathError struct {
	Path string
	Err  error
}

func (e *PathError) Error() string { return e.Path + " " + e.Err.Error() }
func (e *PathError) Unwrap() error { return e.Err }

// Moved is a name under which something else stands than was seen.
type Moved struct {
	Path    string
	Was, Is *facts.Facts
}

func (m Moved) String() string { return fmt.Sprintf("%s  was %s, is %s", m.Path, m.Was, m.Is) }

// StaleError says that the server is not as it was when the changes were prepared. Nothing was
// changed.
type StaleError struct {
	Why   string // of the transaction as a whole, or ""
	Moved []Moved
}

func (e *StaleError) Error() string {
	if e.Why != "" {
		return "the transaction does not fit: " + e.Why
	}
	return fmt.Sprintf("somebody has changed %s since; nothing was changed", counted(len(e.Moved), "file"))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// RefusedError says that the server refused a step, and that all before it were taken back.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return "rolled back, nothing was changed: " + e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// BrokenError says that a commit broke off between its steps: Recover ends it.
type BrokenError struct{ Err error }

func (e *BrokenError) Error() string {
	return "the commit broke off between its steps: " + e.Err.Error()
}
func (e *BrokenError) Unwrap() error { return e.Err }

// PartlyError says why a commit has stopped after it replaced files of which nothing was kept: it
// can only go on. What was uploaded and has no name yet still waits.
type PartlyError struct {
	Done []string // names that are as the commit makes them
	Left []string // names that are as they were
	Err  error
}

func (e *PartlyError) Error() string {
	return fmt.Sprintf("%s done, %d as before, and no way back: %s", counted(len(e.Done), "name"), len(e.Left), e.Err)
}
func (e *PartlyError) Unwrap() error { return e.Err }

// ForeignError says that neither what was there nor what should be there is under some names:
// somebody else is at work. Nothing more was changed.
type ForeignError struct {
	Moved []Moved
	Said  bool // after the server has said yes to all steps
}

func (e *ForeignError) Error() string {
	if e.Said {
		return fmt.Sprintf("the server said yes to every step, but did not do it for %s; nothing more was done", counted(len(e.Moved), "file"))
	}
	return fmt.Sprintf("somebody else has changed %s meanwhile; nothing more was done", counted(len(e.Moved), "file"))
}

// StepError is of one step.
type StepError struct {
	Step string
	Err  error
}

func (e *StepError) Error() string { return e.Step + ": " + e.Err.Error() }
func (e *StepError) Unwrap() error { return e.Err }
