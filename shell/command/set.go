package command

import (
	"context"

	"github.com/ftpsh/ftpsh/shell/settings"
)

// Setting shows the value of a setting, behind a label.
func (c *Call) Setting(row *settings.Setting, label string) error {
	return Result(c, row.Object(&c.Shell.Settings), "%s%s", label, row.Show(&c.Shell.Settings))
}

// ToggleSetting is a classic command for settings that are on or off: without a
// word it changes them to the other value of the first, and says so.
func ToggleSetting(names ...string) func(context.Context, *Call) error {
	return func(_ context.Context, c *Call) error {
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

// Changed changes a setting for a command, and says what it is now.
func (c *Call) Changed(row *settings.Setting, value string) error {
	if err := c.Shell.Change(row, value); err != nil {
		return err
	}
	if c.Interactive() {
		c.Note("%s is %s", row.Name, row.Show(&c.Shell.Settings))
	}
	return nil
}
