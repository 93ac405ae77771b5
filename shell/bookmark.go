package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var bookmarkCommands = []*Command{{
	Name: "bookmark", Values: [][]string{{"add", "delete", "list"}}, Args: "[add name [address] | delete name]", Short: "remember servers under a name", JSON: true,
	Long: "`open NAME` and `ftpsh NAME` go there. Without an address it is where you are now. Passwords are not kept: the " +
		"keyring (`password save`) or .netrc hold them.",
	Examples: []Example{
		{"bookmark add work", "this server and directory"},
		{"bookmark add logs ftp://alice@ftp.example.org/var/log", "another one"},
		{"bookmark", "list them"},
	},
	Max: 3, Complete: []completion.Kind{completion.Text, completion.Bookmark, completion.Host}, Foreign: Refused, Run: bookmark,
}}

func bookmark(_ context.Context, c *Call) error {
	switch verb := c.Arg(0); {
	case verb == "" || verb == "list":
		return listBookmarks(c)
	case len(c.Args) < 2:
		return c.Usage("a name is missing")
	case verb == "add":
		return addBookmark(c)
	case (verb == "delete" || verb == "rm") && len(c.Args) == 2:
		return changeBookmarks(c, func(all map[string]string) error {
			if _, known := all[c.Arg(1)]; !known {
				return c.Usage("%s is not a bookmark", c.Arg(1))
			}
			delete(all, c.Arg(1))
			return nil
		})
	}
	return c.Usage("%s is not one of add, delete, list", c.Arg(0))
}

type bookmarkObject struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func listBookmarks(c *Call) error {
	all, err := bookmarks(c.Shell)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if c.JSON() {
			err = c.object(bookmarkObject{name, all[name]})
		} else {
			err = c.Print("%s  %s", name, all[name])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func addBookmark(c *Call) error {
	name := c.Arg(1)
	if strings.ContainsAny(name, "/:@. ") || name == "" {
		return c.Usage("%q is not a name for a bookmark: it could be a host", name)
	}
	var where string
	switch {
	case len(c.Args) == 3:
		a, err := ParseAddress(c.Arg(2))
		if err != nil {
			return err
		}
		where = a.URL()
	case c.Session() == nil:
		return failure.ErrNotConnected
	default:
		where = c.Shell.whereURL()
	}
	return changeBookmarks(c, func(all map[string]string) error {
		all[name] = where
		return nil
	})
}

// whereURL is the address of the session, the user and the directory.
func (c *connection) whereURL() string {
	a := c.address
	a.User, _ = c.session.LoggedIn()
	a.Path = c.dir()
	if isAnonymous(a.User) {
		a.User = ""
	}
	return a.URL()
}

// URL writes the address, without its password.
func (a Address) URL() string {
	u := url.URL{Scheme: "ftp", Host: a.hostPort()}
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

// hostPort is the host, and the port when one was named, as a URL has them.
func (a Address) hostPort() string {
	return strings.TrimSuffix(net.JoinHostPort(a.Host, a.Port), ":")
}

// bookmarks reads the file of bookmarks.
func bookmarks(sh *Shell) (map[string]string, error) {
	all := map[string]string{}
	if sh.opt.Bookmarks == "" {
		return all, nil
	}
	text, err := private.Read(sh.opt.Bookmarks, longConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return all, err
	}
	return readBookmarks(sh.opt.Bookmarks, text)
}

// readBookmarks reads the text of the file: lines NAME = "ADDRESS".
func readBookmarks(name string, text []byte) (map[string]string, error) {
	all := map[string]string{}
	line, err := readTOML(text, func(key []string, value *unstable.Node) error {
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

var bareKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]+$`) })

// bookmarkText is the file of bookmarks.
func bookmarkText(all map[string]string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(all)) {
		key := name
		if !bareKey().MatchString(name) {
			key = quoteTOML(name)
		}
		fmt.Fprintf(&b, "%s = %s\n", key, quoteTOML(all[name]))
	}
	return b.Bytes()
}

// changeBookmarks writes the file anew, in one step.
func changeBookmarks(c *Call, change func(map[string]string) error) error {
	if not, err := wouldRun(c.Shell, append([]string{"bookmark"}, c.Texts()...)...); not {
		return err
	}
	name := c.Shell.opt.Bookmarks
	if name == "" {
		return &failure.LocalError{Text: "bookmarks are kept nowhere here"}
	}
	return private.Locked(name, func() error {
		all, err := bookmarks(c.Shell)
		if err == nil {
			err = change(all)
		}
		if err != nil {
			return err
		}
		return private.Write(name, bookmarkText(all))
	})
}

// resolveBookmark puts the address of a bookmark in the place of its name.
func resolveBookmark(sh *Shell, words []string) ([]string, error) {
	if len(words) != 1 {
		return words, nil
	}
	all, err := bookmarks(sh)
	if err != nil {
		return words, err
	}
	if where, known := all[words[0]]; known {
		return []string{where}, nil
	}
	return words, nil
}

func bookmarkNames(sh *Shell) []string {
	all, _ := bookmarks(sh) // a damaged file completes to nothing
	return slices.Sorted(maps.Keys(all))
}
