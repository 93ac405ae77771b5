package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/textdiff"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "diff", Theme: "look around", Args: "remote [other]", Short: "show how a file, or a tree, on the server differs from the one here", JSON: true,
	Long: "`---` is the server and `+++` is here: `+` is what `put` would bring. The other one is here under the same name, unless it " +
		"is named; NAME:path is on another session, :path on this one. In trees (-r) files of the same size and time " +
		"are taken to be the same, unless --content is given.\n" +
		"It succeeds when nothing differs, and its status is 1 when something does.",
	Examples: []command.Example{
		{Line: "diff css/a.css", Says: "the one there and the one here"},
		{Line: "diff config.old :config.new", Says: "two on the server"},
		{Line: "diff -r --stat www site", Says: "two trees"},
	},
	Min: 1, Max: 2, Ask: []string{"remote-file"}, Flags: diffFlags,
	Complete: []completion.Kind{completion.RemotePath, completion.LocalPath}, Wire: getVerbs, Needs: command.Login, Foreign: command.Confined, Run: diff,
})

func diffFlags(fs *pflag.FlagSet) {
	fs.BoolP("recursive", "r", false, "compare trees")
	fs.IntP("unified", "U", 3, "`N` lines around what differs")
	fs.BoolP("brief", "q", false, "only say which files differ")
	fs.BoolP("space", "b", false, "ignore changes in the amount of white space")
	fs.BoolP("reverse", "R", false, "the other way round: `+` is what the server has more")
	fs.Bool("stat", false, "how many lines differ in each file")
	fs.Bool("name-status", false, "a letter for each file: M differs, D only there, A only here")
	fs.Bool("content", false, "with -r: read all files")
	fs.BoolP("new-file", "N", false, "a file that one side lacks is taken for an empty one")
	fs.BoolP("unified-form", "u", false, "as it is anyway")
	fs.Lookup("unified-form").Hidden = true
	fs.String("combined", "", "with -r: a line for each file into the local `FILE`: = the same, - only there, + only here, * differs, ! not compared")
	command.NamesPath(fs, "combined", completion.LocalPath)
}

// errDiffer is the end of a command that has shown what differs, and said so by its status.
var errDiffer = failure.Shown(errors.New("they differ"))

// diffSide is one of two things that are compared.
type diffSide struct {
	session string // "": it is here
	remote  bool
	path    string
}

// diffObject is a file that differs, as --json shows it.
type diffObject struct {
	Name    string `json:"name"`
	Status  string `json:"status"` // differs, only there, only here
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Binary  bool   `json:"binary,omitempty"`
}

// diffing is one run of diff.
type diffing struct {
	call        *command.Call
	there, here diffSide
	differ      int
	onlyThere   int
	onlyHere    int
	same        int
	combined    io.Writer // takes a line for each file of a tree; nil: nobody does
}

func diff(ctx context.Context, c *command.Call) error {
	if n, _ := c.Flags.GetInt("unified"); n < 1 || n > 10_000 {
		return c.Usage("-U takes a number from 1 to 10000")
	}
	g := &diffing{call: c}
	var err error
	if g.there, err = g.side(ctx, c.Args[0], true); err != nil {
		return err
	}
	switch {
	case len(c.Args) == 2:
		g.here, err = g.side(ctx, c.Args[1], false)
	default:
		name := path.Base(g.there.path)
		if !command.IsPlain(name) {
			return c.Usage("%s has no name here: which directory?", c.Arg(0))
		}
		g.here.path, err = LocalName(c.Shell, "", name)
	}
	if err != nil {
		return err
	}
	switch {
	case c.Is("recursive"):
		err = g.treesInto(ctx, c.Value("combined"))
	case c.Given("combined"):
		return c.Usage("--combined is for trees: -r")
	default:
		err = g.files(ctx)
	}
	if err == nil && g.differ+g.onlyThere+g.onlyHere > 0 {
		return errDiffer
	}
	return err
}

