package shell

import (
	"context"
	"net"

	"github.com/ftpsh/ftpsh/client"
)

var wayCommands = []*Command{
	familyCommand("ipany", "any", "connect over IPv4 or IPv6, whichever answers"),
	familyCommand("ipv4", "4", "connect over IPv4 only"),
	familyCommand("ipv6", "6", "connect over IPv6 only"),
}

// familyCommand is a classic command for a value of the setting family.
func familyCommand(name, value, short string) *Command {
	return &Command{
		Name: name, Short: short, Long: "The next `open` uses it.",
		Foreign: Confined, Run: func(_ context.Context, c *Call) error { return c.Shell.Set("family", value) },
	}
}

// networks are the values of the setting family.
var networks = map[string]string{"any": "", "4": "tcp4", "6": "tcp6"}

// ways are the ways to a data connection that the settings allow.
func ways(sh *Shell, session *client.Session) []client.DataMode {
	set := &sh.Settings
	extended := set.EPSV4
	if addr, ok := session.Conn().RemoteAddr().(*net.TCPAddr); ok && addr.IP.To4() == nil {
		extended = set.EPSV6
	}
	var ways []client.DataMode
	add := func(want bool, way client.DataMode) {
		if want {
			ways = append(ways, way)
		}
	}
	add(set.Passive && extended, client.EPSV)
	add(set.Passive, client.PASV)
	add(set.SendPort && extended, client.EPRT)
	add(set.SendPort, client.PORT)
	add(!set.SendPort, client.DefaultPort)
	return ways
}

// useWays tells the sessions what the settings allow.
func useWays(sh *Shell) {
	sh.sessions(func(s *client.Session) { s.SetDataModes(ways(sh, s)) })
}

// useBuffers tells the sessions which socket buffers to ask for.
func useBuffers(sh *Shell) {
	sh.sessions(func(s *client.Session) { s.SetBuffers(int(sh.Settings.RcvBuf), int(sh.Settings.SndBuf)) })
}
