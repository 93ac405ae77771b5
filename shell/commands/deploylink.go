package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/deploy"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// deployLink is deploy --link: complete trees side by side, and a link to one of them.
func deployLink(ctx context.Context, c *command.Call, to deploy.Releases) error {
	st, err := to.Look(ctx, c.Session())
	dry := c.Is("dry-run") || c.Shell.Options.DryRun
	switch {
	case err != nil:
		return failure.About(to.Dir, err)
	case c.Is("recover") && c.Is("back"):
		return c.Usage("--link: --recover removes what broke off, --back goes back; one of them")
	case dry && (c.Is("recover") || c.Is("back")):
		return c.Print("%s: current leads to %s; releases: %v", to.Dir, st.Target, st.IDs)
	case c.Is("recover"):
		removed, err := to.Recover(ctx, c.Session())
		if len(removed) == 0 {
			return deployed(c, to.Dir, "nothing was left to do", err)
		}
		return deployed(c, to.Dir, "removed "+strings.Join(removed, ", "), err)
	case c.Is("back"):
		id, err := to.Back(ctx, c.Session())
		return deployed(c, to.Dir, "current leads to "+id, err)
	}
	return releaseNew(ctx, c, to, st)
}

// releaseNew sends a tree to a place of its own, and switches the link to it.
func releaseNew(ctx context.Context, c *command.Call, to deploy.Releases, st deploy.Releasing) (err error) {
	s, local, here := c.Session(), LocalPath(c.Args[0]), c.Shell.Folder()
	if !here.IsDir(local) {
		return c.Usage("%s is not a directory here", local)
	}
	left := ""
	if st.Current != "" {
		if left, err = refuseExtra(ctx, c, deploy.Tree{Dir: to.Name(st.Current)}, local); err != nil {
			return err
		}
	}
	id := st.FreeID(time.Now())
	if !c.Is("dry-run") && !c.Shell.Options.DryRun {
		if err := s.MkdirAll(ctx, to.Name("")); err != nil {
			return failure.About(to.Name(""), err)
		}
	}
	if dry, err := sendTree(ctx, c, to.Name(st.Current), local, to.PartName(id), nil); dry || err != nil {
		return err
	}
	if err := to.Complete(ctx, s, id); err != nil {
		return failure.About(to.PartName(id), err)
	}
	if err := to.Remember(ctx, s, st, id); err != nil {
		return failure.About(to.Name(id), err)
	}
	start := time.Now()
	if err := to.Point(ctx, s, id); err != nil {
		return failure.About(to.Dir, err)
	}
	took := time.Since(start)
	keep, _ := c.Flags.GetInt("keep")
	removed, err := to.Prune(ctx, s, st.Current, keep)
	says := fmt.Sprintf("current leads to %s after %s", id, command.Seconds(took)) + left
	if len(removed) > 0 {
		says += "; removed " + strings.Join(removed, ", ")
	}
	if home := c.Shell.Home; st.Current == "" && home != nil && home.String() == "/" {
		c.Note("the link holds a path as this login sees it; a web server with another root will not find it")
	}
	return deployed(c, to.Dir, says, err)
}
