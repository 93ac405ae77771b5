package commands

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// treeDirs reads an option of deploy that names directories in the tree.
func treeDirs(c *command.Call, option string) (dirs []string, err error) {
	typed, _ := c.Flags.GetStringArray(option)
	for _, dir := range typed {
		dir = path.Clean(strings.Trim(dir, "/"))
		if dir == "." || !filepath.IsLocal(filepath.FromSlash(dir)) || slices.Contains(strings.Split(dir, "/"), "..") {
			return nil, c.Usage("--%s: %q is not a directory in the tree", option, dir)
		}
		dirs = append(dirs, dir)
	}
	return dirs, nil
}

// purged are the directories of --purge, which deployCommand has checked.
func purged(c *command.Call) []string {
	dirs, _ := treeDirs(c, "purge")
	return dirs
}

// checkPurge refuses what --purge cannot mean.
func checkPurge(c *command.Call) error {
	purge, err := treeDirs(c, "purge")
	if err != nil {
		return err
	}
	shared, err := treeDirs(c, "shared")
	if err != nil {
		return err
	}
	if len(purge) > 0 && (c.Is("back") || c.Is("recover")) {
		return c.Usage("--purge is for a tree that is sent")
	}
	for _, dir := range purge {
		if slices.ContainsFunc(shared, func(other string) bool {
			return strings.HasPrefix(dir+"/", other+"/") || strings.HasPrefix(other+"/", dir+"/")
		}) {
			return c.Usage("%s: --shared takes it along, --purge empties it; one of them", dir)
		}
	}
	return nil
}

// makePurged makes the directories of --purge in a tree that was sent without them, with the mode that they
// have in the present one: the site writes there.
func makePurged(ctx context.Context, c *command.Call, present, sent string) error {
	s := c.Session()
	for _, dir := range purged(c) {
		if err := s.MkdirAll(ctx, path.Join(sent, dir)); err != nil {
			return failure.About(path.Join(sent, dir), err)
		}
		e, err := s.Stat(ctx, path.Join(present, dir))
		if err != nil || !e.HasMode {
			continue
		}
		if err := s.Chmod(ctx, e.Mode.Perm(), path.Join(sent, dir)); err != nil {
			c.Note("%s: its mode is not that of the present one: %s", path.Join(sent, dir), failure.InWords(err))
		}
	}
	return nil
}
