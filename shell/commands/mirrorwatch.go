package commands

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client/ignore"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treewatch"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// neverWatched are what editors and version control write beside the files, and names of ours.
var neverWatched = ignore.Patterns(".git/", ".hg/", ".svn/", ".ftpsh-*", "*.part", "*~", "*.swp", "*.swo", "*.swx", "4913",
	".#*", `\#*#`, "*___jb_tmp___", "*___jb_old___", ".DS_Store", "*.sb-*")

// mirrorWatch mirrors, and then uploads each file as it is saved.
func mirrorWatch(ctx context.Context, c *command.Call) error {
	m, err := newMirror(ctx, c)
	if err != nil {
		return err
	}
	if !m.Up || c.Given("remove-source", "then-move", "settled", "marker", "fast", "trust-dirs", "if", "loop", "newer", "older", "size", "links", "no-recursion") {
		return c.Usage("--watch goes with -R, and not with --remove-source, --then-move, --settled, --marker, --fast, --trust-dirs, --if, --loop, --newer, --older, --size, --links or -r")
	}
	if c.Shell.Confined != nil {
		return &failure.LocalError{Text: "a file from elsewhere watches nothing"}
	}
	if m.DryRun || c.Shell.Options.DryRun {
		_, err := runMirror(ctx, c, c.Session(), m)
		return err
	}
	tree, err := watchedTree(c, m)
	if err != nil {
		return err
	}
	defer inBytes(c.Session())()
	err = tree.Start()
	defer tree.Close()
	switch {
	case errors.Is(err, treewatch.ErrNoEvents):
		c.Note("%s; looking at the tree every %s", failure.InWords(err), tree.Poll)
	case err != nil:
		return err
	}
	if err := sendFirst(ctx, c, m, tree); err != nil {
		return err
	}
	dirs, files := tree.Size()
	c.Note("watching %s, %s; Ctrl-C ends it", command.Plural(dirs, "directory", "directories"), command.Plural(files, "file", "files"))
	tree.Lacks = lackOf(c, c.Session())
	if err = tree.Run(ctx); errors.Is(err, errEnough) {
		err = nil
	}
	foundLack(c, c.Session(), tree.Lacks)
	c.Shell.Signals.Taken()
	c.Shell.TookInterrupt = true
	c.Shell.Remote.Forget(c.Absolute(m.Remote))
	return errors.Join(err, watchEnded(c, tree))
}

// sendFirst sends the tree as it is when the watch begins. What does not arrive is tried again.
func sendFirst(ctx context.Context, c *command.Call, m *transfer.Mirror, tree *treewatch.Tree) error {
	ignored := tree.Ignored
	m.Filter = func(name string, e *listing.Entry) bool { return !ignored(name, e.Type == listing.Dir) }
	first := &mirrorReport{call: c}
	if err := first.run(ctx, c.Session(), m); err != nil {
		if ctx.Err() != nil || len(first.failed) == 0 {
			return err
		}
		c.Note("%s", failure.InWords(err))
	}
	for _, name := range first.failed {
		tree.Unsent(name)
	}
	return nil
}

// watchedTree is the tree that a mirror is to follow.
func watchedTree(c *command.Call, m *transfer.Mirror) (*treewatch.Tree, error) {
	local, err := filepath.Abs(c.Shell.Folder().Name(m.Local))
	if err != nil {
		return nil, err
	}
	t := &treewatch.Tree{
		Session: c.Session(), Here: c.Shell.Folder(), Local: local, Remote: c.Absolute(m.Remote), Delete: m.Delete,
		Configure: func(t *transfer.Task) { configureTask(c, t) }, Tell: func(e treewatch.Event) { watchTell(c, e) },
	}
	t.MaxDelete, _ = c.Flags.GetInt("max-delete")
	if t.Quiet, err = settings.ReadDuration(c.Value("quiet-time")); err != nil || t.Quiet <= 0 {
		return nil, c.Usage("--quiet-time: %q is not a time", c.Value("quiet-time"))
	}
	if text := c.Value("poll"); text != "" {
		if t.Poll, err = settings.ReadDuration(text); err != nil || t.Poll <= 0 {
			return nil, c.Usage("--poll: %q is not a time", text)
		}
	}
	if c.Is("ask") {
		if !c.Interactive() {
			return nil, c.Usage("--ask needs a terminal")
		}
		t.May = watchAsks(c)
	}
	t.Engine = engines(c)
	var rules atomic.Pointer[ignore.Tree]
	t.Reread = func() error {
		fresh := ignoredHere(c, local)
		fresh.Always = neverWatched
		if fresh.Ignored("x", false); fresh.Err() != nil {
			return fresh.Err()
		}
		rules.Store(fresh)
		return nil
	}
	t.Ignored = leavesAlone(c, func(name string, dir bool) bool { return rules.Load().Ignored(name, dir) })
	return t, t.Reread()
}

