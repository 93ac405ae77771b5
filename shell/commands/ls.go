package commands

import (
	"cmp"
	"context"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "ls", Theme: "look around", Args: "[path [local-file]]", Short: "list a directory", Long: listLong, JSON: true,
	Examples: []command.Example{
		{Line: "ls -lt", Says: "the newest first, with sizes and times"},
		{Line: "ls *.txt", Says: "only some"},
		{Line: "ls -l > list.txt", Says: "into a local file"},
		{Line: "ls | wc -l", Says: "count them"},
	},
	Max: 2, Flags: listFlags, Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire: command.ListVerbs, Needs: command.Login, Reach: command.WholeLine, Foreign: command.Confined, Run: func(ctx context.Context, c *command.Call) error { return list(ctx, c, c.Is("long")) },
})

const listLong = "The names are in columns at a terminal and one on a line elsewhere; names that begin with a dot need -a. " +
	"A pattern is matched here, not by the server.\n" +
	"A second argument is a local file for the result, as in ftp(1); - is the screen, and \"|command\" a local command.\n" +
	"Away from a terminal the long form has the nine columns of ls -l whatever the server tells: mode, links, owner, group, size, " +
	"month, day, time or year, name. What is not known is a dash."

func listFlags(fs *pflag.FlagSet) {
	fs.BoolP("long", "l", false, "sizes, times, owners")
	fs.BoolP("all", "a", false, "names that begin with a dot too")
	fs.BoolP("almost-all", "A", false, "the same; . and .. are never shown")
	fs.BoolP("vertical", "C", false, "in columns, as at a terminal")
	fs.BoolP("human", "h", false, "sizes such as 80M")
	fs.BoolP("time", "t", false, "newest first")
	fs.BoolP("size", "S", false, "largest first")
	fs.BoolP("reverse", "r", false, "the other way round")
	fs.BoolP("one", "1", false, "one name on a line")
	fs.BoolP("classify", "F", false, "mark directories (/), links (@) and programs (*)")
	fs.Bool("fresh", false, "ask the server, whatever is remembered (see cache)")
	fs.BoolP("directory", "d", false, "the directory itself, not what is in it")
	lookFlags(fs)
}

func list(ctx context.Context, c *command.Call, long bool) error {
	c.Long = long
	done, err := redirect(ctx, c, 1)
	if err != nil {
		return err
	}
	var entries []listing.Entry
	var word syntax.Token
	if len(c.Args) > 0 {
		word = c.Args[0]
	}
	if entries, err = listed(ctx, c, word); err == nil || len(entries) > 0 {
		err = cmp.Or(err, writeList(c, entries, long))
	}
	return done(err)
}

// listed returns the entries that a word stands for: those of a directory, or
// those that match a pattern, under the names as the pattern gives them.
func listed(ctx context.Context, c *command.Call, word syntax.Token) ([]listing.Entry, error) {
	switch {
	case word.Pattern != "" && c.Shell.Settings.Glob:
		names, err := c.Expand(ctx, []syntax.Token{word})
		entries := make([]listing.Entry, 0, len(names))
		for _, name := range names {
			if name.Entry != nil {
				e := *name.Entry
				e.Name = name.Path
				entries = append(entries, e)
			}
		}
		return entries, err
	case c.Is("recursive"):
		return listTree(ctx, c, word.Text)
	case c.Is("directory"):
		e, err := itself(ctx, c, command.OrDot(word.Text))
		if err != nil {
			return nil, failure.About(word.Text, err)
		}
		return []listing.Entry{e}, nil
	}
	entries, err := listKept(ctx, c, word.Text)
	if word.Text != "" {
		err = failure.About(word.Text, err)
	}
	if len(entries) == 1 && entries[0].Name == word.Text {
		return entries, err // it is a file, named by the user, dot or not
	}
	return visibleEntries(c, entries), err
}

// itself describes a directory or a file as an entry. Mode and owner of a directory stand in the
// listing of the one above it, where the server has no MLST that names them.
func itself(ctx context.Context, c *command.Call, name string) (listing.Entry, error) {
	e, err := c.Session().Stat(ctx, name)
	whole := path.Clean(c.Absolute(name))
	if err != nil || !c.Long || e.HasMode && e.Type == listing.Dir || !path.IsAbs(whole) || whole == "/" {
		return e, err
	}
	above, err := c.List(ctx, path.Dir(whole), true)
	if err != nil {
		return e, nil // it may not be read; what is known is shown
	}
	for _, found := range above {
		if found.Name == path.Base(whole) {
			found.Name = e.Name
			return found, nil
		}
	}
	return e, nil
}

