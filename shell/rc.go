package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// assignment is a setting and a value for it.
type assignment struct {
	row   *settings.Setting
	value string
}

// hostSection is what the configuration says about hosts that fit a pattern.
type hostSection struct {
	pattern    string
	user, port string
	settings   []assignment
}

// longConfig is more than anybody would write by hand.
const longConfig = 1 << 20

// ReadConfig reads a configuration in TOML: settings by their names, lines with
// names in the table alias, and in tables such as [host."*.example.org"]
// settings for these hosts, with user and port. Nothing unknown is allowed in
// it: the error names file and line. No file is no error.
func (sh *Shell) ReadConfig(name string) error {
	text, err := private.Read(name, longConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if line, err := configure(sh, text); err != nil {
		return &failure.UsageError{Text: fmt.Sprintf("%s:%d: %s", name, line, err), Hint: hintOf(err)}
	}
	return nil
}

func hintOf(err error) string {
	var usage *failure.UsageError
	if errors.As(err, &usage) {
		return usage.Hint
	}
	return ""
}

// configure applies a configuration. With an error comes its line.
func configure(sh *Shell, text []byte) (line int, err error) {
	var table []string
	return readTOML(text, func(key []string, value *unstable.Node) error {
		if value == nil {
			table = key
			return sh.configTable(key)
		}
		return configured(sh, append(slices.Clone(table), key...), value)
	})
}

func (s *sites) configTable(key []string) error {
	switch {
	case len(key) == 1 && (key[0] == "alias" || key[0] == "host"):
		return nil
	case len(key) == 2 && key[0] == "host":
		s.section(key[1])
		return nil
	}
	return fmt.Errorf("[%s]: the tables are alias and host.\"PATTERN\"", strings.Join(key, "."))
}

// section returns the one of a pattern; it is made if need be.
func (s *sites) section(pattern string) *hostSection {
	for _, h := range s.hosts {
		if h.pattern == pattern {
			return h
		}
	}
	h := &hostSection{pattern: pattern}
	s.hosts = append(s.hosts, h)
	return h
}

// configured applies one line of the configuration.
func configured(sh *Shell, key []string, value *unstable.Node) error {
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
		return sh.change(row, text)
	case len(key) == 2 && key[0] == "alias":
		return sh.setAlias(key[1], text)
	case len(key) == 3 && key[0] == "host":
		return sh.section(key[1]).set(key[2], text)
	}
	return fmt.Errorf("%s: no such key", strings.Join(key, "."))
}

func (s *hostSection) set(name, value string) error {
	switch name {
	case "user":
		s.user = value
		return nil
	case "port":
		s.port = value
		return Address{Host: "host", Port: value}.check()
	}
	row, err := settings.Exact(name)
	if err != nil {
		return err
	}
	if err := row.Parse(&settings.Settings{}, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.settings = append(s.settings, assignment{row, value})
	return nil
}

// forHost applies what the configuration says about a host. What it changes is
// changed back when the session ends.
func (sh *Shell) forHost(a Address) (Address, error) {
	for _, s := range sh.hosts {
		if !syntax.Match(strings.ToLower(s.pattern), strings.ToLower(a.Host)) {
			continue
		}
		if a.User == "" {
			a.User = s.user
		}
		if a.Port == "" && sh.opt.Connect.Port == "" {
			a.Port = s.port
		}
		for _, set := range s.settings {
			before := set.row.Show(&sh.Settings)
			if err := sh.change(set.row, set.value); err != nil {
				return a, err
			}
			if now := set.row.Show(&sh.Settings); now != before {
				sh.overrides = append(sh.overrides, override{set.row, before, now})
			}
		}
	}
	return a, nil
}

// override is a setting that has another value while a session lasts.
type override struct {
	row         *settings.Setting
	before, now string
}

// restoreOverrides undoes forHost, but for what the user has changed since. It returns
// what it undid.
func (sh *Shell) restoreOverrides() (undone []override) {
	for _, l := range slices.Backward(sh.overrides) {
		if l.row.Show(&sh.Settings) == l.now {
			_ = sh.change(l.row, l.before)
			undone = append(undone, l)
		}
	}
	sh.overrides = nil
	return undone
}