// watchAsks asks before something is done on the server.
func watchAsks(c *command.Call) func(context.Context, []treewatch.Event) (bool, error) {
	all := false
	return func(ctx context.Context, does []treewatch.Event) (bool, error) {
		if all {
			return true, nil
		}
		shown := max(c.Shell.Console.Height()/2, 3)
		for _, e := range does[:min(len(does), shown)] {
			text := fmt.Sprintf("  %-7s %s", e.Action, e.Path)
			if e.To != "" {
				text += " -> " + e.To
			}
			c.Note("%s", render.Safe(text))
		}
		if more := len(does) - shown; more > 0 {
			c.Note("  … and %d more", more)
		}
		key, err := c.Shell.Console.AskKey(ctx, "do that? [y]es, [n]o, [a]lways, [q]uit ", "ynaq")
		if err == nil && key == 'q' {
			err = errEnough
		}
		all = key == 'a'
		return key == 'y' || all, err
	}
}

// watchObject is what was done, as --json shows it.
type watchObject struct {
	Time    string  `json:"time"`
	Action  string  `json:"action"` // put, mkdir, rename, delete, rmdir, lost
	Path    string  `json:"path,omitempty"`
	To      string  `json:"to,omitempty"`
	Size    *int64  `json:"size,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
	Waiting int     `json:"waiting,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// watchTell shows what was done.
func watchTell(c *command.Call, e treewatch.Event) {
	now := time.Now()
	if c.JSON() {
		o := watchObject{
			Time: now.UTC().Format(time.RFC3339), Action: string(e.Action), Path: e.Path, To: e.To,
			Seconds: e.Elapsed.Seconds(), Waiting: e.Waiting,
		}
		if e.Action == treewatch.Put {
			o.Size = &e.Size
		}
		if e.Err != nil {
			o.Error = failure.InWords(e.Err)
		}
		_ = c.Object(o)
		return
	}
	text := fmt.Sprintf("%s  %-7s %s", now.Format(time.TimeOnly), e.Action, e.Path)
	switch {
	case e.Action == treewatch.Lost && e.Wait > 0:
		text = fmt.Sprintf("%s  lost the connection (%s); %s; trying again in %s", now.Format(time.TimeOnly), failure.InWords(e.Err), command.Plural(e.Waiting, "file waits", "files wait"), e.Wait)
	case e.Action == treewatch.Lost: // a file of what is ignored makes no sense
		text = now.Format(time.TimeOnly) + "  " + failure.InWords(e.Err)
	case e.Err != nil:
		text = strings.TrimRight(text, " ") + ": " + failure.InWords(e.Err)
	case e.To != "":
		text += " -> " + e.To
	case e.Action == treewatch.Put:
		text += fmt.Sprintf("  %s  %s", render.Size(e.Size), command.Seconds(e.Elapsed))
	}
	if e.Note != "" {
		c.Note("%s: %s", e.Path, e.Note)
	}
	_ = c.Print("%s", text)
}

// watchEnded says what is not the same on both sides.
func watchEnded(c *command.Call, tree *treewatch.Tree) error {
	if gone := tree.Gone(); len(gone) > 0 {
		c.Note("gone here, and still there: %s", treewatch.SomeNames(gone))
	}
	if waiting := tree.Waiting(); len(waiting) > 0 {
		return &treewatch.WaitingError{Names: waiting}
	}
	return nil
}
