package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/trash"
	"github.com/ftpsh/ftpsh/client/treesync"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "sync", Theme: "whole trees", Plans: true, Args: "[local [remote]] | status | resolve path local|remote|both | forget", JSON: true,
	Short: "bring two trees that have both changed into agreement",
	Long: "What was changed, created or deleted on one side since both last agreed goes to the other one. What " +
		"both sides have changed is a conflict: it is reported and left alone, --conflict or `sync resolve` " +
		"decides it, and the status is 10. The times of " +
		"the two sides are never compared with each other. The first run deletes nothing: it compares what both " +
		"have and copies what only one has.\n" +
		"Nothing is done when a side looks lost: its directory is gone or empty, not all of it could be listed, or more than ten " +
		"of its files and more than half of them are gone (--max-delete allows it). What was agreed is kept on this computer. At a terminal you are asked, a " +
		"script needs -y, but not for `sync resolve`. Links are left alone, and so is what .ftpignore names.\n" +
		"`sync status` lists the trees that are synced with this server, `sync forget` forgets what they agreed on.",
	Examples: []command.Example{
		{Line: "sync -n notes /notes", Says: "what would be done"},
		{Line: "sync notes /notes", Says: "do it, after a question"},
		{Line: "sync -y --conflict both notes /notes", Says: "in a script; keep both versions of a conflict"},
		{Line: "sync resolve plan.odt remote", Says: "the version on the server wins"},
	},
	Max: 5, Flags: syncFlags, Words: []string{"status", "resolve", "forget"},
	Complete: []completion.Kind{completion.LocalDir, completion.RemoteDir},
	Wire:     command.Verbs(mirrorVerbs, hashVerbs, command.Sends("RNFR", "RNTO")), Needs: command.Login, Foreign: command.Refused, Run: syncCommand,
})

func syncFlags(fs *pflag.FlagSet) {
	fs.BoolP("dry-run", "n", false, "show what would be done, and do nothing")
	fs.BoolP("yes", "y", false, "without a question")
	fs.StringArrayP("include", "i", nil, "only files that fit a `PATTERN`")
	fs.StringArrayP("exclude", "x", nil, "no files and directories that fit a `PATTERN`")
	fs.String("conflict", "skip", "`WHAT` becomes of a file that both sides have changed: skip, local, remote, newer, both")
	command.OneOf(fs, "conflict", "skip", "local", "remote", "newer", "both")
	fs.Int("max-delete", -1, "delete at most `N` files on each side")
	fs.Bool("rescan", false, "start over: compare everything, delete nothing")
	fs.Bool("no-ignore", false, "do not look at .ftpignore")
	fs.IntP("parallel", "P", 0, "use `N` sessions")
}

func syncCommand(ctx context.Context, c *command.Call) error {
	switch c.Arg(0) {
	case "status":
		return syncStatus(c)
	case "forget":
		return syncForget(c)
	case "resolve":
		return syncResolve(ctx, c)
	}
	if len(c.Args) > 2 {
		return c.Usage("too many arguments")
	}
	policy := treesync.Policy(c.Value("conflict"))
	head := syncPair(c, c.Texts())
	return syncTrees(ctx, c, head, c.Is("yes"), func(y *treesync.Sync) { y.Policy = policy })
}

// syncPair is the pair of trees that two words mean.
func syncPair(c *command.Call, words []string) treesync.Head {
	local, remote := ".", "."
	if len(words) > 0 {
		local = LocalPath(c.Args[len(c.Args)-len(words)])
		remote = cmp.Or(path.Base(filepath.ToSlash(filepath.Clean(local))), ".")
		if !command.IsPlain(remote) {
			remote = "."
		}
	}
	if len(words) > 1 {
		remote = words[1]
	}
	local = c.Shell.Folder().Name(local)
	if abs, err := filepath.Abs(local); err == nil {
		local = abs
	}
	return syncHead(c.Session(), local, path.Clean(c.Absolute(remote)))
}

// syncs are the archives.
func syncs(sh *command.Shell) *command.SyncFolder {
	if sh.SyncFolder == nil {
		sh.SyncFolder = &command.SyncFolder{}
		if sh.Options.StateDir != "" {
			sh.SyncFolder.Dir = filepath.Join(sh.Options.StateDir, "sync")
		}
	}
	return sh.SyncFolder
}

