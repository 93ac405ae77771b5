package shell

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/failure"
)

// keepsSession reports whether a failed open gives the present session back: where
// somebody types and sees the prompt, and nothing else stands in the line, which
// would do to the old server what is meant for the new one.
func keepsSession(c *Call) bool {
	sh, line := c.Shell, c.line
	if sh.session == nil || !sh.Interactive() || sh.swapped || sh.forked || sh.raw || sh.class != nil {
		return false
	}
	_, in := sh.session.LoggedIn()
	alone := line.Script == "" && line.within == nil && len(line.aliases) == 0 &&
		strings.TrimSpace(line.Text) == strings.TrimSpace(c.statement.Source)
	return in && alone && sh.session.Idle() == nil
}

// switchTo opens another session, and ends the present one once the new one is
// logged in. If that fails the present one goes on, and what was typed ahead for
// the new one is dropped.
func switchTo(ctx context.Context, sh *Shell, a Address, o opening) error {
	old, remote, macros, welcomed := sh.connection, sh.remote, maps.Clone(sh.macros), sh.welcomed.Load()
	lent := sh.restoreOverrides()
	sh.connection, sh.remote = connection{}, sh.newRemote()
	clear(sh.macros)
	sh.welcomed.Store(false)

	err := openSession(ctx, sh, a, o)
	if err == nil || sh.loggedIn { // the path of a URL may be wrong
		if old.manual != nil {
			old.manual.drop()
		}
		old.session.Close()
		return err
	}
	err = &keptError{err, sh.masked(failure.InWords(err)), old.session.Identity().User + "@" + old.address.Host, sh.con.DropTypedAhead()}
	if sh.session != nil && ctx.Err() != nil {
		sh.session.Conn().Close() // it does not answer: the prompt does not wait for a goodbye
	}
	sh.disconnect()
	sh.connection, sh.remote, sh.macros = old, remote, macros
	for _, l := range slices.Backward(lent) {
		_ = sh.change(l.row, l.now)
	}
	sh.welcomed.Store(welcomed)
	return err
}

// keptError is why a session could not be opened while another goes on.
type keptError struct {
	err     error
	words   string // without the secrets of the session that failed
	with    string // who and where one still is
	dropped bool   // something was typed ahead
}

func (e *keptError) Error() string { return e.words }
func (e *keptError) Unwrap() error { return e.err }

// keptHints are what can be tried after an error while the old session goes on.
func keptHints(e *keptError) []string {
	goesOn := "the session with " + e.with + " continues; `close` ends it"
	if e.dropped {
		goesOn += "; what you typed ahead was not run"
	}
	if failure.Refused(e, "USER", "PASS", "ACCT") || errors.Is(e, failure.ErrInterrupted) { // `user` would go to the old server
		return []string{goesOn}
	}
	return append((*Shell)(nil).hintsFor(e.err), goesOn)
}
