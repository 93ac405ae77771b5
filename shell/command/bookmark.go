package command

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/ftpsh/ftpsh/history/private"
)

// WhereURL is the address of the session, the user and the directory.
func (c *Peer) WhereURL() string {
	a := c.Address
	a.User, _ = c.Session.LoggedIn()
	a.Path = c.Dir()
	if IsAnonymous(a.User) {
		a.User = ""
	}
	return a.URL()
}

// URL writes the address, without its password.
func (a Address) URL() string {
	u := url.URL{Scheme: "ftp", Host: a.HostPort()}
	for scheme, security := range schemes {
		if security == a.Security && security != "" {
			u.Scheme = scheme
		}
	}
	if a.User != "" {
		u.User = url.User(a.User)
	}
	path := (&url.URL{Path: a.Path}).EscapedPath()
	if strings.HasPrefix(path, "/") {
		path = "%2F" + path[1:]
	}
	return u.String() + "/" + strings.ReplaceAll(path, ";", "%3B")
}

// HostPort is the host, and the port when one was named, as a URL has them.
func (a Address) HostPort() string {
	return strings.TrimSuffix(net.JoinHostPort(a.Host, a.Port), ":")
}

// Bookmarks reads the file of bookmarks.
func Bookmarks(sh *Shell) (map[string]string, error) {
	all := map[string]string{}
	if sh.Options.Bookmarks == "" {
		return all, nil
	}
	text, err := private.Read(sh.Options.Bookmarks, LongConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return all, err
	}
	return ReadBookmarks(sh.Options.Bookmarks, text)
}

// ReadBookmarks reads the text of the file: lines NAME = "ADDRESS".
func ReadBookmarks(name string, text []byte) (map[string]string, error) {
	all := map[string]string{}
	line, err := ReadTOML(text, func(key []string, value *unstable.Node) error {
		if value == nil || len(key) != 1 || value.Kind != unstable.String {
			return fmt.Errorf("%s: a bookmark is a line NAME = \"ADDRESS\"", strings.Join(key, "."))
		}
		all[key[0]] = string(value.Data)
		return nil
	})
	if err != nil {
		return nil, private.Damaged(name, line, err)
	}
	return all, nil
}

// ResolveBookmark puts the address of a bookmark in the place of its name.
func ResolveBookmark(sh *Shell, words []string) ([]string, error) {
	if len(words) != 1 {
		return words, nil
	}
	all, err := Bookmarks(sh)
	if err != nil {
		return words, err
	}
	if where, known := all[words[0]]; known {
		return []string{where}, nil
	}
	return words, nil
}

// BookmarkNames are the names of the bookmarks, for completion.
func BookmarkNames(sh *Shell) []string {
	all, _ := Bookmarks(sh) // a damaged file completes to nothing
	return slices.Sorted(maps.Keys(all))
}
