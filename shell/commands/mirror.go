package commands

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "mirror", Theme: "whole trees", Plans: true, Risk: command.DeletesOther, Args: "[source [copy]]", Short: "make one tree of files a copy of another", JSON: true,
	Long: "Without -R the tree is on the server and the copy here; -R goes the other way. Both default to the current directory. " +
		"A file is copied when the copy has another size or is older. What is only in the copy stays, unless --delete says " +
		"otherwise: then it is deleted at the very end, and never when a directory of either tree could not be " +
		"read, something else has failed, or the tree to copy is empty.\n" +
		"At a terminal you see what would be deleted and are asked. A script does not delete more than half of a tree, unless " +
		"--max-delete says how much it may.\n" +
		"Where the copy is a URL, or with -R the original, the files go from server to server, not through this computer; see `fxp`.\n" +
		"Several sessions look into directories and move files at once; see `set parallel`.\n" +
		"With -R --watch it stays on: what you save here goes to the server at once, a rename is a rename there, " +
		"and with --delete what you delete here is deleted there. The temporary files of editors, and .git, stay " +
		"here. Ctrl-C ends it; the status is 8 if something is still to be sent. " +
		".ftpignore in a local tree names what to leave alone. Without a tree it asks whether all of this directory is meant; a script says `mirror .`.",
	Examples: []command.Example{
		{Line: "mirror pub", Says: "the tree pub on the server into pub here"},
		{Line: "mirror -R site /var/www --delete --dry-run", Says: "what would be done to make the server's like ours"},
		{Line: "mirror pub --include '*.iso' --newer 30d", Says: "large ones of this month"},
		{Line: "mirror web:/www backup:/www", Says: "from one session to another"},
		{Line: "mirror -R --watch --delete site /var/www", Says: "and then each file as it is saved, until Ctrl-C"},
		{Line: "mirror pub ftp://bob@backup.example.org/pub/", Says: "from this server to another one"},
	},
	Max: 2, Flags: MirrorFlags, Complete: []completion.Kind{completion.RemoteDir, completion.LocalDir}, Reversed: isReverse,
	Wire: mirrorVerbs, URLs: true, Reach: command.WholeLine, Across: mirrorAcross, Needs: command.Login, Detach: true, Foreign: command.Confined, Run: mirror,
})

var mirrorVerbs = command.Verbs(getVerbs, putVerbs, fxpVerbs, command.Sends("QUIT", "MKD", "SITE MKDIR", "DELE", "RMD", "SITE CHMOD"))

// isReverse reports whether a word is -R or has it among its letters.
func isReverse(word syntax.Token) bool {
	return word.Text == "--reverse" || word.Lead == 0 && len(word.Text) > 1 && word.Text[0] == '-' && word.Text[1] != '-' && strings.Contains(word.Text, "R")
}