// syncTrees looks at both sides and makes them the same; sure: without a question.
func syncTrees(ctx context.Context, c *command.Call, head treesync.Head, sure bool, adapt func(*treesync.Sync)) error {
	dry := isDry(c)
	switch {
	case !strings.HasPrefix(string(head.Remote), "/"):
		return &failure.LocalError{Text: "the server does not say where its directories are, so that two runs could mean different ones"}
	case !dry && !sure && !c.Interactive():
		return cannotAsk(c, "`sync -y` does it, `sync -n` shows it")
	}
	c.SumsUp()
	defer inBytes(c.Session())()
	return syncs(c.Shell).Locked(head, dry, func() error {
		archive, err := syncs(c.Shell).Read(head)
		if err != nil {
			return err
		}
		y := newSync(c, archive, dry)
		adapt(y)
		ignored := ignoredHere(c, y.Local)
		y.Ignored = leavesAlone(c, ignored.Ignored)
		stop := c.Shell.Draw(c.Shell.Gauge)
		err = y.Look(ctx)
		stop()
		if err = cmp.Or(ignored.Err(), err); err != nil {
			return err
		}
		return runSync(ctx, c, y, dry, sure)
	})
}

// newSync takes over what settings and options say.
func newSync(c *command.Call, archive *treesync.Archive, dry bool) *treesync.Sync {
	set := &c.Shell.Settings
	y := &treesync.Sync{Options: treesync.Options{
		Session: c.Session(), Here: transfer.Folder{Root: c.Shell.Folder().Root}, Local: string(archive.Local), Remote: string(archive.Remote), Archive: archive,
		Rescan: c.Is("rescan"), DryRun: dry, Bounds: set.Bounds, Depth: set.MaxDepth, Directories: set.MaxDirectories,
		Configure: func(t *transfer.Task) { configureTask(c, t) }, Save: func() error { return syncs(c.Shell).Write(archive) },
	}}
	y.MaxDelete, _ = c.Flags.GetInt("max-delete")
	if command.Trashes(c.Shell) {
		y.TrashHere = trash.Folder + "/" + time.Now().UTC().Format("20060102T150405")
	}
	y.Engine = engines(c)
	return y
}

// leavesAlone joins the options with what is ignored.
func leavesAlone(c *command.Call, ignored func(string, bool) bool) func(string, bool) bool {
	include, _ := c.Flags.GetStringArray("include")
	exclude, _ := c.Flags.GetStringArray("exclude")
	return func(name string, dir bool) bool {
		return fitsAny(exclude, name) || !dir && len(include) > 0 && !fitsAny(include, name) || ignored(name, dir)
	}
}

// runSync shows what is to be done, and does it.
func runSync(ctx context.Context, c *command.Call, y *treesync.Sync, dry, sure bool) error {
	r := &syncReport{call: c, counts: map[treesync.Action]int{}}
	conflicts := conflictsIn(y.Steps)
	for name, why := range maps.All(y.Passed()) {
		r.notes = append(r.notes, fmt.Sprintf("%s is left alone: %v", name, why))
	}
	slices.Sort(r.notes)
	switch planning := c.Shell.Planning; {
	case planning != nil:
		for _, step := range y.Steps {
			if err := planning.Sync(y, step); err != nil {
				return err
			}
		}
		return r.conflicts(y.Steps)
	case dry:
		return errors.Join(r.show(y, true), r.left(conflicts))
	case len(y.Steps) > conflicts && !sure:
		if err := r.show(y, false); err != nil || !c.Confirm(ctx, r.sum(y.Steps)+"; go on?") {
			return err
		}
	default:
		if err := r.conflicts(y.Steps); err != nil {
			return err
		}
	}
	err := r.do(ctx, y)
	r.end(conflicts)
	return failure.Several(append(r.errs, err, r.left(conflicts))...)
}

// do has the steps done, and shows how far they are.
func (r *syncReport) do(ctx context.Context, y *treesync.Sync) error {
	sh := r.call.Shell
	y.Tell = r.tell
	defer sh.Remote.Forget(y.Remote)
	defer sh.Gauge.All(0, 0)()
	defer sh.Draw(sh.Gauge)()
	if y.Idle() {
		return nil
	}
	return y.Do(ctx)
}

