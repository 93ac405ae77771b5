package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// toggle is a classic command that only says a setting: alone it changes it to the other value, with
// a word to that one.
func toggle(name string) *command.Command {
	return &command.Command{
		Name: name, Theme: "transfers", Args: "[on|off]", Short: settings.Row(name).Short, Max: 1, Sets: true,
		Complete: []completion.Kind{completion.SettingValue}, Foreign: command.Confined, Run: command.ToggleSetting(name),
	}
}

// family is a classic command for a value of the setting family.
func family(name, value, short string) *command.Command {
	return &command.Command{
		Name: name, Rare: true, Theme: "connect", Short: short, Long: "The next `open` uses it.",
		Foreign: command.Confined, Run: func(_ context.Context, c *command.Call) error { return c.Shell.Set("family", value) },
	}
}

// bufferSize is a classic command for a setting that is a number of bytes.
func bufferSize(name string) *command.Command {
	return &command.Command{
		Name: name, Theme: "transfers", Args: "[bytes]", Short: settings.Row(name).Short, Max: 1, Sets: true, Values: [][]string{{"64k", "256k", "1m", "system"}},
		Complete: []completion.Kind{completion.None}, Foreign: command.Confined, Run: bothSizes(name),
	}
}

func bothSizes(names ...string) func(context.Context, *command.Call) error {
	return func(_ context.Context, c *command.Call) error {
		for _, name := range names {
			if err := showOrChange(c, settings.Row(name), name+" "); err != nil {
				return err
			}
		}
		return nil
	}
}

// showOrChange shows a setting behind a label, or gives it the value that is the first argument.
func showOrChange(c *command.Call, row *settings.Setting, label string) error {
	if len(c.Args) == 0 {
		return c.Setting(row, label)
	}
	return c.Changed(row, c.Arg(0))
}
