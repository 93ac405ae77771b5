package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// ReadConfig reads a configuration in TOML: settings by their names, lines with
// names in the table alias, and in tables such as [host."*.example.org"] and
// [bookmark.work] settings for these hosts and this bookmark, with user and port. Nothing unknown is allowed in
// it: the error names file and line. No file is no error.
func ReadConfig(sh *command.Shell, name string) error {
	text, err := private.Read(name, site.LongConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if line, err := configure(sh, text); err != nil {
		return &failure.UsageError{Text: fmt.Sprintf("%s:%d: %s", name, line, err), Hint: failure.Hint(err)}
	}
	return nil
}

// configure applies a configuration. With an error comes its line.
func configure(sh *command.Shell, text []byte) (line int, err error) {
	var table []string
	return site.ReadTOML(text, func(key []string, value *unstable.Node) error {
		if value == nil {
			table = key
			return sh.ConfigTable(key)
		}
		return configured(sh, append(slices.Clone(table), key...), value)
	})
}

// configured applies one line of the configuration.
func configured(sh *command.Shell, key []string, value *unstable.Node) error {
	text, err := valueText(value)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(key, "."), err)
	}
	switch {
	case len(key) == 1:
		row, err := settings.Exact(key[0])
		if err != nil {
			return err
		}
		return sh.Change(row, text)
	case len(key) == 2 && key[0] == "alias":
		return sh.SetAlias(key[1], text)
	case len(key) == 3:
		if table := sh.Section(key[0], key[1]); table != nil {
			return table.Set(key[2], text)
		}
	}
	return fmt.Errorf("%s: no such key", strings.Join(key, "."))
}

// valueText is a value of the configuration as `set` takes it.
func valueText(value *unstable.Node) (string, error) {
	switch value.Kind {
	case unstable.Bool:
		return settings.OnOff(string(value.Data) == "true"), nil
	case unstable.String, unstable.Integer:
		return string(value.Data), nil
	}
	return "", errors.New("the value must be a string, a number, true or false")
}