// syncReport tells what a sync does.
type syncReport struct {
	call   *command.Call
	counts map[treesync.Action]int
	bytes  int64
	errs   []error
	notes  []string
}

func syncObject(s treesync.Step, dry bool) stepObject {
	o := stepObject{DryRun: dry, Action: string(s.Action), Path: s.Path, To: s.To, Why: s.Why}
	if s.Action == treesync.Get || s.Action == treesync.Put {
		o.Size = &s.Size
	}
	if s.Err != nil {
		o.Error = failure.InWords(s.Err)
	}
	return o
}

// conflictsIn counts the conflicts.
func conflictsIn(steps []treesync.Step) (conflicts int) {
	for _, step := range steps {
		if step.Action == treesync.Conflict {
			conflicts++
		}
	}
	return conflicts
}

// show lists what is to be done.
func (r *syncReport) show(y *treesync.Sync, dry bool) error {
	t := render.Table{Right: []bool{false, true}}
	err := command.Rows(r.call, t, "", y.Steps, func(_ int, step treesync.Step) (any, []string) {
		size, name := "", render.Safe(step.Path)
		if step.Action == treesync.Get || step.Action == treesync.Put {
			size = render.Size(step.Size)
		}
		if step.To != "" {
			name += " -> " + render.Safe(step.To)
		}
		return syncObject(step, dry), []string{command.SyncWord(step.Action), size, name, step.Why}
	})
	if r.call.JSON() {
		return err
	}
	r.tellNotes()
	if dry {
		r.call.Note("%s", r.sum(y.Steps))
	}
	return err
}

// conflicts names what is left alone, where nothing else lists it.
func (r *syncReport) conflicts(steps []treesync.Step) error {
	for _, step := range steps {
		switch {
		case step.Action != treesync.Conflict:
		case r.call.JSON():
			if err := r.call.Object(syncObject(step, false)); err != nil {
				return err
			}
		default:
			r.call.Note("conflict: %s (%s)", step.Path, step.Why)
		}
	}
	return nil
}

// tellNotes tells what is left alone, once.
func (r *syncReport) tellNotes() {
	for _, note := range r.notes {
		r.call.Note("%s", note)
	}
	r.notes = nil
}

// sum says what is to be done.
func (r *syncReport) sum(steps []treesync.Step) string {
	counts, bytes, conflicts := map[treesync.Action]int{}, int64(0), 0
	for _, step := range steps {
		if step.Action == treesync.Conflict {
			conflicts++
			continue
		}
		counts[step.Action]++
		bytes += movedBytes(step)
	}
	return syncSum(counts, bytes, conflicts, true)
}

func movedBytes(s treesync.Step) int64 {
	if s.Action == treesync.Get || s.Action == treesync.Put {
		return s.Size
	}
	return 0
}

var syncWords = []actionWords[treesync.Action]{
	{treesync.MkdirHere, "directory ", "directories ", "made here", "to make here"},
	{treesync.MkdirThere, "directory ", "directories ", "made there", "to make there"},
	{treesync.RenameHere, "", "", "renamed here", "to rename here"},
	{treesync.RenameThere, "", "", "renamed there", "to rename there"},
	{treesync.Get, "", "", "downloaded", "to get"},
	{treesync.Put, "", "", "uploaded", "to put"},
	{treesync.DeleteHere, "", "", "deleted here", "to delete here"},
	{treesync.DeleteThere, "", "", "deleted there", "to delete there"},
}

// syncSum sums up what is done, or planned.
func syncSum(counts map[treesync.Action]int, bytes int64, conflicts int, planned bool) string {
	words := sumOf(syncWords, counts, planned)
	if bytes > 0 {
		words = append(words, command.BytesText(bytes))
	}
	if conflicts > 0 {
		words = append(words, command.Plural(conflicts, "conflict", "conflicts"))
	}
	if len(words) == 0 {
		return "nothing to do"
	}
	return strings.Join(words, ", ")
}

