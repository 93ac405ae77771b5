package commands

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "tree", Theme: "look around", Args: "[directory]", Short: "draw a tree of directories",
	Long:     "Links are shown, not followed. Ctrl-C ends it; what has been drawn stays. With --json each name is an object, as those of `find`.",
	Examples: []command.Example{{Line: "tree -L 2 pub", Says: "two levels of it"}, {Line: "tree -dh", Says: "only the directories, from here"}},
	Max:      1, JSON: true, Flags: treeFlags, Complete: []completion.Kind{completion.RemoteDir}, Wire: command.ListVerbs, Needs: command.Login, Foreign: command.Confined, Run: drawTree,
})

func treeFlags(fs *pflag.FlagSet) {
	fs.BoolP("all", "a", false, "names that begin with a dot, too")
	fs.BoolP("directories", "d", false, "directories only")
	fs.BoolP("human", "h", false, "with sizes")
	fs.BoolP("classify", "F", false, "mark directories (/), links (@) and programs (*)")
	fs.IntP("level", "L", math.MaxInt, "no deeper than `N` directories")
}

// A drawing is a tree on its way to the screen.
type drawing struct {
	*command.Call
	list  render.List
	level int
	limbs [4]string // a branch, the last one, a bar beside what follows, nothing beside it

	dirs, files int
	errs        []error
}

var (
	unicodeLimbs = [4]string{"├── ", "└── ", "│   ", "    "}
	asciiLimbs   = [4]string{"|-- ", "`-- ", "|   ", "    "}
)

func drawTree(ctx context.Context, c *command.Call) error {
	d := &drawing{Call: c, limbs: asciiLimbs}
	d.list = render.List{
		Classify: c.Is("classify"), Color: c.Screen && c.Shell.Console.ColorOut(),
		Colours: render.ParseColours(os.Getenv("LS_COLORS")),
	}
	d.level, _ = c.Flags.GetInt("level")
	if command.DrawsUnicode(c.Shell) {
		d.limbs = unicodeLimbs
	}
	if !c.JSON() {
		if err := c.Print("%s", command.OrDot(c.Arg(0))); err != nil {
			return err
		}
	}
	if err := d.inside(ctx, c.Arg(0), "", 1); err != nil {
		return failure.Several(append(d.errs, err)...)
	}
	c.Note("%s, %s", command.Plural(d.dirs, "directory", "directories"), command.Plural(d.files, "file", "files"))
	return failure.Several(d.errs...)
}

// inside draws what is in a directory, behind the limbs of those above.
func (d *drawing) inside(ctx context.Context, dir, above string, depth int) error {
	if depth > d.level {
		return nil
	}
	if err := goDeeper(d.Call, depth); err != nil {
		d.errs = append(d.errs, failure.About(dir, err))
		return nil
	}
	entries, err := d.Call.List(ctx, dir, d.Is("all"))
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		d.errs = append(d.errs, failure.About(command.OrDot(dir), err))
	}
	if err := command.Unread(dir, entries); err != nil {
		d.errs = append(d.errs, err)
	}
	entries = d.wanted(entries)
	render.Sort(entries, render.ByName, false)
	for i := range entries {
		last := i == len(entries)-1
		if err := d.entry(ctx, dir, above, &entries[i], last, depth); err != nil {
			return err
		}
	}
	return nil
}

func (d *drawing) entry(ctx context.Context, dir, above string, e *listing.Entry, last bool, depth int) error {
	limb, beside := d.limbs[0], d.limbs[2]
	if last {
		limb, beside = d.limbs[1], d.limbs[3]
	}
	if err := d.line(dir, above+limb, e); err != nil {
		return err
	}
	if e.Type != listing.Dir {
		d.files++
		return nil
	}
	d.dirs++
	if !command.IsPlain(e.Name) {
		return nil
	}
	return d.inside(ctx, command.JoinRemote(dir, e.Name), above+beside, depth+1)
}

// line shows one name, behind its limbs.
func (d *drawing) line(dir, limbs string, e *listing.Entry) error {
	if d.JSON() {
		there := *e
		there.Name = command.JoinRemote(dir, e.Name)
		return d.Object(render.Entry(there))
	}
	size := ""
	if d.Is("human") && e.Type == listing.File {
		size = fmt.Sprintf("[%5s]  ", render.Size(e.Size))
	}
	_, err := io.WriteString(d.Out, limbs+size+d.list.Line(e)+"\n")
	return err
}

func (d *drawing) wanted(entries []listing.Entry) []listing.Entry {
	return slices.DeleteFunc(visibleEntries(d.Call, entries), func(e listing.Entry) bool {
		return command.IsDot(&e) || e.Type == listing.Unparsed || e.Type != listing.Dir && d.Is("directories")
	})
}
