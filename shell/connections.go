package shell

import (
	"slices"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
)

// connections are the sessions of a shell: the present one, which commands use, and the others.
type connections struct {
	connection
	others []connection // the one that was left last first
	tried  Address      // where the last open led nowhere
	lent   int          // commands that run on another session as if it were the present one

	wire   sync.Mutex                    // held by what uses the session beside the prompt: a completion, what keeps it alive
	limits *limits                       // how fast they may be
	routes map[[2]string]*transfer.Route // what was found out about copies from one to another
}

// connection is a session and where it came from.
type connection struct {
	name     string          // as `session` and NAME:path call it
	session  *client.Session // nil when not connected
	address  Address         // of session
	home     *client.Place   // the directory that the login began in
	previous *client.Place   // the directory before the last cd, for cd -

	remote    *completion.Remote // the names on the server that are known
	manual    *manual            // what quote and raw arranged; nil: nothing
	overrides []override         // settings for this host
	greeted   bool               // the user was told what waits for it
}

// fork is what a job gets: the session, until it has one of its own.
func (c *connections) fork() connections {
	return connections{connection: c.connection, limits: c.limits}
}

// all goes through the present session and the others, connected or not.
func (c *connections) all() []connection { return append([]connection{c.connection}, c.others...) }

// each goes through the connections that have a session.
func (c *connections) each(do func(connection)) {
	for _, one := range c.all() {
		if one.session != nil {
			do(one)
		}
	}
}

// sessions goes through the sessions.
func (c *connections) sessions(do func(*client.Session)) {
	c.each(func(one connection) { do(one.session) })
}

// other is where a session with that name is among the others, -1 if it is none of them.
func (c *connections) other(name string) int {
	return slices.IndexFunc(c.others, func(one connection) bool { return one.name == name })
}

// exchange makes one of the others the present session.
func (c *connections) exchange(i int) { c.connection, c.others[i] = c.others[i], c.connection }

// lend runs f with one of the others as if it were the present session. What f leaves without
// a connection is no session any more.
func (c *connections) lend(i int, f func() error) error {
	c.exchange(i)
	c.lent++
	defer func() {
		c.exchange(i)
		if c.lent--; c.lent == 0 {
			c.others = slices.DeleteFunc(c.others, func(one connection) bool { return one.session == nil })
		}
	}()
	return f()
}