// MirrorFlags are the options of mirror.
func MirrorFlags(fs *pflag.FlagSet) {
	fs.BoolP("reverse", "R", false, "from here to the server")
	fs.BoolP("delete", "e", false, "delete what is only in the copy")
	fs.Bool("delete-all", false, "with --delete: also where the tree to copy is empty")
	fs.Bool("dry-run", false, "show what would be done, and do nothing")
	fs.BoolP("only-newer", "n", false, "leave files alone that are newer in the copy, whatever their size")
	fs.Bool("empty-dirs", false, "make directories even if the other options leave nothing to put into them")
	fs.StringArrayP("include", "i", nil, "only files that fit a `PATTERN`; one with a slash is for the path, ** for any directories")
	fs.StringArrayP("exclude", "x", nil, "no files and directories that fit a `PATTERN`")
	fs.String("newer", "", "only files changed within `TIME`: 12h, 30d")
	fs.String("older", "", "only files changed longer ago than `TIME`")
	fs.StringArray("size", nil, "only files of +`N` bytes or more, -N or less; k, m, g")
	fs.BoolP("continue", "c", false, "resume files of which there is a part")
	fs.String("compare", "time", "`HOW` to find out what is the same: time (and size), size, hash")
	command.OneOf(fs, "compare", "time", "size", "hash")
	fs.String("links", "skip", "`WHAT` to do with links: skip, follow, copy (as links, downwards)")
	command.OneOf(fs, "links", "skip", "follow", "copy")
	fs.BoolP("no-recursion", "r", false, "leave directories alone")
	fs.Bool("chmod", false, "give copies the permissions of the originals")
	fs.Bool("remove-source", false, "delete the originals of files that have arrived")
	fs.Bool("remove-empty", false, "with --remove-source: and the directories that this has emptied")
	fs.Bool("in-place", false, "with -R: under their own names at once, whatever the setting atomic says: nothing is renamed")
	fs.Bool("renames", false, "with --delete: rename in the copy what only has another name, by size and time and, where the server can, checksum")
	fs.String("once", "", "from the server: leave files alone that were fetched before, wherever they are now; seed notes all that is there as fetched, reset forgets that")
	fs.Lookup("once").NoOptDefVal = "on"
	command.OneOf(fs, "once", "on", "seed", "reset")
	fs.String("then-move", "", "move these into `DIRECTORY` on their side; %Y, %m and %d stand for the date")
	fs.String("if", "differs", "`WHEN` a file of the copy is replaced: differs, newer, bigger, missing (never)")
	command.OneOf(fs, "if", "differs", "newer", "bigger", "missing")
	fs.Bool("fast", false, "only new files: leave what the copy has, and do not list directories that had nothing new since the last --fast")
	fs.Bool("trust-dirs", false, "do not list directories with the same time as in the last run with it: files that were overwritten there are missed")
	fs.String("settled", "", "leave files alone that changed within `TIME`, since they may still be being written")
	fs.String("marker", "", "take a file only when `NAME` stands beside it, as %s.done; %s is the name of the file")
	fs.Int("max-delete", -1, "delete at most `N` files and directories, without a question")
	fs.IntP("parallel", "P", 0, "use `N` sessions")
	fs.Int("segments", 1, "fetch each large file over `N` sessions at once")
	fs.String("via", "auto", "between sessions: `WAY` that the bytes take: direct, here, or auto, which tries both")
	command.OneOf(fs, "via", "auto", "direct", "here")
	fs.Bool("clear", false, "between servers: let the data travel in the clear where they cannot protect it")
	fs.Bool("loop", false, "repeat until nothing is left to do")
	fs.String("on-change", "", "run a local `COMMAND` at the end if anything was changed")
	fs.Bool("no-ignore", false, "do not look at .ftpignore")
	fs.Bool("watch", false, "with -R: keep uploading each file as it is saved here, until Ctrl-C")
	fs.Bool("ask", false, "with --watch: ask before something is sent, renamed or deleted")
	fs.String("quiet-time", "300ms", "with --watch: wait until a file has not changed for `TIME`")
	fs.String("poll", "", "with --watch: look at the whole tree every `TIME`, where the system does not report changes")
	fs.Bool("gitignore", false, "obey .gitignore too")
}

// mostLoops is how often --loop starts over: a tree that changes all the time
// has no end.
const mostLoops = 10

func mirror(ctx context.Context, c *command.Call) error {
	if url, ok := otherServer(c); ok {
		paths := slices.DeleteFunc(slices.Clone(c.Args), func(word syntax.Token) bool { return word.Text == url })
		if err := c.NoURLs(paths); err != nil {
			return err
		}
		return mirrorServers(ctx, c, url)
	}
	if err := c.NoURLs(c.Args); err != nil {
		return err
	}
	if sure, err := meansAll(ctx, c); !sure {
		return err
	}
	switch {
	case c.Is("watch"):
		return mirrorWatch(ctx, c)
	case c.Is("ask"):
		return c.Usage("--ask goes with --watch")
	}
	return mirrorAll(ctx, c, c.Session(), func(*transfer.Mirror) {})
}

// meansAll reports whether everything is meant where no tree is named: who types a word to see what it
// does would copy it all.
func meansAll(ctx context.Context, c *command.Call) (bool, error) {
	if len(c.Args) > 0 || isDry(c) || c.Shell.Planning != nil {
		return true, nil
	}
	if !c.Interactive() {
		return false, &failure.UsageError{Usage: c.Command.Synopsis(), Text: "no tree is named", Hint: "`" + c.Name + " .` means everything in this directory"}
	}
	from, to := c.Session().Dir()+" there", c.Shell.Folder().Name(".")+" here"
	if c.Is("reverse") {
		from, to = to, from
	}
	return c.Confirm(ctx, "copy everything in "+render.Safe(from)+" to "+render.Safe(to)+"?"), nil
}

