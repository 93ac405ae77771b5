package commands

import (
	"context"
	"errors"
	"io/fs"
	"os"
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
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "get", Theme: "download", Plans: true, Risk: command.ReplacesLocal, Between: &command.Between{}, Aliases: []string{"recv"}, Args: "remote [local]", Short: "download a file, or several", JSON: true,
	Long: "Without a local name the file gets the last part of the remote one, here. A local directory gets the file put " +
		"into it, - is the screen, and \"|command\" a local command; | and > take the bytes, too. A pattern, or three names or more, are files to fetch, " +
		"into the last one when that is a local directory or ends with a slash; -O names a directory for any number.\n" +
		"The bytes arrive in NAME.part, which becomes NAME when all of them are there and the size is right: an " +
		"old file of that name is replaced in one step. A part that an earlier download left is resumed if it is of the same " +
		"file; -f starts over.\n" +
		"If a local file differs you are asked at a terminal; a script replaces it. `set clobber` and -f change that.",
	Examples: []command.Example{
		{Line: "get notes.txt", Says: "download it"},
		{Line: "get pub/notes.txt today.txt", Says: "under another name"},
		{Line: "get a.txt b.txt c.txt", Says: "several, into the local directory"},
		{Line: "get *.txt", Says: "all that match, without a question for each as in mget"},
		{Line: "get -O /tmp a.txt b.txt", Says: "into another one"},
		{Line: "get notes.txt | wc -l", Says: "into a local command"},
		{Line: "get -c big.iso", Says: "resume a download that was cut"},
		{Line: "get --segments 4 big.iso", Says: "over four sessions at once, where one is slow"},
		{Line: "get -r photos", Says: "a directory with everything in it; `mirror` can do more"},
	},
	Min: 1, Max: -1, Ask: []string{"remote-file"}, Flags: flags(getFlags, treesFlag, segmentsFlag, outputFlag, intoFlag),
	Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire:     downloadVerbs, Needs: command.Login, Reach: command.WholeLine, Detach: true, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return get(ctx, c, c.Is("continue")) },
	ByURL: func(ctx context.Context, c *command.Call) error { return getByURL(ctx, c, c.Is("continue")) },
})

var (
	getVerbs      = command.Verbs(command.ListVerbs, hashVerbs, command.Sends("RETR", "REST"))
	downloadVerbs = command.Verbs(getVerbs, command.Sends("DELE")) // with -E
)

func getFlags(fs *pflag.FlagSet) {
	fs.BoolP("continue", "c", false, "keep what has arrived and fetch only the rest")
	fs.BoolP("force", "f", false, "replace a local file without a question")
	fs.Bool("verify", false, "compare the contents with the server's before the file has its name")
	originalFlags(fs)
}

// flags are the options of a command that shares some with others.
func flags(parts ...func(*pflag.FlagSet)) func(*pflag.FlagSet) {
	return func(fs *pflag.FlagSet) {
		for _, add := range parts {
			add(fs)
		}
	}
}

// outputFlag is the option of a command that gives one file another name.
func outputFlag(fs *pflag.FlagSet) {
	fs.StringP("output", "o", "", "under another `NAME`")
	command.NamesPath(fs, "output", completion.LocalPath)
}

// intoFlag is the option of commands that move several files.
func intoFlag(fs *pflag.FlagSet) {
	fs.StringP("into", "O", "", "put them into `DIRECTORY`, which must exist")
	command.NamesPath(fs, "into", completion.LocalDir)
}

// segmentsFlag is the option of commands that can fetch a file in parts.
func segmentsFlag(fs *pflag.FlagSet) {
	fs.Int("segments", 1, "fetch a large file over `N` sessions at once")
}

// segments is how many sessions are to fetch one file.
func segments(c *command.Call) int {
	if c.Flags.Lookup("segments") == nil {
		return 1
	}
	n, _ := c.Flags.GetInt("segments")
	return min(n, settings.MostParallel)
}

// intoHere is the local directory that downloads go into, "" for the current one.
func intoHere(c *command.Call) string { return LocalPath(syntax.Token{Text: c.Value("into")}) }