// side reads a word. The first one is on the server.
func (g *diffing) side(ctx context.Context, word syntax.Token, remote bool) (diffSide, error) {
	sh := g.call.Shell
	if name, path, is := sh.Named(word); is {
		return diffSide{name, true, path.Text}, command.OpenNamed(ctx, sh, name)
	}
	if remote {
		return diffSide{sh.Name, true, word.Text}, nil
	}
	return diffSide{path: LocalPath(word)}, nil
}

// file is a file that is open on a side.
type diffFile struct {
	io.Reader
	close func(whole bool) error
	label string
	size  int64
}

// open opens a file of a side. A second file of the same session gets a session of its own.
func (g *diffing) open(ctx context.Context, s diffSide, name string, apart bool) (*diffFile, error) {
	if !s.remote {
		return g.openHere(ctx, name)
	}
	var f *diffFile
	err := g.call.Shell.On(s.session, func() (err error) {
		f, err = g.openThere(ctx, name, apart)
		return err
	})
	return f, failure.About(name, err)
}

// openThere opens a file of the server; apart does so over a session of its own.
func (g *diffing) openThere(ctx context.Context, name string, apart bool) (_ *diffFile, err error) {
	c := g.call
	if err := c.Shell.Needs(command.Login); err != nil {
		return nil, err
	}
	from, done := c.Session(), func() {}
	if apart {
		if from, err = from.Clone(ctx); err != nil {
			return nil, err
		}
		done = func() { from.Close() }
	}
	e, err := from.Stat(ctx, name)
	if err == nil && e.Type == listing.Dir {
		err = &failure.UsageError{Text: "is a directory", Hint: "`diff -r` compares trees"}
	}
	if err != nil {
		done()
		return nil, err
	}
	back := inBytes(from)
	d, err := from.Retrieve(ctx, name, 0)
	back()
	if err != nil {
		done()
		return nil, err
	}
	label := c.Shell.Address.Host + ":" + c.Absolute(name)
	return &diffFile{Reader: d, label: label + stamped(e.Time, e.Precision >= listing.Second), size: e.Size, close: func(whole bool) error {
		defer done()
		return endData(d, whole)
	}}, nil
}

func (g *diffing) openHere(ctx context.Context, name string) (*diffFile, error) {
	file, err := g.call.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = &failure.UsageError{Text: name + " is a directory", Hint: "`diff -r` compares trees"}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &diffFile{Reader: file, label: name + stamped(info.ModTime(), true), size: info.Size(), close: func(bool) error { return file.Close() }}, nil
}

// stamped is a time behind a name, as diff -u has it.
func stamped(t time.Time, exact bool) string {
	if t.IsZero() || !exact {
		return ""
	}
	return "\t" + t.UTC().Format("2006-01-02 15:04:05 Z")
}

// files compares the two that were named.
func (g *diffing) files(ctx context.Context) error {
	there, here := g.there.path, g.here.path
	if !g.here.remote && g.call.Shell.Folder().IsDir(here) {
		here = filepath.Join(here, path.Base(there))
	}
	return g.pair(ctx, there, here, there)
}

// pair compares a file on both sides.
func (g *diffing) pair(ctx context.Context, there, here, name string) error {
	a, err := g.orEmpty(g.open(ctx, g.there, there, false))
	if err != nil {
		return err
	}
	b, err := g.orEmpty(g.open(ctx, g.here, here, g.here.remote && g.here.session == g.there.session))
	if err != nil {
		_ = a.close(false)
		return err
	}
	whole, err := g.compare(a, b, name)
	errA, errB := a.close(whole), b.close(whole)
	return failure.About(name, failure.Several(err, errA, errB))
}

// orEmpty makes an empty file of one that is not there, with -N.
func (g *diffing) orEmpty(f *diffFile, err error) (*diffFile, error) {
	if err != nil && g.call.Is("new-file") && (errors.Is(err, fs.ErrNotExist) || client.IsCode(err, 550)) {
		return &diffFile{Reader: strings.NewReader(""), label: "/dev/null", close: func(bool) error { return nil }}, nil
	}
	return f, err
}

