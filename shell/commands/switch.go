package commands

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

// keepsSession reports whether a failed open gives the present session back: where
// somebody types and sees the prompt, and nothing else stands in the line, which
// would do to the old server what is meant for the new one.
func keepsSession(c *command.Call) bool {
	sh, line := c.Shell, c.Line
	if sh.Session == nil || !sh.Interactive() || sh.Lent > 0 || sh.Forked || sh.Raw || sh.Class != nil {
		return false
	}
	_, in := sh.Session.LoggedIn()
	alone := line.Script == "" && line.Within == nil && len(line.Aliases) == 0 &&
		strings.TrimSpace(line.Text) == strings.TrimSpace(c.Statement.Source)
	return in && alone && sh.Session.Idle() == nil
}

// putAside leaves the shell without a session, and without the settings that were the host's alone.
func putAside(sh *command.Shell) command.Peer {
	old, others := sh.Peer, sh.Others
	sh.Peer, sh.Others = command.Peer{Remote: sh.NewRemote(), Overrides: old.Overrides}, nil // no session hears of the settings
	old.Overrides = sh.RestoreOverrides()
	sh.Others = others
	return old
}

// bringBack makes a session the present one, with the settings of its host.
func bringBack(sh *command.Shell, old command.Peer) {
	again, others := old.Overrides, sh.Others
	old.Overrides, sh.Peer, sh.Others = nil, command.Peer{}, nil
	for _, l := range slices.Backward(again) {
		before := l.Row.Show(&sh.Settings)
		_ = sh.Change(l.Row, l.Now)
		old.Overrides = append(old.Overrides, command.Override{Row: l.Row, Before: before, Now: l.Now})
	}
	sh.Peer, sh.Others = old, others
}

// switchTo opens another session, and ends the present one once the new one is
// logged in, or keeps it beside the new one if that has a name. If that fails the present one goes on, and what was typed ahead for
// the new one is dropped.
func switchTo(ctx context.Context, sh *command.Shell, a site.Address, o command.Opening) error {
	macros, welcomed := maps.Clone(sh.Macros), sh.Welcomed.Load()
	old := putAside(sh)
	clear(sh.Macros)
	sh.Welcomed.Store(false)

	err := command.OpenSession(ctx, sh, a, o)
	switch arrived := err == nil || sh.LoggedIn; { // the path of a URL may be wrong
	case arrived && o.Name != "":
		sh.Others = slices.Insert(sh.Others, 0, old)
		return err
	case arrived:
		if old.Manual != nil {
			old.Manual.Drop()
		}
		old.Session.Close()
		return err
	}
	err = &command.KeptError{Err: err, Words: sh.Masked(failure.InWords(err)), With: old.Session.Clones().Identity().User + "@" + old.Address.Host, Dropped: sh.Console.DropTypedAhead()}
	if sh.Session != nil && ctx.Err() != nil {
		sh.Session.Conn().Close() // it does not answer: the prompt does not wait for a goodbye
	}
	sh.Disconnect()
	sh.Macros = macros
	bringBack(sh, old)
	sh.Welcomed.Store(welcomed)
	return err
}
