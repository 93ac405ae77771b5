package commands

import (
	"context"
	"net"
	"os"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "gate", Rare: true, Theme: "connect", Args: "[host [port]]", Short: "connect through a gate-ftp (PASSERVE), or stop doing so",
	Long: "With a host it is switched on, alone it is switched off or, with the host in FTPSERVER and FTPSERVERPORT, on. The next " +
		"`open` uses it. It is short for `set via ftp://HOST:PORT` and `set via-login gate-ftp`.",
	Max: 2, Complete: []completion.Kind{completion.Host, completion.Port}, Foreign: command.Refused, Run: gate,
})

func gate(_ context.Context, c *command.Call) error {
	via, login := "auto", "auto"
	host, port := c.Arg(0), c.Arg(1)
	if host == "" && c.Shell.Settings.ViaLogin != gateLogin {
		if host, port = os.Getenv("FTPSERVER"), os.Getenv("FTPSERVERPORT"); host == "" {
			return &failure.UsageError{Usage: c.Command.Synopsis(), Text: "no gate-ftp is known", Hint: "`gate HOST`"}
		}
	}
	if host != "" {
		if port == "" {
			port = "21"
		}
		via, login = "ftp://"+net.JoinHostPort(strings.Trim(host, "[]"), port), gateLogin
	}
	if err := c.Shell.Set("via", via); err != nil {
		return err
	}
	if c.Interactive() {
		c.Note("gate is %s", settings.OnOff(login == gateLogin))
	}
	return c.Shell.Set("via-login", login)
}

// gateLogin is the value of via-login for a gate-ftp.
const gateLogin = "gate-ftp"