func get(ctx context.Context, c *command.Call, resume bool) error {
	if err := takeOutput(c); err != nil {
		return err
	}
	if len(c.Args) > 2 || c.Given("into") {
		return getSeveral(ctx, c, resume)
	}
	if len(c.Args) == 1 && c.Piped() && !c.JSON() && !c.Is("recursive") {
		c.Args = append(c.Args, command.PlainWord("-")) // get FILE |more, as in ftp(1)
	}
	names, err := c.Expand(ctx, c.Args[:1])
	if err != nil {
		return err
	}
	switch {
	case len(names) != 1 && len(c.Args) == 1:
		return getNames(ctx, c, &each{call: c, all: true}, names, resume)
	case len(names) != 1 && intoLast(c):
		return getSeveral(ctx, c, resume)
	case len(names) != 1:
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: c.Arg(0) + " stands for several files", Hint: "`get -O DIRECTORY " + c.Arg(0) + "` puts them there, `cat` shows them"}
	}
	if c.Is("recursive") && isRemoteTree(ctx, c, names[0]) {
		local := ""
		if len(c.Args) == 2 {
			local = LocalPath(c.Args[1])
		}
		return getTree(ctx, c, names[0].Path, local)
	}
	t := transfer.Task{Op: transfer.Download, Remote: names[0].Path, Resume: resume, Offset: c.Shell.TakeRestart(), Segments: segments(c)}
	if len(c.Args) == 2 {
		done, err := openTarget(ctx, c, &t, c.Args[1])
		if err != nil {
			return err
		}
		if t.Out != nil {
			return failure.Several(moveFile(ctx, c, t), done())
		}
	}
	return downloadFile(ctx, c, t)
}

// takeOutput makes the name of -o the second argument.
func takeOutput(c *command.Call) error {
	name := c.Value("output")
	switch {
	case name == "":
		return nil
	case len(c.Args) > 1 || c.Given("into"):
		return c.Usage("-o gives one file a name")
	}
	c.Args = append(c.Args, syntax.Token{Text: name})
	return nil
}

// intoLast reports whether the last word is the local directory for all others.
func intoLast(c *command.Call) bool {
	last := c.Args[len(c.Args)-1]
	return !c.Given("into") && (strings.HasSuffix(last.Text, "/") || c.Shell.Folder().IsDir(LocalPath(last)))
}

// getSeveral downloads all that is named into one local directory.
func getSeveral(ctx context.Context, c *command.Call, resume bool) error {
	dir, words := intoHere(c), c.Args
	if intoLast(c) {
		dir, words = LocalPath(words[len(words)-1]), words[:len(words)-1]
	}
	if err := makeHere(c, dir); err != nil {
		return err
	}
	if dir != "" && !c.Shell.Folder().IsDir(dir) {
		return failure.About(dir, &failure.LocalError{Text: "no such directory here"})
	}
	all := &each{call: c, all: true}
	return eachName(ctx, c, words, func(name command.RemoteName) error {
		if c.Is("recursive") && isRemoteTree(ctx, c, name) {
			return all.tree(ctx, name.Path, dir)
		}
		return all.download(ctx, transfer.Task{Op: transfer.Download, Remote: name.Path, Local: dir, Resume: resume, Segments: segments(c)})
	})
}

// openTarget reads the local name that the user typed. Only here, and never in a
// name that the server listed, - and | have a meaning.
func openTarget(ctx context.Context, c *command.Call, t *transfer.Task, word syntax.Token) (done func() error, err error) {
	done = func() error { return nil }
	command, isPipe := strings.CutPrefix(word.Text, "|")
	switch {
	case word.Text == "-":
		t.Out, done = plainOut(c, false)
		return done, nil
	case isPipe:
		in, err := c.PipeTo(ctx, command)
		if err != nil {
			return done, err
		}
		t.Out = in
		return in.Close, nil
	}
	t.Local = LocalPath(word)
	if err := makeHere(c, intoOf(word)); err != nil {
		return done, err
	}
	info, err := c.Shell.Folder().Stat(t.Local)
	if err != nil || info.IsDir() || info.Mode().IsRegular() {
		return done, nil
	}
	file, err := c.Shell.Folder().Open(ctx, t.Local, os.O_WRONLY, 0) // a device or a pipe is written to, not replaced
	if err != nil {
		return done, err
	}
	t.Out = file
	return file.Close, nil
}

// intoOf is the directory that a local name is in, or that it is when it ends with a slash.
func intoOf(word syntax.Token) string {
	name := LocalPath(word)
	if !strings.HasSuffix(word.Text, "/") {
		name = filepath.Dir(name)
	}
	return name
}

