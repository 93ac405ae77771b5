package shell

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "set", Theme: "the shell", Args: "[name [value]]", Short: "show or change settings",
	Long: "Alone it lists all of them with their values, with a name it shows one; at a terminal also those that belong to it, and " +
		"those that a word is found in.",
	Examples: []command.Example{{Line: "set timeout 2m", Says: "wait longer"}, {Line: "set tls", Says: "all about TLS"}, {Line: "set clobber off", Says: "never replace a local file"}},
	Max:      2, Complete: []completion.Kind{completion.Setting, completion.SettingValue}, JSON: true, Program: true, Foreign: command.Confined, DashArgs: isSettingValue, Run: set,
})

// isSettingValue reports a word that cannot be an option of set, which has long ones only: set feat -MLST, set timeout -1.
func isSettingValue(word string) bool { return !strings.HasPrefix(word, "--") && word != "-h" }

func set(ctx context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		return pageSettings(ctx, c, settings.Groups)
	}
	name, value, has := strings.Cut(c.Arg(0), "=") // NAME=VALUE, as --set and the shells have it
	if has && len(c.Args) > 1 {
		return c.Usage("NAME VALUE, or NAME=VALUE")
	}
	if len(c.Args) > 1 {
		value, has = c.Arg(1), true
	}
	name, value = c.Shell.SettingHere(name, value)
	row, err := settings.Find(name)
	if found := settingsAbout(name); !has && c.Screen && !c.JSON() && (err != nil && len(found) > 0 || len(found) > 1) {
		return pageSettings(ctx, c, []settings.Group{{Settings: found}})
	}
	if err != nil {
		return err
	}
	if !has {
		return c.Setting(row, "")
	}
	before := row.Show(&c.Shell.Settings)
	if err := c.Shell.Change(row, value); err != nil {
		return err
	}
	if row.Opens && c.Shell.Session != nil && row.Show(&c.Shell.Settings) != before {
		c.Note("%s holds from the next `open` on", row.Name)
	}
	return nil
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

// pageSettings lists settings in the pager: those about one word may fill a screen, too.
func pageSettings(ctx context.Context, c *command.Call, groups []settings.Group) error {
	return commands.Paged(func(context.Context, *command.Call) error { return listSettings(c, groups) })(ctx, c)
}

// listSettings shows settings with their values; groups have their titles at a terminal.
func listSettings(c *command.Call, groups []settings.Group) error {
	t := render.Table{}
	for _, group := range groups {
		if c.Screen && group.Title != "" && !c.JSON() {
			t.Rows = append(t.Rows, []string{render.Bold.Paint(c.Shell.Console.ColorOut(), group.Title)})
		}
		for _, row := range group.Settings {
			if c.JSON() {
				if err := c.Object(row.Object(&c.Shell.Settings)); err != nil {
					return err
				}
				continue
			}
			name, value := row.Name, row.Show(&c.Shell.Settings)
			if c.Screen {
				value = render.Fit(value, longestValue) // so that there is room for what it means
			}
			if c.Screen && group.Title != "" {
				name = "  " + name
			}
			t.Rows = append(t.Rows, []string{name, value, row.Short})
		}
	}
	return c.Table(t)
}
