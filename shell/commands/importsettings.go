package commands

import (
	"slices"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// here is the line of config.toml that says what a setting of another client says, or why there is none.
func (set incomingSetting) here() (name, value, reason string) {
	name, value = set.Name, set.Value
	if other := equivalents.Find(equivalents.OtherSetting, name); other != nil {
		if !other.Works {
			return "", "", other.Hint()
		}
		name, value = other.Here, other.ValueHere(value)
	}
	row, err := settings.Exact(name)
	if err != nil {
		return "", "", "there is none like it"
	}
	if err := row.Parse(&settings.Settings{}, value); err != nil {
		return "", "", err.Error()
	}
	return name, value, ""
}

// tomlValue is a value of a setting as config.toml has it.
func tomlValue(value string) string {
	switch value {
	case "on":
		return "true"
	case "off":
		return "false"
	}
	return site.QuoteTOML(value)
}

// showSettings shows settings as lines of config.toml, those for all hosts first.
func showSettings(c *command.Call, all []incomingSetting) error {
	if c.JSON() {
		for _, set := range all {
			name, value, reason := set.here()
			o := incomingObject{From: set.from, File: set.file, Does: "set", Setting: name, Value: value, Host: set.Host, Reason: reason}
			if reason != "" {
				o.Does, o.Setting, o.Value = "skip", set.Name, set.Value
			}
			if err := c.Object(o); err != nil {
				return err
			}
		}
		return nil
	}
	hosts := []string{""}
	for _, set := range all {
		if !slices.Contains(hosts, set.Host) {
			hosts = append(hosts, set.Host)
		}
	}
	if len(all) > 0 {
		c.Note("settings, as lines of config.toml:")
	}
	for _, host := range hosts {
		if err := showSettingsOf(c, host, all); err != nil {
			return err
		}
	}
	return nil
}

func showSettingsOf(c *command.Call, host string, all []incomingSetting) error {
	titled := host == ""
	for _, set := range all {
		if set.Host != host {
			continue
		}
		if !titled {
			titled = true
			if err := c.Print("[host.%s]", site.QuoteTOML(host)); err != nil {
				return err
			}
		}
		line := ""
		if name, value, reason := set.here(); reason != "" {
			line = "# " + set.Name + " of " + set.from + ": " + reason
		} else {
			line = name + " = " + tomlValue(value)
		}
		if err := c.Print("%s", line); err != nil {
			return err
		}
	}
	return nil
}