// compare compares two open files. It reports whether both were read to their end.
func (g *diffing) compare(a, b *diffFile, name string) (whole bool, err error) {
	old, err := io.ReadAll(io.LimitReader(a, textdiff.MostBytes+1))
	if err != nil {
		return false, err
	}
	new, err := io.ReadAll(io.LimitReader(b, textdiff.MostBytes+1))
	if err != nil {
		return false, err
	}
	if !textdiff.IsText(old) || !textdiff.IsText(new) {
		at, differ, err := textdiff.First(io.MultiReader(bytes.NewReader(old), a), io.MultiReader(bytes.NewReader(new), b))
		if err != nil || !differ {
			g.same++
			return err == nil, err
		}
		return false, g.binary(name, at)
	}
	context, _ := g.call.Flags.GetInt("unified")
	from, to := a.label, b.label
	if g.call.Is("reverse") {
		old, new, from, to = new, old, to, from
	}
	d, err := textdiff.Compare(from, to, old, new, textdiff.Options{Context: context, Blanks: g.call.Is("space")})
	if err != nil || d.Unified == "" {
		g.same++
		return true, err
	}
	return true, g.text(name, d)
}

// binary tells of two files that are no texts.
func (g *diffing) binary(name string, at int64) error {
	g.differ++
	return g.tell("M", diffObject{Name: name, Status: "differs", Binary: true}, "%s: binary files differ, first at byte %d", name, at)
}

// tell shows a file that differs: as an object, as a letter, or in words.
func (g *diffing) tell(letter string, o diffObject, format string, args ...any) error {
	if g.call.Is("name-status") && !g.call.JSON() {
		return g.call.Print("%s  %s", letter, o.Name)
	}
	return command.Result(g.call, o, format, args...)
}

