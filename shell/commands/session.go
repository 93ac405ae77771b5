package commands

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "session", Theme: "connect", NoProxy: true, Args: "[name | -]", Short: "list the open sessions, or go to another one", JSON: true,
	Long: "`open --as NAME` opens one beside those there are; without --as it replaces the present one. `session -` goes to the one " +
		"before, `close NAME` ends one. NAME:path is a path on another session, or on a bookmark, which is opened then; :path is one " +
		"on this session. Such a name has two letters or more and is not quoted; `./a:b` is a file.",
	Examples: []command.Example{
		{Line: "session", Says: "list them"},
		{Line: "session web", Says: "go to the one called web"},
		{Line: "session -", Says: "back to the one before"},
	},
	Max: 1, Complete: []completion.Kind{completion.Session}, Foreign: command.Refused, Run: session,
})

// sessionObject is a session as --json shows it.
type sessionObject struct {
	Name    string  `json:"name"`
	URL     string  `json:"url"` // without the password
	TLS     string  `json:"tls"` // the version, or plain
	Idle    float64 `json:"idle_seconds"`
	Present bool    `json:"present"`
}

func session(_ context.Context, c *command.Call) error {
	sh := c.Shell
	switch name := c.Arg(0); {
	case name == "":
		return listSessions(c)
	case name == "-" && len(sh.Others) == 0:
		return c.Usage("no other session is open")
	case name == "-":
		return switchSession(sh, 0)
	case name == sh.Name && sh.Session != nil:
		return nil
	case sh.Other(name) < 0:
		return noSession(sh, name)
	default:
		return switchSession(sh, sh.Other(name))
	}
}

// switchSession makes one of the other sessions the present one.
func switchSession(sh *command.Shell, i int) error {
	if sh.Lent > 0 || sh.Forked {
		return &failure.UsageError{Text: "a job stays on its session"}
	}
	next := sh.Others[i]
	sh.Others = slices.Delete(sh.Others, i, i+1)
	if old := putAside(sh); old.Session != nil {
		sh.Others = slices.Insert(sh.Others, 0, old)
	}
	bringBack(sh, next)
	_, in := sh.Session.LoggedIn()
	sh.Welcomed.Store(in)
	return nil
}

// listSessions shows the sessions, the present one first.
func listSessions(c *command.Call) error {
	open := slices.DeleteFunc(c.Shell.Connections.All(), func(one command.Peer) bool { return one.Session == nil })
	if len(open) == 0 {
		return nil
	}
	t := render.Table{Header: []string{"", "session", "where", "tls", "idle"}, Right: []bool{false, false, false, false, true}}
	return command.Rows(c, t, "", open, func(_ int, one command.Peer) (any, []string) {
		idle := one.Session.Server().Quiet()
		o := sessionObject{Name: one.Name, URL: one.WhereURL(), TLS: "plain", Idle: idle.Seconds(), Present: one.Session == c.Session()}
		if cs, ok := one.Session.Conn().TLS(); ok {
			o.TLS = strings.TrimPrefix(tls.VersionName(cs.Version), "TLS ")
		}
		mark := " "
		if o.Present {
			mark = ">"
		}
		return o, []string{mark, render.Safe(o.Name), render.Safe(one.Where()), o.TLS, command.Seconds(idle.Round(time.Second))}
	})
}

// nameOfSession is what --as says.
func nameOfSession(c *command.Call) (string, error) {
	name := c.Value("as")
	switch {
	case name == "" && c.Given("as"), len(name) == 1, strings.ContainsAny(name, ":/\\ \t\r\n*?[]'\"") || strings.HasPrefix(name, "-") || strings.ToValidUTF8(name, "") != name:
		return "", c.Usage("--as %q: a name has two letters or more, and none of : / \\ nor blanks, quotes and patterns", name)
	case name != "" && (name == c.Shell.Name && c.Session() != nil || c.Shell.Other(name) >= 0):
		return "", &failure.UsageError{
			Usage: c.Command.Synopsis(), Text: name + " is the name of a session that is open",
			Hint: fmt.Sprintf("`session %s` goes there, `close %s` ends it", name, name),
		}
	}
	return name, nil
}

// SessionNames are the names of the open sessions, the present one first.
func SessionNames(c *command.Connections) (names []string) {
	c.Each(func(one command.Peer) { names = append(names, one.Name) })
	return names
}

// noSession is the error of a name that no session has.
func noSession(sh *command.Shell, name string) error {
	wrong := &failure.UsageError{Text: name + " is not an open session", Hint: "`session` lists them"}
	if slices.Contains(site.BookmarkNames(sh.Options.Bookmarks), name) {
		wrong.Hint = fmt.Sprintf("`open --as %s %s` opens the bookmark", name, name)
	}
	return wrong
}
