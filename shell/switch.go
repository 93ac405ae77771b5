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
	if sh.session == nil || !sh.Interactive() || sh.lent > 0 || sh.forked || sh.raw || sh.class != nil {
		return false
	}
	_, in := sh.session.LoggedIn()
	alone := line.Script == "" && line.within == nil && len(line.aliases) == 0 &&
		strings.TrimSpace(line.Text) == strings.TrimSpace(c.statement.Source)
	return in && alone && sh.session.Idle() == nil
}

// putAside leaves the shell without a session, and without the settings that were the host's alone.
func (sh *Shell) putAside() connection {
	old, others := sh.connection, sh.others
	sh.connection, sh.others = connection{remote: sh.newRemote(), overrides: old.overrides}, nil // no session hears of the settings
	old.overrides = sh.restoreOverrides()
	sh.others = others
	return old
}

// bringBack makes a session the present one, with the settings of its host.
func (sh *Shell) bringBack(old connection) {
	again, others := old.overrides, sh.others
	old.overrides, sh.connection, sh.others = nil, connection{}, nil
	for _, l := range slices.Backward(again) {
		before := l.row.Show(&sh.Settings)
		_ = sh.change(l.row, l.now)
		old.overrides = append(old.overrides, override{l.row, before, l.now})
	}
	sh.connection, sh.others = old, others
}

// switchTo opens another session, and ends the present one once the new one is
// logged in, or keeps it beside the new one if that has a name. If that fails the present one goes on, and what was typed ahead for
// the new one is dropped.
func (sh *Shell) switchTo(ctx context.Context, a Address, o opening) error {
	macros, welcomed := maps.Clone(sh.macros), sh.welcomed.Load()
	old := sh.putAside()
	clear(sh.macros)
	sh.welcomed.Store(false)

	err := openSession(ctx, sh, a, o)
	switch arrived := err == nil || sh.loggedIn; { // the path of a URL may be wrong
	case arrived && o.name != "":
		sh.others = slices.Insert(sh.others, 0, old)
		return err
	case arrived:
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
	sh.macros = macros
	sh.bringBack(old)
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
