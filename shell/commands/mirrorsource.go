package commands

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// moveOriginals reads --then-move: where originals go that have arrived.
func moveOriginals(c *command.Call, m *transfer.Mirror) error {
	text := c.Value("then-move")
	if text == "" {
		return nil
	}
	now := time.Now()
	dir := strings.NewReplacer("%Y", now.Format("2006"), "%m", now.Format("01"), "%d", now.Format("02"), "%%", "%").Replace(text)
	inside := false
	if m.Up {
		m.MoveSource = filepath.Clean(dir)
		rel, err := filepath.Rel(c.Shell.Folder().Name(m.Local), c.Shell.Folder().Name(m.MoveSource))
		inside = err == nil && filepath.IsLocal(rel)
	} else {
		m.MoveSource = path.Clean(dir)
		inside = strings.HasPrefix(c.Absolute(m.MoveSource)+"/", strings.TrimSuffix(c.Absolute(m.Remote), "/")+"/")
	}
	if inside {
		return c.Usage("--then-move: %s is in the tree that is mirrored", dir)
	}
	m.RemoveSource = true
	return nil
}

// stamp is what tells that a file has changed.
type stamp struct {
	size int64
	time time.Time
}

// settle leaves files alone that change while it waits: somebody still writes them.
func settle(ctx context.Context, c *command.Call, over *client.Session, m *transfer.Mirror) error {
	if c.Value("settled") == "" {
		return nil
	}
	before, err := stamps(ctx, c, over, m)
	if err != nil {
		return err
	}
	if err := waitSettled(ctx, c); err != nil {
		return err
	}
	filter := m.Filter
	m.Filter = func(name string, e *listing.Entry) bool {
		was, seen := before[name]
		if e.Type == listing.File && (!seen || was.size != e.Size || !was.time.Equal(e.Time)) {
			return false
		}
		return filter == nil || filter(name, e)
	}
	return nil
}

// waitSettled waits as long as --settled says.
func waitSettled(ctx context.Context, c *command.Call) error {
	if !c.Given("settled") {
		return nil
	}
	wait, err := settings.ReadDuration(c.Value("settled"))
	if err != nil || wait <= 0 {
		return c.Usage("--settled: %q is not a time", c.Value("settled"))
	}
	c.Note("waiting %s for files that are still written", wait)
	return command.Pause(ctx, wait)
}

// stamps looks at the original.
func stamps(ctx context.Context, c *command.Call, over *client.Session, m *transfer.Mirror) (map[string]stamp, error) {
	found := map[string]stamp{}
	if m.Up {
		root, err := c.Shell.Folder().OpenRoot(m.Local)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return found, fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err == nil {
				found[name] = stamp{info.Size(), info.ModTime()}
			}
			return nil
		})
	}
	err := surveyTree(ctx, c, over, m.Remote, false, func(name string, e listing.Entry) { found[name] = stamp{e.Size, e.Time} })
	return found, err
}

// surveyTree goes through a tree of a server over several sessions. What could not be seen is an error.
// With links a link is told as one, also where MLSD describes what it leads to.
func surveyTree(ctx context.Context, c *command.Call, over *client.Session, root string, links bool, found func(string, listing.Entry)) (err error) {
	set := &c.Shell.Settings
	survey := &transfer.Survey{
		Root: root, Links: links, Bounds: set.Bounds, Depth: set.MaxDepth, Directories: set.MaxDirectories,
		Found: func(name string, e listing.Entry) bool {
			found(name, e)
			return true
		},
		Unseen: func(dir string, failed error) { err = errors.Join(err, failure.About(path.Join(root, dir), failed)) },
	}
	e := NewEngine(c)
	e.Session = over
	failed := survey.Run(ctx, e)
	e.Wait()
	rememberLimit(c, e)
	return cmp.Or(failed, err)
}