// mirrorAll mirrors over a session, as often as --loop says, and runs what --on-change says.
func mirrorAll(ctx context.Context, c *command.Call, over *client.Session, adapt func(*transfer.Mirror)) error {
	changed := 0
	for range mostLoops {
		m, err := newMirror(ctx, c)
		if err != nil {
			return err
		}
		adapt(m)
		n, err := mirrorOneTime(ctx, c, over, m)
		changed += n
		if err != nil {
			return err
		}
		if n == 0 || !c.Is("loop") || m.DryRun {
			break
		}
	}
	if command := c.Value("on-change"); changed > 0 && command != "" && !isDry(c) {
		return c.Shell.Console.Run(c.Shell.LocalShell(ctx, command))
	}
	return nil
}

// mirrorOneTime mirrors, and returns how much was changed.
func mirrorOneTime(ctx context.Context, c *command.Call, over *client.Session, m *transfer.Mirror) (int, error) {
	journal, err := onlyOnce(c, m)
	if err != nil {
		return 0, err
	}
	defer journal.Close()
	switch {
	case c.Is("renames") && (m.Target != nil || !m.Delete || m.RemoveSource):
		return 0, c.Usage("--renames goes with --delete, and neither between servers nor with --remove-source")
	case c.Value("once") == "seed":
		return 0, seedOnce(ctx, c, over, m)
	case c.Value("once") == "reset":
		return 0, resetOnce(c, m)
	}
	if err := settle(ctx, c, over, m); err != nil {
		return 0, err
	}
	dirs, err := knownDirs(c, over, m)
	if err != nil {
		return 0, err
	}
	n, err := runMirror(ctx, c, over, m)
	return n, failure.Several(err, keepDirs(c, over, dirs, m))
}

// newMirror reads the options.
func newMirror(ctx context.Context, c *command.Call) (*transfer.Mirror, error) {
	m := &transfer.Mirror{
		Up: c.Is("reverse"), Delete: c.Is("delete"), Flat: c.Is("no-recursion"), Resume: c.Is("continue"),
		Chmod: c.Is("chmod"), RemoveSource: c.Is("remove-source"), RemoveEmpty: c.Is("remove-empty"), InPlace: c.Is("in-place"), DryRun: c.Is("dry-run"), OnlyNewer: c.Is("only-newer"), EmptyDirs: c.Is("empty-dirs"), DeleteAll: c.Is("delete-all"),
	}
	var err error
	if m.Up {
		m.Local, m.Remote, err = mirrorTrees(c, LocalPath, func(t syntax.Token) string { return t.Text }, asItIs)
	} else {
		m.Remote, m.Local, err = mirrorTrees(c, func(t syntax.Token) string { return t.Text }, LocalPath, namesIn(c.Shell, "").Name)
	}
	if err != nil {
		return nil, err
	}
	if m.Filter, err = mirrorFilter(c); err != nil {
		return nil, err
	}
	m.Compare, m.Links = mirrorCompares[c.Value("compare")], mirrorLinks[c.Value("links")]
	switch c.Value("if") {
	case "newer":
		m.OnlyNewer = true
	case "bigger":
		m.OnlyBigger = true
	case "missing":
		m.OnlyMissing = true
	}
	if m.Marker, err = readMarker(c); err != nil {
		return nil, err
	}
	if err := moveOriginals(c, m); err != nil {
		return nil, err
	}
	switch {
	case m.RemoveEmpty && !m.RemoveSource:
		return nil, c.Usage("--remove-empty goes with --remove-source or --then-move")
	case m.InPlace && (!m.Up || c.Shell.Tx != nil):
		return nil, c.Usage("--in-place goes with -R, and not between begin and commit")
	}
	m.MayDelete = func(doomed []transfer.Step, kept int) error { return mayDelete(ctx, c, doomed, kept) }
	return m, nil
}

var (
	mirrorCompares = map[string]transfer.Compare{"time": transfer.BySizeAndTime, "size": transfer.BySize, "hash": transfer.ByHash}
	mirrorLinks    = map[string]transfer.Links{"skip": transfer.SkipLinks, "follow": transfer.FollowLinks, "copy": transfer.CopyLinks}
)

