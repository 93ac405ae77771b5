package command

import (
	"errors"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/failure"
)

// KeptError is why a session could not be opened while another goes on.
type KeptError struct {
	Err     error
	Words   string // without the secrets of the session that failed
	With    string // who and where one still is
	Dropped bool   // something was typed ahead
}

func (e *KeptError) Error() string { return e.Words }

func (e *KeptError) Unwrap() error { return e.Err }

// keptHints are what can be tried after an error while the old session goes on.
func keptHints(e *KeptError) []string {
	goesOn := "the session with " + e.With + " continues; `close` ends it"
	if e.Dropped {
		goesOn += "; what you typed ahead was not run"
	}
	if errors.Is(e, failure.ErrInterrupted) {
		return []string{goesOn}
	}
	hints := slices.DeleteFunc((*Shell)(nil).hintsFor(e.Err), func(hint string) bool {
		return strings.HasPrefix(hint, "`user ") // which would go to the old server
	})
	return append(hints, goesOn)
}
