package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

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
	return failure.Several(append(errs, showDuplicates(c, groups)))
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
		if more := b[0].was.Size - a[0].was.Size; more != 0 {
			return int(max(-1, min(more, 1)))
		}
		return strings.Compare(a[0].path, b[0].path)
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
