package shell

import (
	"context"
	"net"
	"os"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/completion"
)

var gateCommands = []*Command{{
	Name: "gate", Args: "[host [port]]", Short: "connect through a gate-ftp (PASSERVE), or no longer",
	Long: "With a host it is switched on, alone it is switched on and off; FTPSERVER and FTPSERVERPORT name a host, too. The next " +
		"`open` uses it. A gate-ftp reads everything: there is no TLS through it.",
	Max: 2, Complete: []completion.Kind{completion.Host, completion.None}, Run: gate,
}}

func gate(_ context.Context, c *Call) error {
	set := &c.Shell.Settings
	switch len(c.Args) {
	case 0:
		if host := os.Getenv("FTPSERVER"); set.GateHost == "" && host != "" {
			set.GateHost = withPort(host, os.Getenv("FTPSERVERPORT"))
		}
		if set.GateHost == "" {
			return &UsageError{Command: c.Command, Text: "no gate-ftp is known", Hint: "`gate HOST`"}
		}
		return toggleSetting("gate")(context.Background(), c)
	case 1:
		set.GateHost = c.Arg(0)
	default:
		set.GateHost = withPort(c.Arg(0), c.Arg(1))
	}
	row, err := findSetting("gate")
	if err != nil {
		return err
	}
	return c.changed(row, "on")
}

func withPort(host, port string) string {
	if port == "" {
		return host
	}
	return net.JoinHostPort(host, port)
}

// throughGate makes a session go through the gate-ftp, if one is wanted.
func (sh *Shell) throughGate(opt *client.Options) {
	if !sh.Settings.Gate {
		return
	}
	server := opt.Addr
	opt.Addr, opt.Security = sh.Settings.GateHost, client.Off
	if _, _, err := net.SplitHostPort(opt.Addr); err != nil {
		opt.Addr = net.JoinHostPort(opt.Addr, "21")
	}
	opt.Through = func(who client.Login) ([]string, error) {
		how, err := proxy.FindLogin("gate-ftp")
		if err != nil {
			return nil, err
		}
		return how.Commands(proxy.Accounts{Server: server, User: who.User, Password: who.Password})
	}
}
