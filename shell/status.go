package shell

import (
	"context"
	"crypto/tls"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

var statusCommands = []*Command{{
	Name: "status", Short: "show the connection and the settings on one screen", JSON: true,
	Long: "Nothing is asked of the server; `quote STAT` does that.", Foreign: Refused, Run: status,
}}

// state is what status shows.
type state struct {
	Connected bool   `json:"connected"`
	Host      string `json:"host,omitempty"`
	Address   string `json:"address,omitempty"`
	Server    string `json:"server,omitempty"`
	User      string `json:"user,omitempty"`
	Directory string `json:"directory,omitempty"`
	Control   string `json:"control,omitempty"` // how it is protected
	Data      string `json:"data,omitempty"`
	Type      string `json:"type,omitempty"`
}

func status(_ context.Context, c *Call) error {
	s := c.Shell.state()
	if c.JSON() {
		return c.object(s)
	}
	t := render.Table{}
	add := func(name, value string) {
		if value != "" {
			t.Rows = append(t.Rows, []string{name, render.Safe(value)})
		}
	}
	if s.Connected {
		add("server", s.Host+" ("+s.Address+")")
	} else {
		add("server", "not connected")
	}
	add("software", s.Server)
	add("user", s.User)
	add("directory", s.Directory)
	add("control connection", s.Control)
	add("data connections", s.Data)
	add("type", s.Type)
	if second := c.Shell.second; second.session != nil {
		add("second connection", second.address.Host+" (see `proxy`)")
	}
	add("macros", strings.Join(c.Shell.macroNames(), ", "))
	for _, name := range []string{"nmap", "ntrans"} {
		add(name, c.Shell.mapText(name))
	}
	var all []string
	for _, row := range settings {
		value := row.show(&c.Shell.Settings)
		if !c.screen {
			add(row.Name, value)
		} else if value != "" {
			all = append(all, row.Name+" "+value)
		}
	}
	add("settings", strings.Join(all, ", "))
	return c.table(t)
}

func (sh *Shell) state() state {
	session := sh.session
	if session == nil {
		return state{}
	}
	s := state{Connected: true, Host: session.Host(), Directory: session.Dir(), Type: typeName(session.Type()),
		Server: session.Quirks().Server, Control: "in clear", Data: "in clear"}
	s.Address = session.Conn().RemoteAddr().String()
	if user, in := session.LoggedIn(); in {
		s.User = user
	}
	if cs, ok := session.Conn().TLS(); ok {
		s.Control = tls.VersionName(cs.Version) + ", " + tls.CipherSuiteName(cs.CipherSuite)
	}
	if _, data := session.Protected(); data {
		s.Data = "TLS"
	}
	if session.Passive() {
		s.Data += ", passive"
	} else {
		s.Data += ", active"
	}
	return s
}
