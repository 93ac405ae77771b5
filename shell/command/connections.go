package command

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Connections are the sessions of a shell: the present one, which commands use, and the others.
type Connections struct {
	Peer
	Others []Peer       // the one that was left last first
	Tried  site.Address // where the last open led nowhere
	Lent   int          // commands that run on another session as if it were the present one

	Wire   sync.Mutex                    // held by what uses the session beside the prompt: a completion, what keeps it alive
	limits *limits                       // how fast they may be
	Routes map[[2]string]*transfer.Route // what was found out about copies from one to another
}

// Peer is a session and where it came from.
type Peer struct {
	Name     string          // as `session` and NAME:path call it
	Session  *client.Session // nil when not connected
	Gateway  *Gateway        // in its place, where a proxy fetches files by URL; nil: none
	Address  site.Address    // of session
	Home     *client.Place   // the directory that the login began in
	Previous *client.Place   // the directory before the last cd, for cd -

	Remote    *completion.Remote // the names on the server that are known
	Manual    *Manual            // what quote and raw arranged; nil: nothing
	Overrides []Override         // settings for this host
	Greeted   bool               // the user was told what waits for it

	CharsetTold bool     // and that names are in another charset
	Tags        []string // what tag has marked: paths from the root
}

// fork is what a job gets: the session, until it has one of its own.
func (c *Connections) fork() Connections { return Connections{Peer: c.Peer, limits: c.limits} }

// All goes through the present session and the others, connected or not.
func (c *Connections) All() []Peer { return append([]Peer{c.Peer}, c.Others...) }

// Each goes through the connections that have a session.
func (c *Connections) Each(do func(Peer)) {
	for _, one := range c.All() {
		if one.Session != nil {
			do(one)
		}
	}
}

// Sessions goes through the sessions.
func (c *Connections) Sessions(do func(*client.Session)) {
	c.Each(func(one Peer) { do(one.Session) })
}

// Other is where a session with that name is among the others, -1 if it is none of them.
func (c *Connections) Other(name string) int {
	return slices.IndexFunc(c.Others, func(one Peer) bool { return one.Name == name })
}

// exchange makes one of the others the present session.
func (c *Connections) exchange(i int) { c.Peer, c.Others[i] = c.Others[i], c.Peer }

// Lend runs f with one of the others as if it were the present session. What f leaves without
// a connection is no session any more.
func (c *Connections) Lend(i int, f func() error) error {
	c.exchange(i)
	c.Lent++
	defer func() {
		c.exchange(i)
		if c.Lent--; c.Lent == 0 {
			c.Others = slices.DeleteFunc(c.Others, func(one Peer) bool { return !one.Connected() })
		}
	}()
	return f()
}

// Server names what the session is for.
func (c *Connections) Server() string {
	if c.Session == nil {
		return ""
	}
	return ServerOf(c.Session)
}

// ServerOf is who is logged in where.
func ServerOf(s *client.Session) string {
	user, _ := s.LoggedIn()
	return user + "@" + s.Options().Addr
}

// WhereURL is the address of the session, the user and the directory.
func (c *Peer) WhereURL() string {
	a := c.Address
	a.User, _ = c.Session.LoggedIn()
	a.Path = c.Dir()
	if site.IsAnonymous(a.User) {
		a.User = ""
	}
	return a.URL()
}

// Where is a session in short: who, where, and the directory.
func (c *Peer) Where() string {
	host := c.Address.HostPort()
	if c.Address.Port == "21" {
		host = c.Address.Host
	}
	user, in := c.Session.LoggedIn()
	if !in {
		return host
	}
	return user + "@" + host + ":" + c.Dir()
}

// freeName is a name for a session that no other one has.
func (c *Connections) freeName(name string) string {
	name = strings.ReplaceAll(name, ":", ".") // of an IPv6 address
	free := name
	for n := 2; c.Other(free) >= 0; n++ {
		free = name + "-" + strconv.Itoa(n)
	}
	return free
}
