package commands

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "bookmark", Theme: "connect", Secret: history.Secret{Connects: true}, Values: [][]string{{"add", "delete", "list"}}, Args: "[add name [address] | delete name]", Short: "remember servers under a name", JSON: true,
	Long: "`open NAME` and `ftpsh NAME` go there. Without an address it is where you are now. Passwords are not kept: the " +
		"keyring (`password save`) or .netrc hold them.",
	Examples: []command.Example{
		{Line: "bookmark add work", Says: "this server and directory"},
		{Line: "bookmark add logs ftp://alice@ftp.example.org/var/log", Says: "another one"},
		{Line: "bookmark", Says: "list them"},
	},
	Max: 3, Complete: []completion.Kind{completion.Text, completion.Bookmark, completion.Host}, Foreign: command.Refused, Run: bookmark,
})

func bookmark(_ context.Context, c *command.Call) error {
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

func listBookmarks(c *command.Call) error {
	all, err := site.ReadBookmarks(c.Shell.Options.Bookmarks)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if c.JSON() {
			err = c.Object(bookmarkObject{name, all[name]})
		} else {
			err = c.Print("%s  %s", name, all[name])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func addBookmark(c *command.Call) error {
	name := c.Arg(1)
	if strings.ContainsAny(name, "/:@. ") || name == "" {
		return c.Usage("%q is not a name for a bookmark: it could be a host", name)
	}
	var where string
	switch {
	case len(c.Args) == 3:
		a, err := site.ParseAddress(c.Arg(2))
		if err != nil {
			return err
		}
		where = a.URL()
	case c.Session() == nil:
		return failure.ErrNotConnected
	default:
		where = c.Shell.WhereURL()
	}
	return changeBookmarks(c, func(all map[string]string) error {
		all[name] = where
		return nil
	})
}

// changeBookmarks replaces the file in one step.
func changeBookmarks(c *command.Call, change func(map[string]string) error) error {
	if not, err := command.WouldRun(c.Shell, append([]string{"bookmark"}, c.Texts()...)...); not {
		return err
	}
	name := c.Shell.Options.Bookmarks
	if name == "" {
		return &failure.LocalError{Text: "bookmarks are kept nowhere here"}
	}
	return private.Locked(name, func() error {
		all, err := site.ReadBookmarks(c.Shell.Options.Bookmarks)
		if err == nil {
			err = change(all)
		}
		if err != nil {
			return err
		}
		return private.Write(name, site.BookmarkText(all))
	})
}
