package commands

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "lls", Theme: "this computer", Args: "[argument…]", Short: "list local files, with the system's ls if it has one",
	Max: -1, Complete: []completion.Kind{completion.LocalPath}, Program: true, Foreign: command.Refused, Run: lls,
})

// lls lists local files with the system's ls, and by itself where there is none: on Windows.
func lls(ctx context.Context, c *command.Call) error {
	if _, err := exec.LookPath("ls"); err != nil {
		return ownLls(ctx, c)
	}
	var args []string
	if c.Screen && c.Shell.Console.ColorOut() {
		args = append(args, "--color=auto")
	}
	for _, arg := range c.Args {
		names, err := LocalNames(ctx, c.Shell, arg)
		if err != nil {
			return err
		}
		args = append(args, names...)
	}
	cmd := exec.CommandContext(ctx, "ls", args...)
	cmd.Dir = c.Shell.LocalDir
	if c.Screen {
		return runLocal(c, cmd)
	}
	out, end := plainOut(c, false) // ls knows nothing of a terminal behind us
	c.Out = out
	return cmp.Or(runLocal(c, cmd), end())
}

// ownLls knows -l and -a, and names. A folder is opened, and has its name above when it is not alone.
func ownLls(ctx context.Context, c *command.Call) error {
	long, all, names, err := lsWords(ctx, c)
	if err != nil {
		return err
	}
	list := render.List{
		Long: long, Raw: c.Bytes, Color: c.Screen && c.Shell.Console.ColorOut(), Colours: render.ParseColours(os.Getenv("LS_COLORS")),
	}
	if c.Screen && !long {
		list.Width = c.Shell.Console.Width()
	}
	var files, inside []listing.Entry
	var errs []error
	for _, name := range names {
		info, err := os.Stat(c.Shell.Local(name))
		switch {
		case err != nil:
		case info.IsDir():
			var found []listing.Entry
			if found, err = localDir(c.Shell.Local(name), all); len(names) > 1 {
				for k := range found {
					found[k].Dir = filepath.ToSlash(name)
				}
			}
			inside = append(inside, found...)
		default:
			e := listing.OfFile(info)
			e.Name = name
			files = append(files, e)
		}
		errs = append(errs, err)
	}
	for _, entries := range [][]listing.Entry{files, inside} {
		if len(entries) > 0 {
			errs = append(errs, list.Write(c.Out, entries))
		}
	}
	return errors.Join(errs...)
}

// lsWords are the options -l and -a, and the names, "." where there is none.
func lsWords(ctx context.Context, c *command.Call) (long, all bool, names []string, err error) {
	for _, arg := range c.Args {
		if letters, is := strings.CutPrefix(arg.Text, "-"); is && letters != "" && arg.Lead == 0 {
			if strings.Trim(letters, "la1") != "" {
				return false, false, nil, c.Usage("%s: without a program ls there are -l and -a only", arg.Text)
			}
			long, all = long || strings.Contains(letters, "l"), all || strings.Contains(letters, "a")
			continue
		}
		found, err := LocalNames(ctx, c.Shell, arg)
		if err != nil {
			return false, false, nil, err
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	return long, all, names, nil
}

// localDir is what a local folder holds, without hidden files unless all of them are wanted.
func localDir(dir string, all bool) (found []listing.Entry, err error) {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !all && strings.HasPrefix(entry.Name(), ".") {
			continue // gone meanwhile, or hidden
		}
		e := listing.OfFile(info)
		if e.Type == listing.Link {
			e.Target, _ = os.Readlink(filepath.Join(dir, entry.Name()))
		}
		found = append(found, e)
	}
	return found, err
}
