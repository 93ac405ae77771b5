package shell

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var sessionCommands = []*Command{{
	Name: "session", Args: "[name | -]", Short: "list the open sessions, or go to another one", JSON: true,
	Long: "`open --as NAME` opens one beside those there are; without --as it replaces the present one. `session -` goes to the one " +
		"before, `close NAME` ends one. NAME:path is a path on another session, or on a bookmark, which is opened then; :path is one " +
		"on this session. Such a name has two letters or more and is not quoted; `./a:b` is a file.",
	Examples: []Example{
		{"session", "list them"},
		{"session web", "go to the one called web"},
		{"session -", "back to the one before"},
	},
	Max: 1, Complete: []completion.Kind{completion.Session}, Foreign: Refused, Run: session,
}}

// sessionObject is a session as --json shows it.
type sessionObject struct {
	Name    string  `json:"name"`
	URL     string  `json:"url"` // without the password
	TLS     string  `json:"tls"` // the version, or plain
	Idle    float64 `json:"idle_seconds"`
	Present bool    `json:"present"`
}

func session(_ context.Context, c *Call) error {
	sh := c.Shell
	switch name := c.Arg(0); {
	case name == "":
		return listSessions(c)
	case name == "-" && len(sh.others) == 0:
		return c.Usage("no other session is open")
	case name == "-":
		return switchSession(sh, 0)
	case name == sh.name && sh.session != nil:
		return nil
	case sh.other(name) < 0:
		return noSession(sh, name)
	default:
		return switchSession(sh, sh.other(name))
	}
}

// switchSession makes one of the other sessions the present one.
func switchSession(sh *Shell, i int) error {
	if sh.lent > 0 || sh.forked {
		return &failure.UsageError{Text: "a job stays on its session"}
	}
	next := sh.others[i]
	sh.others = slices.Delete(sh.others, i, i+1)
	if old := sh.putAside(); old.session != nil {
		sh.others = slices.Insert(sh.others, 0, old)
	}
	sh.bringBack(next)
	_, in := sh.session.LoggedIn()
	sh.welcomed.Store(in)
	return nil
}

// listSessions shows the sessions, the present one first.
func listSessions(c *Call) error {
	t := render.Table{Header: []string{"", "session", "where", "tls", "idle"}, Right: []bool{false, false, false, false, true}}
	for i, one := range c.Shell.connections.all() {
		if one.session == nil {
			continue
		}
		o := sessionObject{Name: one.name, URL: one.whereURL(), TLS: "plain", Idle: one.session.Quiet().Seconds(), Present: i == 0}
		if cs, ok := one.session.Conn().TLS(); ok {
			o.TLS = strings.TrimPrefix(tls.VersionName(cs.Version), "TLS ")
		}
		if c.JSON() {
			if err := c.object(o); err != nil {
				return err
			}
			continue
		}
		mark := " "
		if o.Present {
			mark = ">"
		}
		t.Rows = append(t.Rows, []string{mark, render.Safe(o.Name), render.Safe(one.where()), o.TLS, seconds(one.session.Quiet().Round(time.Second))})
	}
	if c.JSON() || len(t.Rows) == 0 {
		return nil
	}
	return c.table(t)
}

// where is a session in short: who, where, and the directory.
func (c *connection) where() string {
	host := c.address.hostPort()
	if c.address.Port == "21" {
		host = c.address.Host
	}
	user, in := c.session.LoggedIn()
	if !in {
		return host
	}
	return user + "@" + host + ":" + c.dir()
}

// nameOfSession is what --as says.
func nameOfSession(c *Call) (string, error) {
	name := c.value("as")
	switch {
	case name == "" && c.given("as"), len(name) == 1, strings.ContainsAny(name, ":/\\ \t\r\n*?[]'\"") || strings.HasPrefix(name, "-") || strings.ToValidUTF8(name, "") != name:
		return "", c.Usage("--as %q: a name has two letters or more, and none of : / \\ nor blanks, quotes and patterns", name)
	case name != "" && (name == c.Shell.name && c.Session() != nil || c.Shell.other(name) >= 0):
		return "", &failure.UsageError{
			Usage: c.Command.Synopsis(), Text: name + " is the name of a session that is open",
			Hint: fmt.Sprintf("`session %s` goes there, `close %s` ends it", name, name),
		}
	}
	return name, nil
}

// freeName is a name for a session that no other one has.
func (c *connections) freeName(name string) string {
	name = strings.ReplaceAll(name, ":", ".") // of an IPv6 address
	free := name
	for n := 2; c.other(free) >= 0; n++ {
		free = name + "-" + strconv.Itoa(n)
	}
	return free
}

// sessionNames are the names of the open sessions, the present one first.
func (c *connections) sessionNames() (names []string) {
	c.each(func(one connection) { names = append(names, one.name) })
	return names
}

// noSession is the error of a name that no session has.
func noSession(sh *Shell, name string) error {
	wrong := &failure.UsageError{Text: name + " is no open session", Hint: "`session` lists them"}
	if slices.Contains(bookmarkNames(sh), name) {
		wrong.Hint = fmt.Sprintf("`open --as %s %s` opens the bookmark", name, name)
	}
	return wrong
}