// tell hears of each step.
func (r *syncReport) tell(s treesync.Step) {
	if s.Err != nil {
		r.errs = append(r.errs, failure.About(s.Path, s.Err))
	} else {
		r.counts[s.Action]++
		r.bytes += movedBytes(s)
	}
	switch {
	case r.call.JSON():
		_ = r.call.Object(syncObject(s, false))
	case r.call.Shell.Settings.Verbose && s.Err == nil:
		r.call.Note("%s %s (%s)", command.SyncWord(s.Action), render.Safe(s.Path), s.Why)
	}
}

// end sums up.
func (r *syncReport) end(conflicts int) {
	if r.call.JSON() {
		return
	}
	r.tellNotes()
	if len(r.counts) > 0 || len(r.errs) == 0 {
		tellDone(r.call, syncSum(r.counts, r.bytes, conflicts, false))
	}
}

// left is the status of a sync with conflicts.
func (r *syncReport) left(conflicts int) error {
	if conflicts == 0 {
		return nil
	}
	return &command.LeftError{What: command.Plural(conflicts, "conflict", "conflicts") + " left; `sync resolve PATH local|remote|both` ends one"}
}

// syncPairs are the pairs with this server.
func syncPairs(c *command.Call) ([]treesync.Head, error) {
	return syncs(c.Shell).Heads(syncHead(c.Session(), "", ""))
}

// syncStatusObject is a pair as --json shows it.
type syncStatusObject struct {
	Local  string `json:"local"`
	Remote string `json:"remote"`
	Time   string `json:"time,omitempty"`
}

func syncStatus(c *command.Call) error {
	heads, err := syncPairs(c)
	if err != nil {
		return err
	}
	t := render.Table{Header: []string{"here", "there", "agreed"}}
	return command.Rows(c, t, "nothing is kept the same with this server", heads, func(_ int, h treesync.Head) (any, []string) {
		o, when := syncStatusObject{Local: string(h.Local), Remote: string(h.Remote)}, "not yet"
		if !h.Made.IsZero() {
			o.Time, when = h.Made.Format(time.RFC3339), stampText(c, h.Made)
		}
		return o, []string{render.Safe(o.Local), render.Safe(o.Remote), when}
	})
}

// theSync is the pair that is meant: the only one, or that of two words.
func theSync(c *command.Call, words []string) (treesync.Head, error) {
	if len(words) > 0 {
		return syncPair(c, words), nil
	}
	heads, err := syncPairs(c)
	switch {
	case err != nil:
		return treesync.Head{}, err
	case len(heads) == 0:
		return treesync.Head{}, c.Usage("nothing is kept the same with this server")
	case len(heads) > 1:
		return treesync.Head{}, c.Usage("which trees? `sync status` shows them; name them after it")
	}
	return heads[0], nil
}

func syncForget(c *command.Call) error {
	head, err := theSync(c, c.Texts()[1:])
	if err != nil {
		return err
	}
	if ran, err := command.WouldRun(c.Shell, "sync forget", string(head.Local), string(head.Remote)); ran {
		return err
	}
	return syncs(c.Shell).Locked(head, false, func() error { return syncs(c.Shell).Remove(head) })
}

func syncResolve(ctx context.Context, c *command.Call) error {
	policy := treesync.Policy(c.Arg(2))
	if len(c.Args) < 3 || !slices.Contains([]treesync.Policy{treesync.Local, treesync.Remote, treesync.Both}, policy) {
		return c.Usage("the path of a conflict is wanted, and local, remote or both")
	}
	head, err := theSync(c, c.Texts()[3:])
	if err != nil {
		return err
	}
	name := path.Clean(filepath.ToSlash(c.Arg(1)))
	return syncTrees(ctx, c, head, true, func(y *treesync.Sync) {
		y.Policy = policy
		y.Only = func(at string) bool { return at == name || strings.HasPrefix(at, name+"/") }
	})
}

// syncHead says which pair of trees is meant.
func syncHead(s *client.Session, local, remote string) treesync.Head {
	h := treesync.Head{Local: jsonl.Name(local), Remote: jsonl.Name(remote)}
	h.Host, h.Port, _ = net.SplitHostPort(s.Options().Addr)
	h.User, _ = s.LoggedIn()
	return h
}
