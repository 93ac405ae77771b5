package command

import (
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/site"
)

// keepLastDir makes the bookmark of a session lead to where it ends, with the setting last-dir. Jobs have none.
func keepLastDir(sh *Shell) {
	name, file := sh.Address.Bookmark, sh.Options.Bookmarks
	if !sh.Settings.LastDir || name == "" || file == "" || sh.Forked || sh.Options.DryRun || sh.Dir() == "" {
		return
	}
	where := sh.WhereURL()
	err := private.Locked(file, func() error {
		all, err := site.ReadBookmarks(file)
		if err != nil || all[name] == "" || all[name] == where {
			return err
		}
		all[name] = where
		return private.Write(private.Target(file), site.BookmarkText(all))
	})
	if err != nil {
		sh.Warn(name + " still leads where it did: " + err.Error())
	}
}
