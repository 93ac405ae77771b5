package shell

import (
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
)

// connections are the sessions of a shell: the first, which commands use, and that of proxy.
type connections struct {
	connection
	second  connection
	tried   Address // where the last open led nowhere
	swapped bool    // a command runs on the second connection as if it were the first

	wire   sync.Mutex // held by what uses the session beside the prompt: a completion, what keeps it alive
	remote *completion.Remote
	limits *limits // how fast they may be
}

// connection is a session and where it came from.
type connection struct {
	session  *client.Session // nil when not connected
	address  Address         // of session
	home     *client.Place   // the directory that the login began in
	previous *client.Place   // the directory before the last cd, for cd -

	manual    *manual    // what quote and raw arranged; nil: nothing
	overrides []override // settings for this host
}

// fork is what a job gets: the session, until it has one of its own.
func (c *connections) fork() connections {
	return connections{connection: c.connection, remote: c.remote, limits: c.limits}
}

// each goes through the connections that have a session.
func (c *connections) each(do func(connection)) {
	for _, one := range []connection{c.connection, c.second} {
		if one.session != nil {
			do(one)
		}
	}
}

// sessions goes through the sessions.
func (c *connections) sessions(do func(*client.Session)) {
	c.each(func(one connection) { do(one.session) })
}

// swap exchanges the connections. What completion knows is about the other one.
func (c *connections) swap() {
	c.connection, c.second = c.second, c.connection
	c.swapped = !c.swapped
	c.remote.Forget("/")
}
