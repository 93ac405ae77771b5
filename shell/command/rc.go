package command

import (
	"fmt"
	"slices"
	"strings"

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

// LongConfig is more than anybody would write by hand.
const LongConfig = 1 << 20

func (s *sites) ConfigTable(key []string) error {
	switch {
	case len(key) == 1 && (key[0] == "alias" || key[0] == "host"):
		return nil
	case len(key) == 2 && key[0] == "host":
		s.Section(key[1])
		return nil
	}
	return fmt.Errorf("[%s]: the tables are alias and host.\"PATTERN\"", strings.Join(key, "."))
}

// Section returns the one of a pattern; it is made if need be.
func (s *sites) Section(pattern string) *hostSection {
	for _, h := range s.hosts {
		if h.pattern == pattern {
			return h
		}
	}
	h := &hostSection{pattern: pattern}
	s.hosts = append(s.hosts, h)
	return h
}

func (s *hostSection) Set(name, value string) error {
	switch name {
	case "user":
		s.user = value
		return nil
	case "port":
		s.port = value
		return Address{Host: "host", Port: value}.Check()
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

// ForHost applies what the configuration says about a host. What it changes is
// changed back when the session ends.
func (sh *Shell) ForHost(a Address) (Address, error) {
	for _, s := range sh.hosts {
		if !syntax.Match(strings.ToLower(s.pattern), strings.ToLower(a.Host)) {
			continue
		}
		if a.User == "" {
			a.User = s.user
		}
		if a.Port == "" && sh.Options.Connect.Port == "" {
			a.Port = s.port
		}
		for _, set := range s.settings {
			before := set.row.Show(&sh.Settings)
			if err := sh.Change(set.row, set.value); err != nil {
				return a, err
			}
			if now := set.row.Show(&sh.Settings); now != before {
				sh.Overrides = append(sh.Overrides, Override{set.row, before, now})
			}
		}
	}
	return a, nil
}

// Override is a setting that has another value while a session lasts.
type Override struct {
	Row         *settings.Setting
	Before, Now string
}

// RestoreOverrides undoes ForHost, but for what the user has changed since. It returns
// what it undid.
func (sh *Shell) RestoreOverrides() (undone []Override) {
	for _, l := range slices.Backward(sh.Overrides) {
		if l.Row.Show(&sh.Settings) == l.Now {
			_ = sh.Change(l.Row, l.Before)
			undone = append(undone, l)
		}
	}
	sh.Overrides = nil
	return undone
}
