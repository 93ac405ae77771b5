package commands

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "du", Theme: "look around", Args: "[path…]", Short: "show how large directories are", JSON: true,
	Long: "The sizes are those of the files, in units of 1024 bytes as du(1) shows them; what they occupy on the server's disk " +
		"is not known. With -s a server that can (DSIZ) adds them up itself.\n" +
		"--duplicates shows the files that hold the same bytes instead: those of one size are compared by their checksums, which the " +
		"server computes or which are made of what is fetched. Nothing is deleted.",
	Examples: []command.Example{{Line: "du -sh pub", Says: "the sum of a tree"}, {Line: "du -d 1", Says: "of each directory here"}, {Line: "du --duplicates pub", Says: "which files are there twice"}},
	Max:      -1, Complete: []completion.Kind{completion.RemotePath}, Wire: command.Verbs(hashVerbs, command.ListVerbs, command.Sends("DSIZ", "RETR")), Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined, Run: du,
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("summarize", "s", false, "only the sum of each path")
		fs.BoolP("all", "a", false, "files, too")
		fs.BoolP("bytes", "b", false, "in bytes")
		fs.BoolP("human", "h", false, "such as 80M")
		fs.BoolP("kilobytes", "k", false, "in units of 1024 bytes, as without it")
		fs.BoolP("megabytes", "m", false, "in units of 1024 kilobytes")
		fs.Bool("duplicates", false, "files with the same contents")
		fs.Bool("read", false, "with --duplicates fetch the files, whatever the server computes or is known")
		fs.IntP("max-depth", "d", math.MaxInt, "show nothing deeper than `N` directories")
	},
})

func du(ctx context.Context, c *command.Call) error {
	most, _ := c.Flags.GetInt("max-depth")
	if c.Is("summarize") {
		most = 0
	}
	if c.Is("duplicates") {
		return duplicates(ctx, c, rootsOf(c))
	}
	return eachOf(ctx, slices.Values(rootsOf(c)), func(root string) error {
		if done, err := usageThere(ctx, c, root, most); done {
			return err
		}
		u := &usageSum{call: c, most: most}
		t := &tree{call: c, most: math.MaxInt, before: u.enter, after: u.leave}
		return t.walk(ctx, root)
	})
}

// usageThere asks the server for the sum of a directory, where only that is wanted and it can tell (DSIZ).
func usageThere(ctx context.Context, c *command.Call, root string, most int) (done bool, err error) {
	if most != 0 || c.Is("all") || c.JSON() || !c.Session().Features().Has("DSIZ") {
		return false, nil
	}
	n, err := c.Session().Server().DirSize(ctx, root)
	if err != nil { // a file, or a server that says more than it does
		return ctx.Err() != nil, ctx.Err()
	}
	return true, c.Print("%s\t%s", usageText(c, n), root)
}

// usageSum adds up sizes on the way back from the leaves.
type usageSum struct {
	call *command.Call
	most int
	sums []sum // of the directories that we are in
}

type sum struct{ size, files int64 }

func (u *usageSum) enter(string, listing.Entry, int) error {
	u.sums = append(u.sums, sum{})
	return nil
}

func (u *usageSum) leave(path string, e listing.Entry, depth int, _ bool) error {
	last := len(u.sums) - 1
	total := u.sums[last]
	u.sums = u.sums[:last]
	if e.Type != listing.Dir {
		total = sum{max(e.Size, 0), 1}
	}
	if last > 0 {
		u.sums[last-1].size += total.size
		u.sums[last-1].files += total.files
	}
	if depth > u.most || e.Type != listing.Dir && !u.call.Is("all") && depth > 0 {
		return nil
	}
	return showUsage(u.call, path, total)
}

func showUsage(c *command.Call, path string, s sum) error {
	o := struct {
		Name  string `json:"name"`
		Size  int64  `json:"size"`
		Files int64  `json:"files"`
	}{path, s.size, s.files}
	return command.Result(c, o, "%s\t%s", usageText(c, s.size), path)
}