// showsAll reports whether names that begin with a dot are wanted.
func showsAll(c *command.Call) bool { return c.Is("all") || c.Is("almost-all") }

// visibleEntries leaves out what is only shown with -a.
func visibleEntries(c *command.Call, entries []listing.Entry) []listing.Entry {
	if showsAll(c) {
		return entries
	}
	return slices.DeleteFunc(entries, func(e listing.Entry) bool { return strings.HasPrefix(e.Name, ".") })
}

// writeList shows entries as the flags want them.
func writeList(c *command.Call, entries []listing.Entry, long bool) error {
	l := render.List{Long: long, Human: c.Is("human") || c.Screen && c.Shell.Settings.Human, Header: c.Is("header"), Classify: c.Is("classify"), Reverse: c.Is("reverse"), By: listingOrder(c)}
	var err error
	if l.Style, err = timeStyle(c); err != nil {
		return err
	}
	if c.JSON() {
		render.Sort(entries, l.By, l.Reverse)
		return printObjects(c, entries)
	}
	if look := listingView(c); look != nil {
		render.Sort(entries, l.By, l.Reverse)
		return look(c, l, entries)
	}
	l.Raw = c.Bytes // a pipe gets the bytes of the names, as from find and --csv
	if l.Fixed = !c.Screen; c.Screen {
		if c.Shell.Settings.QC {
			entries = withoutControls(entries)
		}
		if !c.Is("one") {
			l.Width = c.Shell.Console.Width()
		}
	}
	if c.Is("vertical") {
		l.Width = c.Shell.Console.Width()
	}
	if l.Color = listingColours(c); l.Color {
		l.Colours = render.ParseColours(os.Getenv("LS_COLORS"))
	}
	return l.Write(c.Out, entries)
}

// withoutControls puts ? in place of control characters, as the setting qc says.
func withoutControls(entries []listing.Entry) []listing.Entry {
	plain := slices.Clone(entries)
	for i := range plain {
		plain[i].Name = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return '?'
			}
			return r
		}, plain[i].Name)
	}
	return plain
}

func printObjects(c *command.Call, entries []listing.Entry) error {
	for _, e := range entries {
		if err := c.Object(render.Entry(e)); err != nil {
			return err
		}
	}
	return nil
}

// redirect sends the result to the local file that the argument at i names, and
// returns what to call at the end. At a terminal it asks before, as ftp(1) does:
// a second name is often meant as one more to list.
func redirect(ctx context.Context, c *command.Call, i int) (done func(error) error, err error) {
	if i >= len(c.Args) {
		return func(err error) error { return err }, nil
	}
	word := c.Args[i]
	c.Args = c.Args[:i]
	_, missing := c.Shell.Folder().Stat(LocalPath(word)) // one that is there is asked about as such
	if missing != nil && c.Interactive() && c.Shell.Settings.Prompt && word.Text != "-" && !strings.HasPrefix(word.Text, "|") &&
		!c.Confirm(ctx, "write the list to the local file "+word.Text+"?") {
		return nil, c.Usage("one path at a time")
	}
	out, err := localOutput(ctx, c, word)
	if err != nil {
		return nil, err
	}
	return out.End, nil
}

// localOutput directs the result to what the user typed as a local name: a
// file, - for the screen, |command for a local command.
func localOutput(ctx context.Context, c *command.Call, word syntax.Token) (*command.LocalFile, error) {
	if word.Text == "-" {
		return &command.LocalFile{WriteCloser: command.Unclosed{Writer: c.Out}}, nil
	}
	var out *command.LocalFile
	var err error
	if cmd, isPipe := strings.CutPrefix(word.Text, "|"); isPipe {
		var in io.WriteCloser
		in, err = c.PipeTo(ctx, cmd)
		out = &command.LocalFile{WriteCloser: in}
	} else {
		out, err = c.IntoFile(ctx, LocalPath(word), 0o666, false)
	}
	if err == nil {
		c.Into(out)
	}
	return out, err
}

func mls(ctx context.Context, c *command.Call, long bool) error {
	c.Long = long
	file := len(c.Args) - 1
	if c.Piped() {
		file++ // there is none
	}
	done, err := redirect(ctx, c, file)
	if err != nil {
		return err
	}
	return done(eachOf(ctx, slices.Values(c.Args), func(word syntax.Token) error {
		entries, err := listed(ctx, c, word)
		if err = c.Skips(err); err == nil || len(entries) > 0 {
			err = cmp.Or(err, writeList(c, entries, long))
		}
		return err
	}))
}
