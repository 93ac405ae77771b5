package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// The classic commands that only say a setting: alone the toggles change to the other value, with a word to that one.
func init() {
	for _, name := range strings.Fields("bell case cr glob preserve progress qc runique sendport sunique tick epsv4 epsv6") {
		command.Add(toggleCommand(name))
	}
	for _, name := range []string{"rcvbuf", "sndbuf"} {
		command.Add(sizeCommand(name))
	}
	command.Add(familyCommand("ipany", "any", "connect over IPv4 or IPv6, whichever answers"))
	command.Add(familyCommand("ipv4", "4", "connect over IPv4 only"))
	command.Add(familyCommand("ipv6", "6", "connect over IPv6 only"))
	command.Add(&command.Command{
		Name: "verbose", Theme: "the shell", Args: "[on|off]", Short: "show the server's words and a line for each transfer",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting("verbose"),
	})
	command.Add(&command.Command{
		Name: "prompt", Theme: "the shell", Args: "[on|off]", Short: "ask before each file of mget, mput and mdelete",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting("prompt"),
	})
	command.Add(&command.Command{
		Name: "epsv", Theme: "transfers", Args: "[on|off]", Short: "use EPSV and EPRT, over IPv4 and IPv6",
		Max: 1, Complete: []completion.Kind{completion.None}, Words: []string{"on", "off"}, Sets: true, Foreign: command.Confined, Run: toggleBoth("epsv4", "epsv6"),
	})
	command.Add(&command.Command{
		Name: "hash", Theme: "transfers", Args: "[on|off|bytes]", Short: "print a # for each block of bytes moved",
		Long: "The usual number is 1024; k, m and g multiply. The line of progress makes room for them.",
		Max:  1, Complete: []completion.Kind{completion.SettingValue}, Sets: true, Foreign: command.Confined, Run: command.ToggleSetting("hash"),
	})
	command.Add(&command.Command{
		Name: "xferbuf", Theme: "transfers", Values: [][]string{{"64k", "256k", "1m", "system"}}, Args: "[bytes]", Short: "show or change both socket buffers of data connections",
		Max: 1, Complete: []completion.Kind{completion.Text}, JSON: true, Sets: true, Foreign: command.Confined, Run: bothSizes("rcvbuf", "sndbuf"),
	})
}

func toggleCommand(name string) *command.Command {
	return &command.Command{
		Name: name, Theme: "transfers", Args: "[on|off]", Short: shortOf(name), Max: 1, Sets: true,
		Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting(name),
	}
}

// familyCommand is a classic command for a value of the setting family.
func familyCommand(name, value, short string) *command.Command {
	return &command.Command{
		Name: name, Rare: true, Theme: "connect", Short: short, Long: "The next `open` uses it.",
		Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return c.Shell.Set("family", value) },
	}
}

// sizeCommand is a classic command for a setting that is a number of bytes.
func sizeCommand(name string) *command.Command {
	return &command.Command{
		Name: name, Theme: "transfers", Args: "[bytes]", Short: shortOf(name), Max: 1, Sets: true, Values: [][]string{{"64k", "256k", "1m", "system"}},
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
