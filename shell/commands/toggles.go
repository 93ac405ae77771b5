package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// ToggleCommands are the classic commands for settings: alone they change to
// the other value, with a word to that one.
var ToggleCommands = []*command.Command{
	toggleCommand("bell"), toggleCommand("case"), toggleCommand("cr"), toggleCommand("glob"),
	toggleCommand("preserve"), toggleCommand("progress"), toggleCommand("qc"), toggleCommand("runique"),
	toggleCommand("sendport"), toggleCommand("sunique"), toggleCommand("tick"),
	toggleCommand("epsv4"), toggleCommand("epsv6"),
	{
		Name: "epsv", Args: "[on|off]", Short: "use EPSV and EPRT, over IPv4 and IPv6",
		Max: 1, Complete: []completion.Kind{completion.None}, Words: []string{"on", "off"}, Sets: true, Foreign: command.Confined, Run: toggleBoth("epsv4", "epsv6"),
	},
	{
		Name: "hash", Args: "[on|off|bytes]", Short: "print a # for every so many bytes moved",
		Long: "The usual number is 1024; k, m and g multiply. The line of progress makes room for them.",
		Max:  1, Complete: []completion.Kind{completion.SettingValue}, Sets: true, Foreign: command.Confined, Run: command.ToggleSetting("hash"),
	},
	sizeCommand("rcvbuf"), sizeCommand("sndbuf"),
	{
		Name: "xferbuf", Values: [][]string{{"64k", "256k", "1m", "system"}}, Args: "[bytes]", Short: "show or change both socket buffers of data connections",
		Max: 1, Complete: []completion.Kind{completion.Text}, JSON: true, Sets: true, Foreign: command.Confined, Run: bothSizes("rcvbuf", "sndbuf"),
	},
}

func toggleCommand(name string) *command.Command {
	return &command.Command{
		Name: name, Args: "[on|off]", Short: shortOf(name), Max: 1, Sets: true,
		Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting(name),
	}
}

// sizeCommand is a classic command for a setting that is a number of bytes.
func sizeCommand(name string) *command.Command {
	return &command.Command{
		Name: name, Args: "[bytes]", Short: shortOf(name), Max: 1, Sets: true, Values: [][]string{{"64k", "256k", "1m", "system"}},
		Complete: []completion.Kind{completion.None}, Foreign: command.Confined, Run: bothSizes(name),
	}
}

func shortOf(setting string) string {
	row, err := settings.Find(setting)
	if err != nil {
		panic(err)
	}
	return row.Short
}

// toggleBoth changes settings together: to the other value of the first.
func toggleBoth(names ...string) func(context.Context, *command.Call) error {
	return func(_ context.Context, c *command.Call) error {
		value := c.Arg(0)
		for _, name := range names {
			row, err := settings.Find(name)
			if err != nil {
				return err
			}
			if value == "" {
				value = settings.OnOff(row.Show(&c.Shell.Settings) == "off")
			}
			if err := c.Changed(row, value); err != nil {
				return err
			}
		}
		return nil
	}
}

func bothSizes(names ...string) func(context.Context, *command.Call) error {
	return func(_ context.Context, c *command.Call) error {
		for _, name := range names {
			row, err := settings.Find(name)
			if err != nil {
				return err
			}
			if len(c.Args) == 0 {
				err = c.Setting(row, name+" ")
			} else {
				err = c.Changed(row, c.Arg(0))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}
