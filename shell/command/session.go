package command

import (
	"strconv"
	"strings"
)

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