// usageText writes a size as the options want it.
func usageText(c *command.Call, n int64) string {
	switch {
	case c.Is("human"):
		return render.Size(n)
	case c.Is("bytes"):
		return strconv.FormatInt(n, 10)
	case c.Is("megabytes"):
		return strconv.FormatInt((n+1<<20-1)>>20, 10)
	}
	return strconv.FormatInt((n+1023)/1024, 10)
}

// duplicates shows the files of trees that hold the same bytes, one group after the other, the largest first: du
// --duplicates. Only files of the same size are looked into. Empty files are no copies of each other, nor are two names
// that the server says are one file (the fact unique, RFC 3659 section 7.5.7).
func duplicates(ctx context.Context, c *command.Call, roots []string) error {
	if c.Is("summarize") || c.Is("all") || c.Flags.Changed("max-depth") {
		return c.Usage("--duplicates goes through whole trees")
	}
	t := &sumsThere{call: c, dir: ".", since: time.Now()}
	files, err := filesBelow(ctx, t, roots)
	if err != nil {
		return err
	}
	sizes := map[int64]int{}
	for _, f := range files {
		sizes[f.was.Size]++
	}
	files = slices.DeleteFunc(files, func(f *summed) bool { return sizes[f.was.Size] < 2 })
	groups := map[string][]*summed{}
	var errs []error
	err = t.sums(ctx, files, func(f *summed) error {
		if f.err != nil {
			errs = append(errs, failure.About(f.path, f.err))
			return ctx.Err()
		}
		groups[string(f.sum)] = append(groups[string(f.sum)], f)
		return nil
	})
	if err != nil {
		return err
	}
	return failure.Several(append(errs, showDuplicates(c, groups))...)
}

// filesBelow are the files of some trees, each once, that have something in them.
func filesBelow(ctx context.Context, t *sumsThere, roots []string) (files []*summed, err error) {
	seen := map[string]bool{}
	for _, root := range roots {
		list, err := t.below(ctx, root)
		if err != nil {
			return nil, failure.About(root, err)
		}
		for _, f := range list {
			f.algorithm = client.SHA256
			same := t.call.Absolute(f.path)
			if f.was.Unique != "" {
				same = "\x00" + f.was.Unique
			}
			if f.was.Size > 0 && !seen[same] {
				seen[same] = true
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// below are the files of a tree, or the one file of that name, with their whole paths.
func (t *sumsThere) below(ctx context.Context, root string) ([]*summed, error) {
	if strings.Trim(root, "/.") != "" {
		e, err := t.call.Session().Stat(ctx, root)
		if err != nil || e.Type != listing.Dir {
			return []*summed{{path: root, was: e}}, err
		}
	}
	tree := &sumsThere{call: t.call, dir: root}
	files, err := tree.list(ctx)
	for _, f := range files {
		f.path = tree.there(f)
	}
	return files, err
}

// showDuplicates prints the groups of more than one, and sums up.
func showDuplicates(c *command.Call, bySum map[string][]*summed) error {
	var groups [][]*summed
	copies, bytes := 0, int64(0)
	for _, group := range bySum {
		if n := len(group) - 1; n > 0 {
			groups = append(groups, group)
			copies, bytes = copies+n, bytes+int64(n)*group[0].was.Size
		}
	}
	slices.SortFunc(groups, func(a, b []*summed) int {
		return cmp.Or(cmp.Compare(b[0].was.Size, a[0].was.Size), strings.Compare(a[0].path, b[0].path))
	})
	for i, group := range groups {
		if i > 0 && !c.JSON() {
			if err := c.Print(""); err != nil {
				return err
			}
		}
		for _, f := range group {
			o := newSumObject("", f.entry(), manifest.Entry{}, f.how)
			if err := command.Result(c, o, "%s\t%s", usageText(c, f.was.Size), f.path); err != nil {
				return err
			}
		}
	}
	if copies > 0 && !c.JSON() {
		c.Note("%s of %s: %s could be freed", command.Plural(copies, "copy", "copies"), command.Plural(len(groups), "file", "files"), render.Size(bytes))
	}
	return nil
}