// text tells of two texts.
func (g *diffing) text(name string, d textdiff.Difference) error {
	c := g.call
	g.differ++
	o := diffObject{Name: name, Status: "differs", Added: d.Added, Removed: d.Removed}
	switch {
	case c.JSON(), c.Is("name-status"), c.Is("brief"):
		return g.tell("M", o, "%s differs", name)
	case c.Is("stat"):
		return c.Print("%s  +%d -%d", name, d.Added, d.Removed)
	}
	if d.OnlyEnds {
		c.Note("%s: only the ends of lines differ (CR); `diff -b` leaves them out", name)
	}
	for line := range strings.Lines(d.Unified) {
		if err := g.line(strings.TrimSuffix(line, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// line shows a line of the unified form, on a screen in its colour.
func (g *diffing) line(line string) error {
	c := g.call
	if !c.Screen || !c.Shell.Console.ColorOut() || line == "" {
		return c.Print("%s", line)
	}
	colours := map[byte]render.Colour{'-': render.Red, '+': render.Green, '@': render.Cyan}
	colour, is := colours[line[0]]
	if strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "+++ ") {
		colour, is = render.Bold, true
	}
	text := render.SafeLines(line)
	if is {
		text = colour.Paint(true, text)
	}
	_, err := fmt.Fprintln(c.Out, text)
	return err
}

// treesInto compares two trees, with a line for each file in a local one; "" is none.
func (g *diffing) treesInto(ctx context.Context, name string) error {
	if name == "" {
		return g.trees(ctx)
	}
	file, err := g.call.IntoFile(ctx, name, 0o666, false)
	if err != nil {
		return err
	}
	g.combined = file
	err = g.trees(ctx)
	return failure.Several(err, file.End(ctx.Err())) // what could not be compared has its line, too
}

// mark writes the line of a file for --combined. Names have their control characters escaped, so that each has one line.
func (g *diffing) mark(sign, name string, err error) error {
	if g.combined == nil {
		return err
	}
	if err != nil {
		sign = "!"
	}
	_, failed := fmt.Fprintf(g.combined, "%s %s\n", sign, render.Safe(name))
	return failure.Several(err, failed)
}

// trees compares two trees.
func (g *diffing) trees(ctx context.Context) error {
	c := g.call
	there, err := g.tree(ctx, g.there)
	if err != nil {
		return err
	}
	here, err := g.tree(ctx, g.here)
	if err != nil {
		return err
	}
	names := maps.Clone(there)
	maps.Copy(names, here)
	err = eachOf(ctx, slices.Values(slices.Sorted(maps.Keys(names))), func(name string) error {
		return g.entry(ctx, name, there, here)
	})
	if !c.JSON() && !c.Is("name-status") {
		c.Note("%d differ, %d only there, %d only here; %d the same", g.differ, g.onlyThere, g.onlyHere, g.same)
	}
	return err
}

// entry compares what has a name on both sides, or tells that only one has it.
func (g *diffing) entry(ctx context.Context, name string, there, here map[string]listing.Entry) error {
	a, isThere := there[name]
	b, isHere := here[name]
	alone := !g.call.Is("new-file") || a.Type == listing.Dir || b.Type == listing.Dir
	switch {
	case !isHere && alone:
		g.onlyThere++
		return g.mark("-", name, g.only(name, "only there", "D"))
	case !isThere && alone:
		g.onlyHere++
		return g.mark("+", name, g.only(name, "only here", "A"))
	case !isHere, !isThere:
	case a.Type != b.Type:
		g.differ++
		return g.mark("*", name, g.only(name, "differs", "M"))
	case a.Type == listing.Dir:
		return nil
	case a.Type != listing.File, !g.call.Is("content") && a.Size == b.Size && a.Size >= 0 && closeTimes(a, b):
		g.same++
		return g.mark("=", name, nil)
	}
	local := filepath.Join(g.here.path, filepath.FromSlash(name))
	if g.here.remote {
		local = command.JoinRemote(g.here.path, name)
	}
	before := g.differ
	err := g.pair(ctx, command.JoinRemote(g.there.path, name), local, name)
	if g.differ > before {
		return g.mark("*", name, err)
	}
	return g.mark("=", name, err)
}

// closeTimes reports whether two times are the same as far as both are known.
func closeTimes(a, b listing.Entry) bool {
	apart := map[listing.Precision]time.Duration{listing.Day: 24 * time.Hour, listing.Minute: time.Minute}
	limit := max(apart[a.Precision], apart[b.Precision], time.Second)
	return !a.Time.IsZero() && !b.Time.IsZero() && a.Precision != listing.NoTime && a.Time.Sub(b.Time).Abs() < limit
}

func (g *diffing) only(name, status, letter string) error {
	return g.tell(letter, diffObject{Name: name, Status: status}, "%s: %s", status, name)
}

// tree lists what is below a side, by path.
func (g *diffing) tree(ctx context.Context, s diffSide) (map[string]listing.Entry, error) {
	all := map[string]listing.Entry{}
	if !s.remote {
		return all, g.treeHere(ctx, s.path, all)
	}
	err := g.call.Shell.On(s.session, func() error {
		if err := g.call.Shell.Needs(command.Login); err != nil {
			return err
		}
		t := &tree{call: g.call, most: g.call.Shell.Settings.MaxDepth + 1, before: func(at string, e listing.Entry, depth int) error {
			if depth > 0 {
				all[strings.TrimPrefix(strings.TrimPrefix(at, s.path), "/")] = e
			}
			return nil
		}}
		return t.walk(ctx, s.path)
	})
	return all, err
}

// treeHere lists what is below a local directory.
func (g *diffing) treeHere(ctx context.Context, root string, all map[string]listing.Entry) error {
	folder := g.call.Shell.Folder()
	var look func(dir string, depth int) error
	look = func(dir string, depth int) error {
		if err := errors.Join(ctx.Err(), goDeeper(g.call, depth)); err != nil {
			return err
		}
		entries, err := folder.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		if err != nil {
			return err
		}
		for _, d := range entries {
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			name := path.Join(dir, d.Name())
			e := listing.OfFile(info)
			if all[name] = e; e.Type == listing.Dir {
				if err := look(name, depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return look("", 0)
}
