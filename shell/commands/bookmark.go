package commands

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "bookmark", Theme: "connect", Secret: history.Secret{Connects: true}, Values: [][]string{{"add", "delete", "edit", "list"}}, Args: "[add name [address] | delete name | edit]", Short: "remember servers under a name", JSON: true,
	Long: "`open NAME` and `ftpsh NAME` go there, `open NAME/path` to a directory below it, and NAME:path is a file there, as in `get NAME:path`. " +
		"Without an address it is where you are now; with `set last-dir on` it is where you left it the last time. " +
		"Passwords are not kept in it: with -p one is asked for and goes into the keyring, where `password save` puts it, too.\n" +
		"The table [bookmark.NAME] of the configuration has settings for it. `bookmark edit` opens the file with all of them in your editor.",
	Examples: []command.Example{
		{Line: "bookmark add work", Says: "this server and directory"},
		{Line: "bookmark add logs ftp://alice@ftp.example.org/var/log", Says: "another one"},
		{Line: "bookmark", Says: "list them"},
	},
	Max: 3, Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("password", "p", false, "add: ask for the password, and keep it in the keyring")
	},
	Complete: []completion.Kind{completion.Text, completion.Bookmark, completion.Host}, Foreign: command.Refused, Run: bookmark,
})

func bookmark(ctx context.Context, c *command.Call) error {
	switch verb := c.Arg(0); {
	case verb == "" || verb == "list":
		return listBookmarks(c)
	case verb == "edit" && len(c.Args) == 1:
		return editBookmarks(c)
	case verb == "edit":
		return c.Usage("edit opens the file of all bookmarks, and takes no name")
	case len(c.Args) < 2:
		return c.Usage("a name is missing")
	case verb == "add":
		return addBookmark(ctx, c)
	case (verb == "delete" || verb == "rm") && len(c.Args) == 2:
		return changeBookmarks(c, func(all map[string]string) error {
			if _, known := all[c.Arg(1)]; !known {
				return c.Usage("%s is not a bookmark", c.Arg(1))
			}
			delete(all, c.Arg(1))
			return nil
		})
	}
	return c.Usage("%s is not one of add, delete, edit, list", c.Arg(0))
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
		if err := command.Result(c, bookmarkObject{name, all[name]}, "%s  %s", name, all[name]); err != nil {
			return err
		}
	}
	return nil
}

func addBookmark(ctx context.Context, c *command.Call) error {
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
	err := changeBookmarks(c, func(all map[string]string) error {
		all[name] = where
		return nil
	})
	if err != nil || !c.Is("password") {
		return err
	}
	a, err := site.ParseAddress(where)
	if err != nil {
		return err
	}
	return savePassword(ctx, c, a.User, a)
}

// editBookmarks opens the file in an editor. What is wrong in it does not take its place, and is not lost.
func editBookmarks(c *command.Call) error {
	if not, err := command.WouldRun(c.Shell, "bookmark", "edit"); not {
		return err
	}
	name := c.Shell.Options.Bookmarks
	if name == "" {
		return &failure.LocalError{Text: "bookmarks are kept nowhere here"}
	}
	before, err := private.Read(name, site.LongConfig)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := edited(c.Shell, "ftpsh-bookmarks-*.toml", string(before))
	if err != nil || text == string(before) {
		return err
	}
	if _, err := site.ParseBookmarks(name, []byte(text)); err != nil {
		if kept := private.Write(name+".edited", []byte(text)); kept == nil {
			c.Note("your text is in %s.edited", name)
		}
		return err
	}
	return private.Write(private.Target(name), []byte(text))
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
		return private.Write(private.Target(name), site.BookmarkText(all))
	})
}
