package shell

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var setCommands = []*Command{
	{
		Name: "set", Args: "[name [value]]", Short: "show or change settings",
		Long: "Alone it lists all of them with their values, with a name it shows one; at a terminal also those that belong to it, and " +
			"those that a word is found in.",
		Examples: []Example{{"set timeout 2m", "wait longer"}, {"set tls", "all about TLS"}, {"set clobber off", "never replace a local file"}},
		Max:      2, Complete: []completion.Kind{completion.Setting, completion.SettingValue}, JSON: true, Foreign: Confined, Run: set,
	},
	{
		Name: "verbose", Args: "[on|off]", Short: "show the server's words and a line for each transfer",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: Confined, Run: toggleSetting("verbose"),
	},
	{
		Name: "prompt", Args: "[on|off]", Short: "ask before each file of mget, mput and mdelete",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Foreign: Confined, Run: toggleSetting("prompt"),
	},
}

var pageOfSettings = paged(func(_ context.Context, c *Call) error { return listSettings(c, settings.Groups) })

func set(ctx context.Context, c *Call) error {
	if len(c.Args) == 0 {
		return pageOfSettings(ctx, c)
	}
	name, value, has := strings.Cut(c.Arg(0), "=") // NAME=VALUE, as --set and the shells have it
	if has && len(c.Args) > 1 {
		return c.Usage("NAME VALUE, or NAME=VALUE")
	}
	if len(c.Args) > 1 {
		value, has = c.Arg(1), true
	}
	name, value = c.Shell.settingHere(name, value)
	row, err := settings.Find(name)
	if found := settingsAbout(name); !has && c.screen && !c.JSON() && (err != nil && len(found) > 0 || len(found) > 1) {
		return listSettings(c, []settings.Group{{Settings: found}})
	}
	if err != nil {
		return err
	}
	if !has {
		return c.setting(row, "")
	}
	before := row.Show(&c.Shell.Settings)
	if err := c.Shell.change(row, value); err != nil {
		return err
	}
	if row.Opens && c.Shell.session != nil && row.Show(&c.Shell.Settings) != before {
		c.Note("%s holds from the next `open` on", row.Name)
	}
	return nil
}

// setting shows the value of a setting, behind a label.
func (c *Call) setting(row *settings.Setting, label string) error {
	if c.JSON() {
		return c.object(row.Object(&c.Shell.Settings))
	}
	return c.Print("%s%s", label, row.Show(&c.Shell.Settings))
}

// longestValue is the room for a value in the list of settings at a terminal.
const longestValue = 16

// settingsAbout are a setting and those with its name as a part of theirs; if no setting has the name, those that a word
// is found in.
func settingsAbout(word string) (found []*settings.Setting) {
	exact, _ := settings.Exact(word)
	for _, row := range settings.All() {
		if exact == nil && (strings.Contains(row.Name, word) || strings.Contains(strings.ToLower(row.Short), word)) ||
			slices.Contains(strings.Split(row.Name, "-"), word) && row != exact {
			found = append(found, row)
		}
	}
	if exact != nil {
		found = append([]*settings.Setting{exact}, found...)
	}
	return found
}

// listSettings shows settings with their values; groups have their titles at a terminal.
func listSettings(c *Call, groups []settings.Group) error {
	t := render.Table{}
	for _, group := range groups {
		if c.screen && group.Title != "" && !c.JSON() {
			t.Rows = append(t.Rows, []string{render.Bold.Paint(c.Shell.con.ColorOut(), group.Title)})
		}
		for _, row := range group.Settings {
			if c.JSON() {
				if err := c.object(row.Object(&c.Shell.Settings)); err != nil {
					return err
				}
				continue
			}
			name, value := row.Name, row.Show(&c.Shell.Settings)
			if c.screen {
				value = render.Fit(value, longestValue) // so that there is room for what it means
			}
			if c.screen && group.Title != "" {
				name = "  " + name
			}
			t.Rows = append(t.Rows, []string{name, value, row.Short})
		}
	}
	return c.table(t)
}

// toggleSetting is a classic command for a setting that is on or off: without a
// word it changes to the other one and says so.
func toggleSetting(name string) func(context.Context, *Call) error {
	return func(_ context.Context, c *Call) error {
		row, err := settings.Find(name)
		if err != nil {
			return err
		}
		value := c.Arg(0)
		if value == "" {
			value = settings.OnOff(row.Show(&c.Shell.Settings) == "off")
		}
		return c.changed(row, value)
	}
}

func (c *Call) changed(row *settings.Setting, value string) error {
	if err := c.Shell.change(row, value); err != nil {
		return err
	}
	if c.Interactive() {
		c.Note("%s is %s", row.Name, row.Show(&c.Shell.Settings))
	}
	return nil
}