// downloadFile brings a file to a local name, by default that of the remote one.
func downloadFile(ctx context.Context, c *command.Call, t transfer.Task) error {
	if err := nameHere(c, &t); err != nil {
		return err
	}
	return downloadAs(ctx, c, t)
}

// downloadAs is download under the local name that the task has.
func downloadAs(ctx context.Context, c *command.Call, t transfer.Task) error {
	yes, err := replaces(ctx, c, &t, func() (listing.Entry, error) { return c.Session().Stat(ctx, t.Remote) })
	if err != nil || !yes {
		return err
	}
	t.FromPart = !c.Is("force")
	if t.Segments > 1 || t.Resume && c.Shell.Folder().HasSegments(t.Local) {
		return inSegments(ctx, c, t)
	}
	return moveFile(ctx, c, t)
}

// inSegments fetches one file over several sessions.
func inSegments(ctx context.Context, c *command.Call, t transfer.Task) error {
	e, err := c.Session().Stat(ctx, t.Remote)
	switch {
	case err == nil:
		t.Describe(e)
	case !errors.As(err, new(*client.Error)): // which may be about MLST or SIZE only
		return failure.About(t.Remote, err)
	}
	t.Segments = max(t.Segments, 2)
	err = moveMany(ctx, c, []transfer.Task{t})
	if errors.Is(err, context.Canceled) && c.Shell.Folder().HasSegments(t.Local) {
		c.Note("its parts are in %s; `pget -c %s` resumes", t.Local+transfer.SegmentSuffix, syntax.Quote(t.Remote))
	}
	return err
}

// nameHere completes the local name of a download: by default it is that of the
// remote file, in the directory that was named, and in no other.
func nameHere(c *command.Call, t *transfer.Task) error {
	if t.Local == "" || c.Shell.Folder().IsDir(t.Local) {
		name, err := LocalName(c.Shell, t.Local, t.Remote)
		switch {
		case errors.As(err, new(*command.UnsafeNameError)):
			return c.Usage("%s has no name for a local file", t.Remote)
		case err != nil:
			return err
		}
		t.Within = filepath.Clean(t.Local)
		t.Local = filepath.Join(t.Local, name)
	}
	if t.Resume || t.Offset > 0 {
		return nil
	}
	var err error
	if t.Local, err = uniqueLocal(c.Shell, t.Local); err != nil {
		return err
	}
	return claimNames(c, t)
}

// replaces decides about a local file that already exists; there is the one that would replace it.
func replaces(ctx context.Context, c *command.Call, t *transfer.Task, there func() (listing.Entry, error)) (bool, error) {
	info, err := c.Shell.Folder().Stat(t.Local)
	if err != nil || t.Resume || t.Offset > 0 || c.Is("force") || c.Shell.Settings.Clobber == "on" {
		return true, nil
	}
	if c.Shell.Settings.Clobber == "off" {
		return false, &failure.LocalError{Text: t.Local + " already exists; -f replaces it"}
	}
	if !c.Interactive() {
		return true, nil
	}
	e, err := there()
	if err != nil {
		return false, failure.About(t.Remote, err)
	}
	t.Size, t.ModTime = e.Size, e.Time
	if same(info, e) {
		return true, nil
	}
	return settleHere(ctx, c, t, info, e)
}

func mget(ctx context.Context, c *command.Call, resume bool) error {
	if err := makeHere(c, intoHere(c)); err != nil {
		return err
	}
	names, missed := c.Expand(ctx, c.Args)
	names, err := completed(ctx, c, names)
	if err != nil {
		return failure.Several(missed, err)
	}
	return failure.Several(missed, getNames(ctx, c, &each{call: c}, names, resume))
}

// getNames downloads files, and with -r directories, over several sessions.
func getNames(ctx context.Context, c *command.Call, asked *each, names []command.RemoteName, resume bool) error {
	var trees []string
	if c.Is("recursive") {
		names = slices.DeleteFunc(names, func(name command.RemoteName) bool {
			if name.Entry != nil || !isRemoteTree(ctx, c, name) {
				return false
			}
			trees = append(trees, name.Path) // it was named, no pattern has found it
			return true
		})
	}
	err := asked.move(ctx, names, func(name command.RemoteName) string { return replacing(c, name) }, func(name command.RemoteName) (transfer.Task, error) {
		t := transfer.Task{Op: transfer.Download, Remote: name.Path, Resume: resume, Segments: segments(c)}
		if name.Entry != nil {
			typ, err := followed(ctx, c, name)
			switch {
			case err != nil:
				return t, err
			case typ == listing.Dir:
				trees = append(trees, name.Path)
				return t, errPassedOver
			case typ == listing.Link:
				c.Note("%s: skipped, the link leads nowhere", name.Path)
				return t, errPassedOver
			}
			t.Describe(*name.Entry)
			if c.Is("chmod") && name.Entry.HasMode {
				t.Mode = name.Entry.Mode.Perm()
			}
		}
		return plainDownload(c, t)
	})
	errs := []error{err}
	if c.Is("recursive") && !endsAll(ctx, err) {
		errs = append(errs, eachTree(ctx, trees, func(name string) error { return asked.tree(ctx, name, intoHere(c)) }))
	}
	return failure.Several(errs...)
}

