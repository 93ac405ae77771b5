package commands

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/deploy"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "deploy", Theme: "whole trees", Args: "local remote", JSON: true, Short: "replace a whole tree with another one, at once",
	Long: "The tree is sent to REMOTE.new-TIME, beside the present one, and compared. Then REMOTE becomes REMOTE.old-TIME and the new " +
		"tree becomes REMOTE, two renames in one packet. Visitors see the old tree or the new one, never a mixture. If the second " +
		"rename is refused the old tree goes back. --back exchanges the tree with the newest old one.\n" +
		"Directories that only the present tree has are probably written by the site itself: name them with " +
		"--shared to take them along, --purge to begin with an empty one, or leave them behind with --drop-extra. What others upload at that moment " +
		"may land in either tree.\n" +
		"With --link the tree is sent to REMOTE/releases/TIME, and the link REMOTE/current, which visitors see, is switched in one rename. " +
		"--back lets it lead to the release that was in place before, also where newer ones had been taken back. Only servers with SITE SYMLINK make links: proftpd.",
	Examples: []command.Example{
		{Line: "deploy site /var/www", Says: "the tree site becomes /var/www"},
		{Line: "deploy --keep 2 --shared uploads site /var/www", Says: "uploads goes along; two old trees are kept"},
		{Line: "deploy --purge cache site /var/www", Says: "cache is empty in the new tree"},
		{Line: "deploy --back --shared uploads /var/www", Says: "the tree before"},
		{Line: "deploy --link --keep 5 site /var/www", Says: "the link /var/www/current leads to it; five others are kept"},
		{Line: "deploy --recover /var/www", Says: "finish a deployment that broke off"},
	},
	Min: 1, Max: 2, Flags: deployFlags, Complete: []completion.Kind{completion.LocalDir, completion.RemoteDir},
	Wire: command.Verbs(mirrorVerbs, command.Sends("RNFR", "RNTO", "SITE SYMLINK")), Needs: command.Login, Foreign: command.Refused, Run: deployCommand,
})

func deployFlags(fs *pflag.FlagSet) {
	fs.BoolP("dry-run", "n", false, "show what would be done, and do nothing")
	fs.Int("keep", 1, "keep the newest `N` old trees, delete older ones")
	fs.StringArray("shared", nil, "`DIRECTORY` in the tree that goes along from the old one")
	fs.StringArray("purge", nil, "`DIRECTORY` in the tree, such as a cache, that is empty in the new one")
	fs.Bool("drop-extra", false, "leave behind what only the present tree has")
	fs.Bool("verify", false, "compare the contents of what was sent")
	fs.Bool("back", false, "exchange the tree with the newest old one")
	fs.Bool("link", false, "keep the trees in REMOTE/releases, and switch the link REMOTE/current")
	fs.Bool("recover", false, "finish a deployment that broke off; with --back, go back to the old tree")
}

func deployCommand(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	c.SumsUp()
	alone := c.Is("back") || c.Is("recover")
	if want := map[bool]int{true: 1, false: 2}[alone]; len(c.Args) != want {
		return c.Usage("%s wanted", command.Plural(want, "name is", "names are"))
	}
	if keep, _ := c.Flags.GetInt("keep"); keep < 0 {
		return c.Usage("--keep: %d is below 0", keep)
	}
	tree, err := deployTree(c)
	if err = cmp.Or(err, checkPurge(c), needsRenames(c)); err != nil {
		return err
	}
	ch := &c.Shell.Changes
	ch.Plain = true // a deployment is taken back by --back
	defer func() { ch.Plain = false }()
	switch {
	case c.Is("link"):
		return deployLink(ctx, c, deploy.Releases{Dir: cmp.Or(tree.Dir, "/")})
	case alone && isDry(c):
		return deployState(ctx, c, tree)
	case c.Is("recover"):
		says, err := tree.Recover(ctx, c.Session(), !c.Is("back"))
		return deployed(c, tree.Dir, says, err)
	case c.Is("back"):
		return deployBack(ctx, c, tree)
	}
	return deployNew(ctx, c, tree)
}

