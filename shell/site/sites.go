package site

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Sites are what is remembered about servers. All shells of a program share it.
type Sites struct {
	Known   *KnownHosts
	hosts   []*section // of the configuration
	marks   []*section // for bookmarks
	Servers *ServerLimits
	Says    *ServerFeatures
	Visits  *Visits
	Reached Address // where the last URL led
}

// OpenSites is for what a directory remembers; "" remembers for as long as the program.
func OpenSites(dir string) Sites {
	return Sites{Known: OpenKnownHosts(dir), Servers: OpenLimits(dir), Says: OpenFeatures(dir), Visits: OpenVisits(dir)}
}

// Fork is what a job gets of it.
func (s *Sites) Fork() Sites {
	return Sites{Known: s.Known, hosts: s.hosts, marks: s.marks, Servers: s.Servers, Says: s.Says, Visits: s.Visits}
}

// Assignment is a setting and a value for it.
type Assignment struct {
	Row   *settings.Setting
	Value string
}

// section is what the configuration says about hosts that fit a pattern, or about a bookmark.
type section struct {
	pattern    string
	user, port string
	settings   []Assignment
}

// ConfigTable is a table of the configuration.
func (s *Sites) ConfigTable(key []string) error {
	switch {
	case len(key) == 1 && (key[0] == "alias" || key[0] == "host" || key[0] == "bookmark"):
		return nil
	case len(key) == 2 && s.Section(key[0], key[1]) != nil:
		return nil
	}
	return fmt.Errorf("[%s]: the tables are alias, host.\"PATTERN\" and bookmark.NAME", strings.Join(key, "."))
}

// Section is the table host or bookmark for a pattern or a name; it is made if need be. There is no other table: nil.
func (s *Sites) Section(table, pattern string) *section {
	all := map[string]*[]*section{"host": &s.hosts, "bookmark": &s.marks}[table]
	if all == nil {
		return nil
	}
	for _, h := range *all {
		if h.pattern == pattern {
			return h
		}
	}
	h := &section{pattern: pattern}
	*all = append(*all, h)
	return h
}

func (s *section) Set(name, value string) error {
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

// ForAddress is what the configuration says about a host, and then about its bookmark: the address with its user
// and its port, unless they are given, and settings.
func (s *Sites) ForAddress(a Address, port string) (Address, []Assignment) {
	var all []Assignment
	say := func(h *section) {
		a.User = cmp.Or(a.User, h.user)
		if port == "" {
			a.Port = cmp.Or(a.Port, h.port)
		}
		all = append(all, h.settings...)
	}
	for _, h := range s.hosts {
		if syntax.Match(strings.ToLower(h.pattern), strings.ToLower(a.Host)) {
			say(h)
		}
	}
	for _, h := range s.marks {
		if h.pattern == a.Bookmark {
			say(h)
		}
	}
	return a, all
}