// followed returns the type of what a link leads to; a link that leads nowhere stays one.
func followed(ctx context.Context, c *command.Call, name command.RemoteName) (listing.Type, error) {
	if name.Entry.Type != listing.Link {
		return name.Entry.Type, nil
	}
	if dir, err := c.Session().IsDir(ctx, name.Path); dir || err != nil {
		return listing.Dir, err
	}
	if _, err := c.Session().Size(ctx, name.Path); client.IsCode(err, 550) {
		return listing.Link, nil
	}
	return listing.File, nil
}

func replacing(c *command.Call, name command.RemoteName) string {
	local, err := LocalName(c.Shell, intoHere(c), name.Path)
	if err != nil || c.Shell.Settings.RUnique {
		return ""
	}
	if _, err := c.Shell.Folder().Lstat(filepath.Join(intoHere(c), local)); err == nil {
		return " (replaces the local one)"
	}
	return ""
}

// plainDownload brings a file under a name that the server chose: it must stay
// in the local directory, and a link that lies there is not followed.
func plainDownload(c *command.Call, t transfer.Task) (transfer.Task, error) {
	dir := filepath.Clean(intoHere(c))
	var err error
	if t.Local, err = LocalName(c.Shell, dir, t.Remote); err != nil {
		return t, err
	}
	t.Within, t.Local, t.FromPart = dir, filepath.Join(dir, t.Local), !c.Is("force")
	if !t.Resume {
		if t.Local, err = uniqueLocal(c.Shell, t.Local); err != nil {
			return t, err
		}
	}
	info, err := c.Shell.Folder().Lstat(t.Local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return t, err
	case !info.Mode().IsRegular():
		return t, &failure.LocalError{Text: t.Local + " is here already and not a plain file"}
	case c.Shell.Settings.Clobber == "off" && !c.Is("force") && !t.Resume:
		return t, &failure.LocalError{Text: t.Local + " already exists; -f replaces it"}
	}
	return t, nil
}

// getTree downloads a directory with everything in it, and put, mget and mput
// have the same for theirs. What is here already and the same is passed over.
func getTree(ctx context.Context, c *command.Call, remote, local string) error {
	if local == "" || c.Shell.Folder().IsDir(local) {
		name, err := LocalName(c.Shell, local, remote)
		if err != nil {
			return c.Usage("%s has no name for a local directory", remote)
		}
		local = filepath.Join(local, name)
	}
	return getTreeAs(ctx, c, remote, local)
}

// getTreeAs is getTree under a local name.
func getTreeAs(ctx context.Context, c *command.Call, remote, local string) error {
	_, err := runMirror(ctx, c, c.Session(), &transfer.Mirror{Remote: remote, Local: local, Resume: c.Is("continue"), Chmod: c.Is("chmod"), RemoveSource: c.Is("remove-source")})
	return err
}

// isRemoteTree reports whether a name on the server is that of a directory, or of a link to one.
func isRemoteTree(ctx context.Context, c *command.Call, name command.RemoteName) bool {
	e := name.Entry
	if e == nil {
		found, err := c.Session().Stat(ctx, name.Path)
		if e = &found; err != nil {
			return false
		}
	}
	if e.Type != listing.Link {
		return e.Type == listing.Dir
	}
	dir, err := c.Session().IsDir(ctx, name.Path)
	return err == nil && dir
}

// eachTree carries out f for each directory.
func eachTree(ctx context.Context, names []string, f func(string) error) error {
	return eachOf(ctx, slices.Values(names), func(name string) error { return failure.About(name, f(name)) })
}

// treesFlag is the option of commands that can move directories.
func treesFlag(fs *pflag.FlagSet) {
	fs.BoolP("recursive", "r", false, "directories too, with everything in them")
}