// deployTree is the tree that the arguments name.
func deployTree(c *command.Call) (deploy.Tree, error) {
	name := c.Args[len(c.Args)-1].Text
	tree := deploy.Tree{Dir: strings.TrimSuffix(c.Absolute(name), "/")}
	home := c.Shell.Home
	if c.Is("link") { // nothing but the link in it is renamed
		if c.Flags.Changed("shared") {
			return tree, c.Usage("--shared is for trees that take each other's place; with --link each release has its own directories")
		}
		return tree, nil
	}
	if tree.Dir == "" || !strings.HasPrefix(tree.Dir, "/") || home != nil && tree.Dir == home.String() {
		return tree, c.Usage("%s: %v", name, deploy.ErrRoot)
	}
	var err error
	tree.Shared, err = treeDirs(c, "shared")
	return tree, err
}

// deployState says what stands there.
func deployState(ctx context.Context, c *command.Call, tree deploy.Tree) error {
	st, err := tree.Look(ctx, c.Session())
	if err != nil {
		return err
	}
	return c.Print("%s is there: %v; sent and not in place: %v; old: %v", tree.Dir, st.There, st.New, st.Old)
}

// deployed tells what was done.
func deployed(c *command.Call, dir, says string, err error) error {
	c.Shell.Remote.Forget(completion.Join(dir, ".."))
	if err != nil {
		return failure.About(dir, err)
	}
	return tellResult(c, map[string]string{"path": dir, "says": says}, dir+": "+says)
}

// deployNew sends a tree and puts it in place.
func deployNew(ctx context.Context, c *command.Call, tree deploy.Tree) error {
	s, local := c.Session(), LocalPath(c.Args[0])
	here := c.Shell.Folder()
	if !here.IsDir(local) {
		return c.Usage("%s is not a directory here", local)
	}
	st, err := tree.Look(ctx, s)
	if err != nil {
		return err
	}
	id := st.FreeID(time.Now())
	if !st.There && len(st.Old) > 0 {
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: tree.Dir + ": " + deploy.ErrBroken.Error(), Hint: "`deploy --recover " + tree.Dir + "` ends it, with --back it is taken back"}
	}
	left := ""
	if st.There {
		if left, err = refuseExtra(ctx, c, tree, local); err != nil {
			return err
		}
	}
	if dry, err := sendTree(ctx, c, tree.Dir, local, tree.NewName(id), tree.Shared); dry || err != nil {
		return err
	}
	start := time.Now()
	if err := tree.Swap(ctx, s, id); err != nil {
		return failure.About(tree.Dir, fmt.Errorf("%w; what was sent is %s", err, tree.NewName(id)))
	}
	took := time.Since(start)
	keep, _ := c.Flags.GetInt("keep")
	removed, err := tree.Prune(ctx, s, keep)
	says := fmt.Sprintf("in place after %s", command.Seconds(took))
	if st.There && !slices.Contains(removed, tree.OldName(id)) {
		says += "; the tree before is " + tree.Dir + ".old-" + id
	}
	says += left
	if len(removed) > 0 {
		says += "; removed " + strings.Join(removed, ", ")
	}
	return deployed(c, tree.Dir, says, err)
}

// sendTree sends a tree that is to follow the present one, without the shared directories, and compares what has arrived.
// dry: it only said what it would send.
func sendTree(ctx context.Context, c *command.Call, present, local, remote string, shared []string) (dry bool, err error) {
	without := append(purged(c), shared...)
	m := &transfer.Mirror{Up: true, Local: local, Remote: remote, DryRun: c.Is("dry-run"), EmptyDirs: true, Filter: func(rel string, _ *listing.Entry) bool {
		return !slices.Contains(without, rel)
	}}
	if _, err := runMirror(ctx, c, c.Session(), m); err != nil {
		return m.DryRun, fmt.Errorf("nothing was put in place; what was sent is %s: %w", remote, err)
	}
	if m.DryRun {
		return true, nil
	}
	if err := sameTree(ctx, c, m); err != nil {
		return false, err
	}
	return false, makePurged(ctx, c, present, remote)
}

