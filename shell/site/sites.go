package site

import (
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Sites are what is remembered about servers. All shells of a program share it.
type Sites struct {
	Known   *KnownHosts
	hosts   []*hostSection // of the configuration
	Servers *ServerLimits
	Visits  *Visits
	Reached Address // where the last URL led
}

// OpenSites is for what a directory remembers; "" remembers for as long as the program.
func OpenSites(dir string) Sites {
	return Sites{Known: OpenKnownHosts(dir), Servers: OpenLimits(dir), Visits: OpenVisits(dir)}
}

// Fork is what a job gets of it.
func (s *Sites) Fork() Sites {
	return Sites{Known: s.Known, hosts: s.hosts, Servers: s.Servers, Visits: s.Visits}
}

// Assignment is a setting and a value for it.
type Assignment struct {
	Row   *settings.Setting
	Value string
}

// hostSection is what the configuration says about hosts that fit a pattern.
type hostSection struct {
	pattern    string
	user, port string
	settings   []Assignment
}

// ConfigTable is a table of the configuration.
func (s *Sites) ConfigTable(key []string) error {
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
func (s *Sites) Section(pattern string) *hostSection {
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
	s.settings = append(s.settings, Assignment{row, value})
	return nil
}

// ForAddress is what the configuration says about a host: the address with its user and its port,
// unless they are given, and settings.
func (s *Sites) ForAddress(a Address, port string) (Address, []Assignment) {
	var all []Assignment
	for _, h := range s.hosts {
		if !syntax.Match(strings.ToLower(h.pattern), strings.ToLower(a.Host)) {
			continue
		}
		if a.User == "" {
			a.User = h.user
		}
		if a.Port == "" && port == "" {
			a.Port = h.port
		}
		all = append(all, h.settings...)
	}
	return a, all
}
