package shell

import (
	"context"
	"crypto/tls"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "status", Theme: "the shell", Short: "show the connection, and the settings that were changed", JSON: true,
	Long: "Nothing is asked of the server; `quote STAT` does that. `set` shows all settings.", Foreign: command.Refused, Run: status,
})

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
	Pace      string `json:"pace,omitempty"` // at which transfers begin, as the server turned out to need
}

func status(_ context.Context, c *command.Call) error {
	s := connectionState(&c.Shell.Connections)
	if session := c.Session(); session != nil && c.Shell.Settings.Pace == 0 {
		s.Pace = c.Shell.Servers.Get(session.Options().Addr, "pace")
	}
	if c.JSON() {
		return c.Object(s)
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
	if s.User != "" {
		add("user", strings.TrimSuffix(s.User+", in "+s.Directory, ", in "))
	}
	if s.Connected {
		add("connection", s.Control)
		add("data", s.Data+", "+s.Type)
	}
	if s.Pace != "" {
		add("pace", s.Pace+", as the server turned out to need (see `limits`)")
	}
	for _, one := range c.Shell.Others {
		add("session "+one.Name, one.Address.Host+" (see `session`)")
	}
	add("macros", strings.Join(c.Shell.MacroNames(), ", "))
	for _, name := range []string{"nmap", "ntrans"} {
		add(name, commands.MapText(&c.Shell.Names, name))
	}
	add("changed", strings.Join(changedSettings(c.Shell), ", "))
	return c.Table(t)
}

// changedSettings are the settings that differ from those of a fresh shell.
func changedSettings(sh *command.Shell) []string {
	usual := settings.Default(sh.Interactive())
	var all []string
	for _, row := range settings.All() {
		if value := row.Show(&sh.Settings); value != row.Show(&usual) {
			all = append(all, strings.TrimSpace(row.Name+" "+value))
		}
	}
	return all
}

// software is the program of the server, and its version where it tells that.
func software(session *client.Session) string {
	told := session.Server().Identity()
	if told["name"] == "" {
		return session.Server().Quirks().Server
	}
	return strings.TrimSpace(told["name"] + " " + told["version"])
}

func connectionState(c *command.Connections) state {
	session := c.Session
	if g := c.Gateway; session == nil && g != nil {
		return state{
			Connected: true, Host: c.Address.Host, Address: "through " + proxy.Describe(g.Proxy), User: g.User, Directory: g.Dir,
			Control: "files by URL, in the clear", Data: "in the clear", Type: commands.TypeName(g.Type),
		}
	}
	if session == nil {
		return state{}
	}
	s := state{
		Connected: true, Host: session.Server().Host(), Directory: session.Dir(), Type: commands.TypeName(session.Type()),
		Server: software(session), Control: "in the clear", Data: "in the clear",
	}
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
	if session.Options().Ways[0].Passive() {
		s.Data += ", passive"
	} else {
		s.Data += ", active"
	}
	return s
}
