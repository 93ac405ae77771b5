package sitefiles

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

func lftpPlaces(h Home) []string {
	return slices.Concat(
		h.env("LFTP_HOME", "bookmarks"), h.env("XDG_DATA_HOME", "lftp", "bookmarks"), h.in(".local", "share", "lftp", "bookmarks"), h.in(".lftp", "bookmarks"),
		h.env("LFTP_HOME", "rc"), h.env("XDG_CONFIG_HOME", "lftp", "rc"), h.in(".config", "lftp", "rc"), h.in(".lftp", "rc"), h.in(".lftprc"),
	)
}

// isLftp: bookmarks are lines NAME TAB URL, the rc file has commands, among which `set` is the one that is read.
func isLftp(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if _, where, is := strings.Cut(line, "\t"); is && strings.Contains(where, "://") {
			return true
		}
		if strings.HasPrefix(line, "set ") && strings.Contains(line, ":") {
			return true
		}
	}
	return false
}

func readLftp(text string) (Contents, error) {
	var all Contents
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		name, where, isSite := strings.Cut(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case isSite && strings.Contains(where, "://"):
			all.Sites = append(all.Sites, lftpSite(n, name, strings.TrimSpace(where)))
		case strings.HasPrefix(line, "set "):
			if set, is := lftpSetting(n, line); is {
				all.Settings = append(all.Settings, set)
			}
		case isSite:
			all.Sites = append(all.Sites, Site{Name: name, Line: n, Skip: fmt.Sprintf("line %d has no URL", n)})
		}
	}
	return all, nil
}

// lftpSchemes are what is FTP, as values of the setting tls.
var lftpSchemes = map[string]string{"ftp": "", "ftps": "implicit"}

func lftpSite(line int, name, where string) Site {
	s := Site{Name: name, Line: line}
	u, err := url.Parse(where)
	if err != nil { // its words may hold a piece of a password
		s.Skip = fmt.Sprintf("line %d has no URL", line)
		return s
	}
	var isFTP bool
	if s.Security, isFTP = lftpSchemes[u.Scheme]; !isFTP {
		s.Skip = notFTP(u.Scheme)
		return s
	}
	s.Host, s.Port, s.User = u.Hostname(), u.Port(), u.User.Username()
	s.Password, s.HasPassword = u.User.Password()
	escaped := strings.TrimPrefix(u.EscapedPath(), "/")
	if s.Dir, err = url.PathUnescape(escaped); err != nil {
		s.Skip = fmt.Sprintf("line %d has no URL", line)
	}
	if len(s.Dir) > 1 {
		s.Dir = strings.TrimSuffix(s.Dir, "/")
	}
	return s
}

// lftpSetting reads `set NAME VALUE` and `set NAME/HOST VALUE`.
func lftpSetting(line int, text string) (Setting, bool) {
	words := strings.Fields(text)[1:]
	if len(words) < 2 || strings.HasPrefix(words[0], "-") {
		return Setting{}, false
	}
	name, host, _ := strings.Cut(words[0], "/")
	value := strings.Join(words[1:], " ")
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		value = value[1 : len(value)-1]
	}
	return Setting{host, name, value, line}, strings.Contains(name, ":")
}