// mirrorTrees are the original and the copy. A copy that is not named has the name of
// the original, where it is.
func mirrorTrees(c *command.Call, source, copied func(syntax.Token) string, named func(string) (string, error)) (from, to string, err error) {
	switch len(c.Args) {
	case 0:
		return ".", ".", nil
	case 1:
		from := source(c.Args[0])
		to := path.Base(filepath.ToSlash(strings.TrimRight(from, "/")))
		if !command.IsPlain(to) {
			return from, ".", nil
		}
		to, err := named(to)
		return from, to, err
	}
	return source(c.Args[0]), copied(c.Args[1]), nil
}

func asItIs(name string) (string, error) { return name, nil }

// mirrorFilter joins the options that choose files. Directories are only left
// out by --exclude.
func mirrorFilter(c *command.Call) (entryTest, error) {
	include, _ := c.Flags.GetStringArray("include")
	exclude, _ := c.Flags.GetStringArray("exclude")
	tests, err := mirrorTests(c)
	if err != nil {
		return nil, err
	}
	return func(path string, e *listing.Entry) bool {
		if fitsAny(exclude, path) {
			return false
		}
		if e.Type == listing.Dir {
			return true
		}
		fails := func(test entryTest) bool { return !test(path, e) }
		return !slices.ContainsFunc(tests, fails) && (len(include) == 0 || fitsAny(include, path))
	}, nil
}

// mirrorTests are those of --size, --newer and --older.
func mirrorTests(c *command.Call) (tests []entryTest, err error) {
	sizes, _ := c.Flags.GetStringArray("size")
	var errs []error
	add := func(flag, sign, text string, read func(string) (entryTest, error)) {
		if text == "" {
			return
		}
		test, err := read(sign + text)
		if err != nil {
			errs = append(errs, c.Usage("--%s: %s", flag, err))
		}
		tests = append(tests, test)
	}
	for _, size := range sizes {
		add("size", "", size, bySize)
	}
	add("newer", "-", c.Value("newer"), byAge)
	add("older", "+", c.Value("older"), byAge)
	return tests, failure.Several(errs...)
}

// fitsAny reports whether a path fits a pattern: one without a slash is for the
// last name.
func fitsAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		name := path
		if !strings.Contains(p, "/") {
			name = command.BaseName(path)
		}
		return syntax.Match(p, name)
	})
}

// fewDeletions is how many deletions are few in any case, in a script.
const fewDeletions = 10

// mayDelete guards a tree against a mistake: the wrong directory, an empty disk. At a terminal what would go is shown and
// asked about, in a script a part of the tree that is neither small nor less than half is not deleted.
func mayDelete(ctx context.Context, c *command.Call, doomed []transfer.Step, kept int) error {
	most, _ := c.Flags.GetInt("max-delete")
	switch n := len(doomed); {
	case most >= 0 && n > most:
		return fmt.Errorf("nothing was deleted: %d would be, and --max-delete is %d", n, most)
	case most >= 0, isDry(c):
		return nil
	case c.Interactive() && confirmDeletions(ctx, c, doomed, kept), !c.Interactive() && (n <= fewDeletions || n <= kept):
		return nil
	case c.Interactive():
		c.Note("nothing was deleted")
		return transfer.ErrKeep
	default:
		return fmt.Errorf("nothing was deleted: %d would be, more than the %d that stay; --max-delete %d allows it", n, kept, n)
	}
}

// confirmDeletions shows as much of what would be deleted as fits on half of the screen, and asks.
func confirmDeletions(ctx context.Context, c *command.Call, doomed []transfer.Step, kept int) bool {
	files, dirs := 0, 0
	t := render.Table{Right: []bool{false, true}, Width: c.Shell.Console.Width()}
	for i, step := range doomed {
		size := ""
		if step.Action == transfer.ActRmdir {
			dirs++
		} else if files++; step.Size >= 0 {
			size = render.Size(step.Size)
		}
		if i < max(c.Shell.Console.Height()/2, 3) {
			t.Rows = append(t.Rows, []string{string(step.Action), size, render.Safe(step.Path)})
		}
	}
	c.Shell.Console.Status("") // no progress below a question
	c.Shell.Console.Still.Store(true)
	defer c.Shell.Console.Still.Store(false)
	if err := t.Write(c.Err); err != nil {
		return false
	}
	if more := len(doomed) - len(t.Rows); more > 0 {
		c.Note("… and %d more", more)
	}
	return c.Confirm(ctx, fmt.Sprintf("delete %s, and keep %d?", counts(files, dirs), kept))
}