// deployBack puts the newest old tree in place. Directories that only the present one has are named:
// the next version may have had them, or the site itself has written there.
func deployBack(ctx context.Context, c *command.Call, tree deploy.Tree) error {
	s, now := c.Session(), time.Now()
	st, err := tree.Look(ctx, s)
	if err != nil {
		return err
	}
	var extra []string
	if st.There && len(st.Old) > 0 && !c.Is("drop-extra") {
		old := tree.OldName(st.Old[len(st.Old)-1])
		has := func(rel string, dir bool) (bool, error) {
			if !dir {
				return true, nil // what a newer version brought, most of it
			}
			return s.IsDir(ctx, path.Join(old, rel))
		}
		if extra, _, err = extraOf(ctx, c, tree, has); err != nil {
			return err
		}
	}
	from, err := tree.Back(ctx, s, now)
	says := "the tree of " + from + " is in place"
	if len(extra) > 0 {
		says += "; only the one before, " + tree.OldName(st.FreeID(now)) + ", has " + strings.Join(extra, ", ")
	}
	return deployed(c, tree.Dir, says, err)
}

// extraOf are the directories and files that the present tree has, and the next one lacks.
func extraOf(ctx context.Context, c *command.Call, tree deploy.Tree, has func(rel string, dir bool) (bool, error)) (dirs, files []string, err error) {
	var failed error
	dirs, files, err = tree.Extra(ctx, c.Session(), func(rel string, dir bool) bool {
		is, err := has(rel, dir)
		failed = cmp.Or(failed, err)
		return is
	})
	return dirs, files, cmp.Or(err, failed)
}

// refuseExtra is an error where a directory that only the present tree has would be left behind: the site itself has written
// there. Files are mostly old versions of something: left names them.
func refuseExtra(ctx context.Context, c *command.Call, tree deploy.Tree, local string) (left string, err error) {
	if c.Is("drop-extra") {
		return "", nil
	}
	here, purge := c.Shell.Folder(), purged(c)
	tree.Shared = append(slices.Clone(purge), tree.Shared...)
	dirs, files, err := extraOf(ctx, c, tree, func(rel string, dir bool) (bool, error) {
		if slices.ContainsFunc(purge, func(empty string) bool { return strings.HasPrefix(empty, rel+"/") }) {
			return true, nil
		}
		info, err := here.Stat(filepath.Join(local, filepath.FromSlash(rel)))
		return err == nil && info.IsDir() == dir, nil
	})
	switch {
	case err != nil:
		return "", err
	case len(dirs) > 0:
		hint := "--purge " + dirs[0] + " begins with an empty one, --drop-extra leaves them behind"
		if !c.Is("link") {
			hint = "--shared " + dirs[0] + " takes it along, --purge begins with an empty one, --drop-extra leaves all of them behind"
		}
		return "", &failure.UsageError{Usage: c.Command.Synopsis(), Text: "only the present tree has " + strings.Join(dirs, ", "), Hint: hint}
	case len(files) > 0:
		const shown = 5
		left = "; only the tree before has " + strings.Join(files[:min(shown, len(files))], ", ")
		if more := len(files) - shown; more > 0 {
			left += fmt.Sprintf(" and %s", command.Plural(more, "other file", "other files"))
		}
	}
	return left, nil
}

// sameTree compares what was sent with what is here: names and sizes.
func sameTree(ctx context.Context, c *command.Call, sent *transfer.Mirror) error {
	again := &transfer.Mirror{
		Up: true, Local: sent.Local, Remote: sent.Remote, DryRun: true, Compare: transfer.BySize, Filter: sent.Filter, EmptyDirs: true,
		Here: c.Shell.Folder(), Rules: sent.Rules, Depth: sent.Depth, Directories: sent.Directories, Delete: true,
	}
	wrong := ""
	again.OnStep = func(s transfer.Step) {
		if s.Action != transfer.ActSkip && wrong == "" {
			wrong = fmt.Sprintf("%s (%s)", s.Path, s.Why)
		}
	}
	if err := again.Run(ctx, NewEngine(c)); err != nil {
		return err
	}
	if wrong != "" {
		return &command.ManifestError{Text: "nothing was put in place: what was sent to " + sent.Remote + " is not what is here: " + wrong}
	}
	return nil
}

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

// deployLink is deploy --link: complete trees side by side, and a link to one of them.
func deployLink(ctx context.Context, c *command.Call, to deploy.Releases) error {
	st, err := to.Look(ctx, c.Session())
	dry := isDry(c)
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
	if !isDry(c) {
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
