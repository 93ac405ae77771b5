package commands

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
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
